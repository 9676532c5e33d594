import { type Document, Long, MongoBulkWriteError, ObjectId } from 'mongodb';
import { type Case, code, type Docs, example, type Group, manual } from './case.js';

const all = (docs: Docs) => docs.find().sort({ _id: 1 }).toArray();
const id = (v: unknown) => v as never;

// The counts of a bulk write that fails in part, with the positions and codes of its errors.
async function partly(run: () => Promise<unknown>): Promise<unknown> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof MongoBulkWriteError)) throw error;
    const errors = Array.isArray(error.writeErrors) ? error.writeErrors : [error.writeErrors];
    return errors.map((e) => [e.index, e.code]);
  }
}

const inserts: Group = {
  title: 'insert',
  manual: manual('reference/command/insert'),
  cases: [
    example(
      'an id is made by the driver',
      [],
      async (docs) => (await docs.insertOne({ a: 1 })).insertedId instanceof ObjectId,
      true,
    ),
    example(
      'or else by the server',
      [],
      async (docs, db) => {
        await db.command({ insert: docs.collectionName, documents: [{ a: 1 }] });
        return Object.keys((await docs.findOne()) ?? {});
      },
      ['_id', 'a'],
    ),
    example(
      '_id comes first',
      [],
      async (docs) => {
        await docs.insertOne({ a: 1, _id: id(1) });
        return docs.findOne();
      },
      { _id: 1, a: 1 },
    ),
    example('the same id twice', [{ _id: 1 }], (docs) => docs.insertOne({ _id: id(1) }), code(11000)),
    example(
      'equal ids of two types',
      [{ _id: 1 }],
      (docs) => docs.insertOne({ _id: id(Long.ONE) }),
      code(11000),
    ),
    example(
      'ids of all kinds',
      [],
      async (docs) => {
        await docs.insertMany(
          ['x', 1.5, Long.fromString('9007199254740993'), new Date(5), true, { a: 1 }].map((v) => ({
            _id: id(v),
          })),
        );
        return docs.countDocuments({
          _id: { $in: ['x', Long.fromString('9007199254740993'), { a: 1 }].map(id) },
        });
      },
      3,
    ),
    example(
      'ordered: stops at the first error',
      [{ _id: 1 }],
      async (docs) => [
        await partly(() => docs.insertMany([{ _id: id(2) }, { _id: id(1) }, { _id: id(3) }])),
        (await all(docs)).length,
      ],
      [[[1, 11000]], 2],
    ),
    example(
      'unordered: goes on',
      [{ _id: 1 }],
      async (docs) => [
        await partly(() =>
          docs.insertMany([{ _id: id(2) }, { _id: id(1) }, { _id: id(3) }], { ordered: false }),
        ),
        (await all(docs)).length,
      ],
      [[[1, 11000]], 3],
    ),
    example(
      'the reply names the key of a duplicate',
      [{ _id: 1 }],
      async (docs, db) => {
        const reply = await db
          .command({ insert: docs.collectionName, documents: [{ _id: 1 }] })
          .catch((e) => e.errorResponse ?? e);
        const {
          index,
          code: number,
          keyPattern,
          keyValue,
        } = (reply.writeErrors ?? [reply])[0].err ?? reply.writeErrors?.[0] ?? reply;
        return { index, number, keyPattern, keyValue };
      },
      { index: 0, number: 11000, keyPattern: { _id: 1 }, keyValue: { _id: 1 } },
    ),
    example('an array as id', [], (docs) => docs.insertOne({ _id: id([1]) }), code(53)),
    example('a dollar in the id', [], (docs) => docs.insertOne({ _id: id({ $a: 1 }) }), code(52)),
    example('a dollar in a name', [], (docs) => docs.insertOne({ $a: 1 }), code(52), true),
    example('a dollar in a nested name', [], (docs) => docs.insertOne({ a: { $b: 1 } }), code(52), true),
    example('a dot in a name', [], (docs) => docs.insertOne({ 'a.b': 1 }), code(57), true),
    example('a dot in a nested name', [], (docs) => docs.insertOne({ a: [{ 'b.c': 1 }] }), code(57), true),
    example(
      '__proto__ as a name',
      [],
      (docs) => docs.insertOne(JSON.parse('{"a":{"__proto__":{"x":1}}}')),
      code(2),
      true,
    ),
    example(
      'a document beyond 16 MB',
      [],
      (docs) => docs.insertOne({ a: 'x'.repeat(17_000_000) }),
      code(10334),
    ),
    example('a document nested too deeply', [], (docs) => docs.insertOne(nest(190)), code(15)),
    example('no documents', [], (docs, db) => db.command({ insert: docs.collectionName }), code(40414)),
    example(
      'an empty list of documents',
      [],
      (docs, db) => db.command({ insert: docs.collectionName, documents: [] }),
      code(16),
    ),
    example(
      'an unknown option',
      [],
      (docs, db) => db.command({ insert: docs.collectionName, documents: [{}], foo: 1 }),
      code(40415),
    ),
  ],
};

function nest(depth: number): Document {
  let doc: Document = { a: 1 };
  for (let i = 1; i < depth; i++) doc = { a: doc };
  return doc;
}

