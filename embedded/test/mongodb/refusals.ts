// What MongoDB refuses though a lenient server would take it: limits, options in the wrong place, names.
import type { Document } from 'mongodb';
import { type Case, code, example, type Group, manual } from './case.js';

const two = [
  { _id: 1, a: 1 },
  { _id: 2, a: 2 },
];

const refused = (name: string, body: (docs: string) => Document, number: number, outside = false): Case =>
  example(
    name,
    two,
    async (docs, db) => (await db.command(body(docs.collectionName))).ok,
    code(number),
    outside,
  );
const taken = (name: string, body: (docs: string) => Document): Case =>
  example(name, two, async (docs, db) => (await db.command(body(docs.collectionName))).ok, 1);

const insert = (c: string, extra: Document): Document => ({ insert: c, documents: [{ x: 1 }], ...extra });
const nested = (levels: number): Document => (levels === 0 ? {} : { a: nested(levels - 1) });
const many = <T>(n: number, make: (i: number) => T) => Array.from({ length: n }, (_, i) => make(i));

const update = (c: string, statement: Document): Document => ({ update: c, updates: [statement] });
// The codes of statements come in the reply's list, beside those that were carried out.
const statement = (name: string, body: Document, number: number): Case =>
  example(
    name,
    two,
    async (docs, db) => {
      const reply = await db.command(update(docs.collectionName, body)).catch((e) => e.errorResponse ?? e);
      return [reply.writeErrors?.[0]?.code ?? reply.code, await docs.countDocuments()];
    },
    [number, 2],
  );

const sizes: Group = {
  title: 'limits',
  manual: manual('reference/limits'),
  cases: [
    taken('a hundred levels', (c) => insert(c, { documents: [nested(99)] })),
    example('more than a hundred levels', [], (docs) => docs.insertOne(nested(101)), code(15), true),
    refused(
      'more statements than a batch may have',
      (c) => ({ delete: c, deletes: many(100_001, () => ({ q: { _id: 0 }, limit: 1 })) }),
      16,
    ),
    refused(
      'an index over more than 32 fields',
      (c) => ({
        createIndexes: c,
        indexes: [{ name: 'x', key: Object.fromEntries(many(33, (i) => [`f${i}`, 1])) }],
      }),
      13103,
    ),
    refused(
      'a pipeline of more than a thousand stages',
      (c) => ({ aggregate: c, cursor: {}, pipeline: many(1001, () => ({ $match: {} })) }),
      7749501,
    ),
    example(
      'a sort beyond its memory, without the disk; the first of it need no more',
      [],
      async (docs) => {
        for (const doc of many(8, (i) => ({ a: i, text: 'x'.repeat(14_000_000) }))) await docs.insertOne(doc);
        const sorted = docs.find({}, { sort: { a: -1 }, projection: { a: 1, _id: 0 }, allowDiskUse: false });
        const all = await sorted
          .clone()
          .toArray()
          .catch((e) => e.code);
        return [all, await sorted.limit(2).toArray()];
      },
      [292, [{ a: 7 }, { a: 6 }]],
    ),
  ],
};

const concerns: Group = {
  title: 'read and write concerns',
  manual: manual('reference/write-concern'),
  cases: [
    taken('a write concern of one with a journal', (c) =>
      insert(c, { writeConcern: { w: 1, j: true, wtimeout: 10 } }),
    ),
    refused('of a read', (c) => ({ find: c, writeConcern: { w: 1 } }), 72),
    refused('of less than none', (c) => insert(c, { writeConcern: { w: -1 } }), 9),
    refused('of more than fifty', (c) => insert(c, { writeConcern: { w: 51 } }), 9),
    refused('of a name', (c) => insert(c, { writeConcern: { w: 'other' } }), 2),
    refused('of a journal that is none', (c) => insert(c, { writeConcern: { j: 'yes' } }), 14),
    refused('of a time that is none', (c) => insert(c, { writeConcern: { wtimeout: 'long' } }), 14),
    refused('of both ways to the disk', (c) => insert(c, { writeConcern: { j: true, fsync: true } }), 9),
    refused('that is no object', (c) => insert(c, { writeConcern: 1 }), 14),
    taken('a local read concern of a write', (c) => insert(c, { readConcern: { level: 'local' } })),
    refused('a read concern of a write', (c) => insert(c, { readConcern: { level: 'majority' } }), 72),
  ],
};

const options: Group = {
  title: 'options where they do not belong',
  manual: manual('reference/command'),
  cases: [
    refused('a hint that is a number', (c) => ({ find: c, hint: 5 }), 9),
    statement('a hint at no index, of an update', { q: {}, u: { $set: { a: 1 } }, hint: 'x' }, 2),
    refused('an unknown verbosity', (c) => ({ explain: { find: c }, verbosity: 'all' }), 2),
    refused('a time limit below zero', (c) => ({ find: c, maxTimeMS: -1 }), 51024),
    refused('databases listed from another than admin', () => ({ listDatabases: 1 }), 13),
    refused('a batch size below zero', (c) => ({ find: c, batchSize: -1 }), 51024),
    refused('a sort that is no object', (c) => ({ find: c, sort: 'a' }), 14),
    refused('documents that are none', (c) => ({ insert: c, documents: [1] }), 14),
    refused('an update without what to do', (c) => ({ update: c, updates: [{ q: {} }] }), 40414),
    refused('a delete without a limit', (c) => ({ delete: c, deletes: [{ q: {} }] }), 40414),
    example(
      'a time limit for the next batch of a cursor that does not wait',
      two,
      async (docs, db) => {
        const { cursor } = await db.command({ find: docs.collectionName, batchSize: 1 });
        return db.command({ getMore: cursor.id, collection: docs.collectionName, maxTimeMS: 1000 });
      },
      code(2),
    ),
    example(
      'the cursor of another collection',
      two,
      async (docs, db) => {
        const { cursor } = await db.command({ find: docs.collectionName, batchSize: 1 });
        return db.command({ getMore: cursor.id, collection: 'other' });
      },
      code(13),
    ),
    example(
      'a database that differs by case alone',
      two,
      (docs) => docs.db.client.db(docs.db.databaseName.toUpperCase()).collection('a').insertOne({ a: 1 }),
      code(13297),
    ),
  ],
};

const ids: Group = {
  title: 'the identity of documents in updates',
  manual: manual('core/document'),
  cases: [
    statement('$set of another', { q: { _id: 1 }, u: { $set: { _id: 3 } } }, 66),
    statement('$unset', { q: { _id: 1 }, u: { $unset: { _id: '' } } }, 66),
    statement('$inc', { q: { _id: 1 }, u: { $inc: { _id: 5 } } }, 66),
    statement('a replacement with another', { q: { _id: 1 }, u: { _id: 3, a: 1 } }, 66),
    statement('an upsert with two', { q: { _id: 5 }, u: { $set: { _id: 6 } }, upsert: true }, 66),
    statement('an upsert by a replacement with two', { q: { _id: 5 }, u: { _id: 6 }, upsert: true }, 66),
    statement('an upsert with an array', { q: { a: 9 }, u: { $set: { _id: [1] } }, upsert: true }, 53),
    statement(
      'an upsert of one that is there',
      { q: { a: 9 }, u: { $set: { _id: 1 } }, upsert: true },
      11000,
    ),
    statement('a dollar in a replacement', { q: { _id: 1 }, u: { a: 1, $set: { b: 1 } } }, 52),
    statement('many by a replacement', { q: {}, u: { a: 1 }, multi: true }, 9),
  ],
};

export const refusalGroups: Group[] = [sizes, concerns, options, ids];
