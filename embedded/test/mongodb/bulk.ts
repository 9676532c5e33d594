// findAndModify, bulk writes, and commands as such.
import { type Document, MongoBulkWriteError } from 'mongodb';
import { type Case, code, example, type Group, manual } from './case.js';

const id = (v: unknown) => v as never;
const two = [
  { _id: 1, p: 2, a: 1 },
  { _id: 2, p: 1, a: 1 },
];

const modify = (name: string, options: Document, expected: unknown): Case =>
  example(
    name,
    two,
    async (docs, db) => {
      const { value, lastErrorObject } = await db.command({ findAndModify: docs.collectionName, ...options });
      return [value, lastErrorObject];
    },
    expected,
  );

const findAndModify: Group = {
  title: 'findAndModify',
  manual: manual('reference/command/findAndModify'),
  cases: [
    modify('gives what was', { query: { _id: 1 }, update: { $set: { a: 2 } } }, [
      { _id: 1, p: 2, a: 1 },
      { n: 1, updatedExisting: true },
    ]),
    modify('or what is', { query: { _id: 1 }, update: { $set: { a: 2 } }, new: true }, [
      { _id: 1, p: 2, a: 2 },
      { n: 1, updatedExisting: true },
    ]),
    modify('the first by sort', { query: { a: 1 }, sort: { p: 1 }, update: { $inc: { a: 1 } }, new: true }, [
      { _id: 2, p: 1, a: 2 },
      { n: 1, updatedExisting: true },
    ]),
    modify('with a projection', { query: { _id: 1 }, update: { $set: { a: 2 } }, fields: { a: 1, _id: 0 } }, [
      { a: 1 },
      { n: 1, updatedExisting: true },
    ]),
    modify('no match', { query: { _id: 9 }, update: { $set: { a: 2 } } }, [
      null,
      { n: 0, updatedExisting: false },
    ]),
    modify('a replacement', { query: { _id: 1 }, update: { z: 1 }, new: true }, [
      { _id: 1, z: 1 },
      { n: 1, updatedExisting: true },
    ]),
    modify('upsert', { query: { _id: 9 }, update: { $set: { a: 2 } }, upsert: true, new: true }, [
      { _id: 9, a: 2 },
      { n: 1, updatedExisting: false, upserted: 9 },
    ]),
    modify(
      'upsert gives nothing of what was not',
      { query: { _id: 9 }, update: { $set: { a: 2 } }, upsert: true },
      [null, { n: 1, updatedExisting: false, upserted: 9 }],
    ),
    modify('remove', { query: { a: 1 }, sort: { p: 1 }, remove: true }, [{ _id: 2, p: 1, a: 1 }, { n: 1 }]),
    modify('remove of nothing', { query: { a: 9 }, remove: true }, [null, { n: 0 }]),
    modify('remove and update', { remove: true, update: { $set: { a: 1 } } }, code(9)),
    modify('remove and new', { remove: true, new: true }, code(9)),
    modify('neither remove nor update', { query: {} }, code(9)),
    modify('an unknown operator', { update: { $foo: { a: 1 } } }, code(9)),
    modify('an unknown option', { update: { $set: { a: 1 } }, foo: 1 }, code(40415)),
    example(
      'findOneAndUpdate after',
      two,
      (docs) => docs.findOneAndUpdate({ _id: id(1) }, { $inc: { a: 1 } }, { returnDocument: 'after' }),
      { _id: 1, p: 2, a: 2 },
    ),
    example(
      'findOneAndUpdate before',
      two,
      (docs) => docs.findOneAndUpdate({ _id: id(1) }, { $inc: { a: 1 } }),
      { _id: 1, p: 2, a: 1 },
    ),
    example(
      'findOneAndReplace',
      two,
      (docs) => docs.findOneAndReplace({ _id: id(1) }, { b: 1 }, { returnDocument: 'after' }),
      { _id: 1, b: 1 },
    ),
    example(
      'findOneAndDelete',
      two,
      async (docs) => [await docs.findOneAndDelete({ _id: id(1) }), await docs.countDocuments()],
      [{ _id: 1, p: 2, a: 1 }, 1],
    ),
    example(
      'a claim is taken once',
      [{ _id: 1, at: 5 }],
      async (docs) => {
        const claim = () => docs.findOneAndUpdate({ at: { $lte: 10 } }, { $set: { at: 99 } });
        return (await Promise.all(Array.from({ length: 8 }, claim))).filter(Boolean).length;
      },
      1,
    ),
  ],
};