const counts = async (run: Promise<object>) => {
  const { matchedCount, modifiedCount, upsertedCount } = (await run) as Record<string, unknown>;
  return [matchedCount, modifiedCount, upsertedCount];
};
const three = [
  { _id: 1, a: 1 },
  { _id: 2, a: 1 },
  { _id: 3, a: 2 },
];

const changes: Group = {
  title: 'update and delete',
  manual: manual('reference/command/update'),
  cases: [
    example(
      'updateOne changes one',
      three,
      (docs) => counts(docs.updateOne({ a: 1 }, { $set: { b: 1 } })),
      [1, 1, 0],
    ),
    example(
      'updateMany changes all',
      three,
      (docs) => counts(docs.updateMany({ a: 1 }, { $set: { b: 1 } })),
      [2, 2, 0],
    ),
    example(
      'the same value modifies nothing',
      three,
      (docs) => counts(docs.updateMany({ a: 1 }, { $set: { a: 1 } })),
      [2, 0, 0],
    ),
    example(
      '$inc by 0 modifies nothing',
      three,
      (docs) => counts(docs.updateOne({ _id: id(1) }, { $inc: { a: 0 } })),
      [1, 0, 0],
    ),
    example(
      '$addToSet of what is there modifies nothing',
      [{ _id: 1, a: [1] }],
      (docs) => counts(docs.updateOne({}, { $addToSet: { a: 1 } })),
      [1, 0, 0],
    ),
    example(
      '$pull of nothing modifies nothing',
      [{ _id: 1, a: [1] }],
      (docs) => counts(docs.updateOne({}, { $pull: { a: 5 } } as never)),
      [1, 0, 0],
    ),
    example(
      'another order of fields modifies',
      [{ _id: 1, a: { x: 1, y: 2 } }],
      (docs) => counts(docs.updateOne({}, { $set: { a: { y: 2, x: 1 } } })),
      [1, 1, 0],
    ),
    example('no match', three, (docs) => counts(docs.updateOne({ a: 9 }, { $set: { b: 1 } })), [0, 0, 0]),
    example(
      'replaceOne',
      three,
      async (docs) => [
        await counts(docs.replaceOne({ _id: id(1) }, { z: 1 })),
        await docs.findOne({ _id: id(1) }),
      ],
      [[1, 1, 0], { _id: 1, z: 1 }],
    ),
    example(
      'replaceOne by the same',
      three,
      (docs) => counts(docs.replaceOne({ _id: id(1) }, { a: 1 })),
      [1, 0, 0],
    ),
    example(
      'replaceOne with another id',
      three,
      (docs, db) =>
        db.command({ update: docs.collectionName, updates: [{ q: { _id: 1 }, u: { _id: 9 } }] }).then(codes),
      [66],
    ),
    example(
      'a replacement of many',
      three,
      (docs, db) =>
        db
          .command({ update: docs.collectionName, updates: [{ q: {}, u: { z: 1 }, multi: true }] })
          .then(codes),
      [9],
    ),
    example(
      'deleteOne',
      three,
      async (docs) => [(await docs.deleteOne({ a: 1 })).deletedCount, (await all(docs)).length],
      [1, 2],
    ),
    example(
      'deleteMany',
      three,
      async (docs) => [(await docs.deleteMany({ a: 1 })).deletedCount, (await all(docs)).length],
      [2, 1],
    ),
    example('deleteMany of all', three, async (docs) => (await docs.deleteMany({})).deletedCount, 3),
    example(
      'delete from what does not exist',
      [],
      async (docs) => (await docs.deleteOne({ a: 1 })).deletedCount,
      0,
    ),
    example('an unknown operator in the filter', [], (docs) => docs.deleteMany({ a: { $foo: 1 } }), code(2)),
    example(
      'an update of what does not exist is checked',
      [],
      (docs) => docs.updateOne({}, { $foo: { a: 1 } }),
      code(9),
    ),
    example(
      'an update by a pipeline',
      three,
      (docs) => docs.updateOne({}, [{ $set: { a: 1 } }]),
      code(9),
      true,
    ),
    example(
      'arrayFilters',
      three,
      (docs) => docs.updateOne({}, { $set: { 'a.$[x]': 1 } }, { arrayFilters: [{ x: 1 }] }),
      code(40415),
      true,
    ),
    example(
      'a collation',
      three,
      (docs) => docs.deleteOne({}, { collation: { locale: 'en' } }),
      code(40415),
      true,
    ),
    example(
      'a write concern of a majority',
      three,
      (docs) => counts(docs.updateOne({}, { $set: { b: 1 } }, { writeConcern: { w: 'majority' } })),
      [1, 1, 0],
    ),
    example(
      'a write concern of two servers',
      three,
      (docs) => docs.updateOne({}, { $set: { b: 1 } }, { writeConcern: { w: 2 } }),
      code(2),
    ),
    ...['$mul', '$rename', '$pop', '$pullAll', '$currentDate', '$bit'].map((operator) =>
      example(
        `the operator ${operator}`,
        three,
        (docs) => docs.updateOne({}, { [operator]: { a: 1 } }),
        code(9),
        true,
      ),
    ),
  ],
};

