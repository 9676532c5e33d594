import t from 'tap';
import { seedCatalogue, seedOrders } from '../../scripts/seed.js';
import { operationsOf, requestOf } from '../core/operations.js';
import { build, database, environment } from '../helper.js';
import { listedShapes, recordShapes, shapesOf } from './shapes.js';

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

t.test(
  'commands: what the examples of all operations ask of the database is listed in docs/compatibility.md',
  async (t) => {
    const db = await database(t);
    await seedCatalogue(db);
    await seedOrders(db, new Date());
    const recorded = await recordShapes((await environment(db)).MONGODB_URI ?? '');
    t.teardown(recorded.stop);
    const { app } = await build(t, {
      db,
      staff: true,
      env: { MONGODB_URI: recorded.uri },
    });
    let answered = 0;
    for (const operation of operationsOf(app))
      for (const body of operation.examples.length > 0 ? operation.examples : [{}]) {
        const { statusCode } = await app.inject(requestOf(operation, { body, parameter: 'GG-12006' }));
        if (statusCode < 300) answered += 1;
      }
    await app.close();
    t.ok(answered > 20, 'many were answered, not refused');
    const listed = listedShapes();
    t.same(
      [...recorded.seen].filter((shape) => !listed.has(shape)),
      [],
      'new ones are listed by WRITE_SHAPES=1 npx tap test/wire/shapes.test.ts',
    );
  },
);