const bulk: Group = {
  title: 'bulkWrite',
  manual: manual('reference/method/db.collection.bulkWrite'),
  cases: [
    example(
      'mixed',
      [{ _id: 1, a: 1 }],
      async (docs) => {
        const r = await docs.bulkWrite([
          { insertOne: { document: { _id: id(2) } } },
          { updateOne: { filter: { _id: id(1) }, update: { $inc: { a: 1 } } } },
          { deleteOne: { filter: { _id: id(2) } } },
          { replaceOne: { filter: { _id: id(9) }, replacement: { z: 1 }, upsert: true } },
          { updateMany: { filter: {}, update: { $set: { n: 1 } } } },
        ]);
        return [
          r.insertedCount,
          r.matchedCount,
          r.modifiedCount,
          r.deletedCount,
          r.upsertedCount,
          r.upsertedIds,
        ];
      },
      [1, 3, 3, 1, 1, { 3: 9 }],
    ),
    ...[true, false].map((ordered) =>
      example(
        `an error in the middle, ordered: ${ordered}`,
        [{ _id: 1 }],
        async (docs) => {
          const error = await docs
            .bulkWrite(
              [
                { insertOne: { document: { _id: id(2) } } },
                { insertOne: { document: { _id: id(1) } } },
                { insertOne: { document: { _id: id(3) } } },
              ],
              { ordered },
            )
            .catch((e) => e);
          if (!(error instanceof MongoBulkWriteError)) return error;
          const list = Array.isArray(error.writeErrors) ? error.writeErrors : [error.writeErrors];
          return [error.insertedCount, list.map((e) => [e.index, e.code]), await docs.countDocuments()];
        },
        ordered ? [1, [[1, 11000]], 2] : [2, [[1, 11000]], 3],
      ),
    ),
    example(
      'an update that is refused has its position',
      [{ _id: 1, a: 'x' }],
      async (docs, db) => {
        const updates = [
          { q: {}, u: { $set: { b: 1 } } },
          { q: {}, u: { $inc: { a: 1 } } },
          { q: {}, u: { $set: { c: 1 } } },
        ];
        const { n, nModified, writeErrors } = await db.command({
          update: docs.collectionName,
          updates,
          ordered: false,
        });
        return [n, nModified, writeErrors.map((e: Document) => [e.index, e.code])];
      },
      [2, 2, [[1, 14]]],
    ),
  ],
};

const command = (name: string, body: (docs: string) => Document, expected: unknown, outside = false): Case =>
  example(name, two, async (docs, db) => (await db.command(body(docs.collectionName))).ok, expected, outside);