const codes = (reply: Document) => (reply.writeErrors ?? []).map((e: Document) => e.code);

const upsert = (name: string, filter: Document, update: Document, expected: unknown): Case =>
  example(
    name,
    [],
    async (docs) => {
      const result = await docs.updateOne(filter, update, { upsert: true });
      const [doc] = await all(docs);
      return filter._id === undefined
        ? [result.upsertedCount, { ...doc, _id: doc?._id instanceof ObjectId }]
        : [result.upsertedCount, doc];
    },
    expected,
  );

const upserts: Group = {
  title: 'upsert',
  manual: manual('reference/method/db.collection.updateOne'),
  cases: [
    upsert('the filter and the update make the document', { _id: 1, a: 5 }, { $set: { b: 1 } }, [
      1,
      { _id: 1, a: 5, b: 1 },
    ]),
    upsert('$setOnInsert', { _id: 1 }, { $set: { b: 1 }, $setOnInsert: { c: 2, 'd.e': 3 } }, [
      1,
      { _id: 1, b: 1, c: 2, d: { e: 3 } },
    ]),
    upsert('without an id, one is made, and comes first', { a: 5 }, { $set: { b: 1 } }, [
      1,
      { _id: true, a: 5, b: 1 },
    ]),
    upsert(
      '$eq and paths count, other operators do not',
      { _id: 1, 'k.z': 5, n: { $gt: 3 }, e: { $eq: 7 } },
      { $inc: { c: 1 } },
      [1, { _id: 1, e: 7, k: { z: 5 }, c: 1 }],
    ),
    upsert('$and counts', { _id: 1, $and: [{ a: 2 }, { c: { $lt: 5 } }] }, { $set: { b: 1 } }, [
      1,
      { _id: 1, a: 2, b: 1 },
    ]),
    upsert('a regular expression does not count', { _id: 1, a: /x/ }, { $set: { b: 1 } }, [
      1,
      { _id: 1, b: 1 },
    ]),
    upsert('null counts', { _id: 1, a: null }, { $set: { b: 1 } }, [1, { _id: 1, a: null, b: 1 }]),
    upsert('$or of one counts', { _id: 1, $or: [{ a: 1 }] }, { $set: { b: 1 } }, [1, { _id: 1, a: 1, b: 1 }]),
    upsert('$or of two does not', { _id: 1, $or: [{ a: 1 }, { a: 2 }] }, { $set: { b: 1 } }, [
      1,
      { _id: 1, b: 1 },
    ]),
    upsert('$inc goes on from the filter', { _id: 1, n: 5 }, { $inc: { n: 1 } }, [1, { _id: 1, n: 6 }]),
    upsert('$push', { _id: 1 }, { $push: { m: { $each: [1, 2, 3], $slice: -2 } } }, [
      1,
      { _id: 1, m: [2, 3] },
    ]),
    upsert('$unset and $pull leave nothing', { _id: 1 }, { $unset: { a: '' }, $pull: { b: 1 } }, [
      1,
      { _id: 1 },
    ]),
    upsert('an id in the update', { a: 1 }, { $set: { _id: 7 } }, [1, { _id: false, a: 1 }]),
    upsert('two values for one field', { $and: [{ a: 1 }, { a: 2 }] }, { $set: { b: 1 } }, code(54)),
    upsert('a path and its beginning', { a: { b: 1 }, 'a.c': 1 }, { $set: { b: 1 } }, code(54)),
    upsert('a part of the id', { '_id.x': 1 }, { $set: { b: 1 } }, [1, { _id: false, b: 1 }]),
    upsert('another id in the update', { _id: 1 }, { $set: { _id: 2 } }, code(66)),
    example(
      '$setOnInsert does nothing to what is there',
      [{ _id: 1, a: 1 }],
      async (docs) => {
        await docs.updateOne({ _id: id(1) }, { $set: { b: 1 }, $setOnInsert: { c: 2 } }, { upsert: true });
        return docs.findOne();
      },
      { _id: 1, a: 1, b: 1 },
    ),
    example(
      'by a replacement only the id counts',
      [],
      async (docs) => {
        await docs.replaceOne({ _id: id('k'), b: 2 }, { a: 1 }, { upsert: true });
        return docs.findOne();
      },
      { _id: 'k', a: 1 },
    ),
    example(
      'that meets a unique index',
      [{ _id: 1, a: 1, b: 1 }],
      async (docs) => {
        await docs.createIndex({ a: 1 }, { unique: true });
        return docs.updateOne({ b: 2 }, { $set: { a: 1 } }, { upsert: true });
      },
      code(11000),
    ),
    example(
      'by a replacement, with a part of the id',
      [],
      (docs) => docs.replaceOne({ '_id.x': 1 }, { a: 1 }, { upsert: true }),
      code(111),
    ),
    example(
      'of many makes one',
      [],
      async (docs) => (await docs.updateMany({ a: 1 }, { $set: { b: 1 } }, { upsert: true })).upsertedCount,
      1,
    ),
  ],
};

export const writeGroups: Group[] = [inserts, changes, upserts];
