import { type Document, MongoClient } from 'mongodb';
import t from 'tap';
import { seedCatalogue, seedOrders } from '../../scripts/seed.js';
import { openCollections } from '../../src/collections.js';
import { operationsOf, requestOf } from '../core/operations.js';
import { build, database } from '../helper.js';
import { commandForms } from './commands.js';
import { recordShapes, shapesOf } from './shapes.js';

// what this process sends is compared when it ends
process.env.COMPARE_COMMANDS = 'yes';

t.test('commands: a shape has options and operators, and nothing of ours', async (t) => {
  t.same(
    shapesOf({
      update: 'orders',
      updates: [
        { q: { a: { $in: [1] }, b: /x/ }, u: [{ $set: { c: { $ifNull: ['$d', 0] } } }], upsert: true },
      ],
      ordered: true,
      $db: 'shop',
      lsid: {},
    }),
    [
      'update updates.q',
      'update updates.q $in',
      'update updates.q /pattern/',
      'update updates.u',
      'update updates.u $set',
      'update updates.u $ifNull',
      'update updates.upsert',
      'update ordered',
    ],
  );
  t.same(shapesOf({ insert: 'orders', documents: [{ $odd: 1 }] }), ['insert documents']);
});

t.test('commands: the normal form has collection, command and structure, and no value', async (t) => {
  const at = new Date();
  const ROWS: [command: Document, forms: string[]][] = [
    [
      {
        find: 'orders',
        filter: { b: { $in: [1, 2, /x/] }, a: at, 'c.3.d': null },
        sort: { a: -1 },
        limit: 5,
      },
      ['orders find {filter: {a: ?, b: {$in: [/?/, ?]}, c.0.d: null}, sort: {a: -1}, limit: ?}'],
    ],
    [
      {
        find: 'orders',
        filter: { $or: [{ a: 1 }, { a: 2 }, { b: { $exists: false } }], c: [1], d: { e: 1 } },
      },
      ['orders find {filter: {$or: [{a: ?}, {b: {$exists: false}}], c: […], d: {…}}}'],
    ],
    [
      { find: 'orders', filter: {}, projection: { a: 1, b: 1 }, batchSize: 7 },
      ['orders find {filter: {}, projection: [1]}'],
    ],
    [
      {
        update: 'orders',
        updates: [
          {
            q: { a: 1 },
            u: { $set: { b: 1, c: { d: 1 } }, $push: { e: { $each: [1], $slice: -5 } } },
            upsert: true,
          },
          { q: { a: 2 }, u: { $push: { f: { $each: [2], $slice: -9 } }, $set: { g: 1 } }, upsert: true },
          { q: { a: 1 }, u: { $set: { 'b.0.c': 1 } }, multi: true },
          { q: { a: 1 }, u: { a: 2 } },
        ],
      },
      [
        'orders update {q: {a: ?}, u: {$push: {field: {$each, $slice}}, $set: {field}}, upsert: true}',
        'orders update {q: {a: ?}, u: {$set: {field.0.field}}, multi: true}',
        'orders update {q: {a: ?}, u: {…}}',
      ],
    ],
    [
      {
        aggregate: 'orders',
        pipeline: [{ $match: { a: { $gt: 1 } } }, { $group: { _id: '$b', n: { $sum: 1 } } }],
      },
      ['orders aggregate {pipeline: [{$match: {a: {$gt: ?}}}, {$group: {_id: $b, n: {$sum: ?}}}]}'],
    ],
    [
      {
        findAndModify: 'returns',
        query: { nextDeliveryAt: { $lte: at } },
        update: { $inc: { n: 1 } },
        new: true,
      },
      [
        'any with deliveries findAndModify {query: {nextDeliveryAt: {$lte: ?}}, update: {$inc: {field}}, new: true}',
      ],
    ],
    [
      {
        update: 'returns',
        updates: [{ q: { rmaId: 'a', deliveries: [{}] }, u: { $set: { deliveries: [] } } }],
      },
      ['any with deliveries update {q: {deliveries: […], id: ?}, u: {$set: {field}}}'],
    ],
    [{ insert: 'orders', documents: [{ a: 1 }, { b: 1 }] }, ['orders insert {documents: [?]}']],
    [{ getMore: 1, collection: 'orders', batchSize: 9 }, ['orders getMore {}']],
    [{ find: 'things', filter: {} }, []],
    [{ ping: 1 }, []],
  ];
  for (const [command, forms] of ROWS) t.same(commandForms(command), forms);
});

t.test('commands: one that docs/commands.md does not list fails the test that sends it', async (t) => {
  const db = await database(t);
  const recorded = await recordShapes(`mongodb://${db.client.options.hosts[0]}`);
  t.teardown(recorded.stop);
  const client = new MongoClient(recorded.uri);
  t.teardown(() => client.close());
  const { orders, returns } = openCollections(client.db(db.databaseName));
  await returns.insertOne({} as never);
  t.same(recorded.unlisted(), []);
  await orders.find({ nobody: 1 }).skip(3).toArray();
  t.same(recorded.unlisted(), ['find skip', 'orders find {filter: {nobody: ?}, skip: ?}']);
  if (!process.env.WRITE_SHAPES) t.throws(recorded.compare, /skip/);
});

t.test('commands: what the examples of all operations ask of the database is listed', async (t) => {
  const db = await database(t);
  await seedCatalogue(db);
  await seedOrders(db, new Date());
  const { app } = await build(t, { db, staff: true });
  let answered = 0;
  for (const operation of operationsOf(app))
    for (const body of operation.examples.length > 0 ? operation.examples : [{}]) {
      const { statusCode } = await app.inject(requestOf(operation, { body, parameter: 'GG-12006' }));
      if (statusCode < 300) answered += 1;
    }
  t.ok(answered > 20, 'many were answered, not refused; what they asked is compared when this process ends');
});