const commands: Group = {
  title: 'commands',
  manual: manual('reference/command'),
  cases: [
    command('ping', () => ({ ping: 1 }), 1),
    command('hello', () => ({ hello: 1 }), 1),
    command('buildInfo', () => ({ buildInfo: 1 }), 1),
    command('an unknown command', () => ({ foo: 1 }), code(59)),
    command('a name that every object inherits', () => ({ constructor: 1 }), code(59)),
    command('a transaction', (c) => ({ find: c, txnNumber: 1, lsid: { id: 1 } }), code(20), true),
    command('aggregate without a cursor', (c) => ({ aggregate: c, pipeline: [] }), code(9)),
    command('aggregate without a pipeline', (c) => ({ aggregate: c, cursor: {} }), code(40414)),
    command('a pipeline that is no array', (c) => ({ aggregate: c, pipeline: 5, cursor: {} }), code(14)),
    command('an empty collection name', () => ({ find: '' }), code(73)),
    command('a dollar in a collection name', () => ({ insert: 'a$b', documents: [{ a: 1 }] }), code(73)),
    command(
      'a time limit',
      (c) => ({ find: c, maxTimeMS: 1000, comment: 'why', readConcern: { level: 'majority' } }),
      1,
    ),
    command('delete with another limit', (c) => ({ delete: c, deletes: [{ q: {}, limit: 2 }] }), code(9)),
    command('a flag that is none', (c) => ({ find: c, singleBatch: 'x' }), code(14)),
    command('a count that is none', (c) => ({ find: c, limit: {} }), code(14)),
    command('a cursor id that is none', (c) => ({ getMore: 'x', collection: c }), code(14)),
    command('a list that is none', () => ({ killCursors: 'c', cursors: 5 }), code(14)),
    command('distinct without a key', (c) => ({ distinct: c }), code(40414)),
    command('an update that is neither object nor array', (c) => ({ findAndModify: c, update: 5 }), code(9)),
    command('another version of the API', (c) => ({ find: c, apiVersion: '2' }), code(322)),
    command(
      'a read concern of a snapshot',
      (c) => ({ find: c, readConcern: { level: 'snapshot' } }),
      code(72),
      true,
    ),
    command('an explanation of an unknown command', () => ({ explain: { foo: 'c' } }), code(59)),
    command(
      'an explanation of two updates',
      (c) => ({
        explain: {
          update: c,
          updates: [
            { q: {}, u: {} },
            { q: {}, u: {} },
          ],
        },
      }),
      code(16),
    ),
    command(
      'an update with an unknown option',
      (c) => ({ update: c, updates: [{ q: {}, u: {}, foo: 1 }] }),
      code(40415),
    ),
    ...[
      '$lookup',
      '$unionWith',
      '$merge',
      '$out',
      '$addFields',
      '$set',
      '$replaceRoot',
      '$bucket',
      '$sample',
      '$setWindowFields',
    ].map((stage) =>
      command(
        `the stage ${stage}`,
        (c) => ({ aggregate: c, pipeline: [{ [stage]: {} }], cursor: {} }),
        code(40324),
        true,
      ),
    ),
    ...['$map', '$filter', '$reduce', '$year', '$toString', '$switch', '$dateToString', '$round'].map(
      (operator) =>
        command(
          `the expression ${operator}`,
          (c) => ({ aggregate: c, pipeline: [{ $project: { x: { [operator]: '$a' } } }], cursor: {} }),
          code(31325),
          true,
        ),
    ),
    ...['$expr', '$where', '$text', '$jsonSchema'].map((operator) =>
      command(`the condition ${operator}`, (c) => ({ find: c, filter: { [operator]: {} } }), code(2), true),
    ),
    ...['$all', '$size', '$mod', '$near', '$bitsAllSet'].map((operator) =>
      command(
        `the operator ${operator}`,
        (c) => ({ find: c, filter: { a: { [operator]: 1 } } }),
        code(2),
        true,
      ),
    ),
    command(
      '$changeStream',
      (c) => ({ aggregate: c, pipeline: [{ $changeStream: {} }], cursor: {} }),
      code(40324),
      true,
    ),
    command(
      'a decimal in $inc',
      (c) => ({ findAndModify: c, update: { $inc: { a: { $numberDecimal: '1' } } } }),
      code(14),
    ),
  ],
};

const badFilters: [string, Document, number][] = [
  ['an unknown operator', { a: { $foo: 1 } }, 2],
  ['an unknown operator at the top', { $foo: 1 }, 2],
  ['$and of nothing', { $and: [] }, 2],
  ['$or that is no array', { $or: 5 }, 2],
  ['$nor of values', { $nor: [5] }, 2],
  ['$in that is no array', { a: { $in: 5 } }, 2],
  ['$nin that is no array', { a: { $nin: 5 } }, 2],
  ['an operator in $in', { a: { $in: [{ $gt: 1 }] } }, 2],
  ['$not of a value', { a: { $not: 5 } }, 2],
  ['$not of nothing', { a: { $not: {} } }, 2],
  ['$elemMatch of a value', { a: { $elemMatch: 5 } }, 2],
  ['$regex of a number', { a: { $regex: 5 } }, 2],
  ['$options alone', { a: { $options: 'i' } }, 2],
  ['an unknown option of $regex', { a: { $regex: 'a', $options: 'z' } }, 51108],
  ['a broken regular expression', { a: { $regex: '(' } }, 51091],
  ['options twice', { a: { $regex: /a/i, $options: 'm' } }, 51075],
  ['$gt a regular expression', { a: { $gt: /x/ } }, 2],
  ['$ne a regular expression', { a: { $ne: /x/ } }, 2],
  ['an operator and a name', { a: { $gt: 1, b: 2 } }, 2],
  ['options that are no string', { a: { $regex: 'a', $options: 5 } }, 2],
];

const refusedFilters: Group = {
  title: 'filters that are refused, on an empty collection too',
  manual: manual('reference/operator/query'),
  cases: badFilters.map(([name, filter, number]) =>
    example(name, [], (docs) => docs.find(filter).toArray(), code(number)),
  ),
};

const notPortable: Group = {
  title: 'regular expressions that only PCRE has',
  manual: manual('reference/operator/query/regex'),
  cases: [
    '(?i)a',
    'a++',
    '(?<=a)b',
    '[[:alpha:]]',
    '[]a]',
    '(a)\\1',
    '\\Qa\\E',
    'a\\z',
    '[\\S]',
    '(?>a)b',
  ].map((pattern) =>
    example(pattern, [], (docs) => docs.find({ a: { $regex: pattern } }).toArray(), code(51091), true),
  ),
};

export const commandGroups: Group[] = [findAndModify, bulk, commands, refusedFilters, notPortable];
