import type { AnyBulkWriteOperation } from 'mongodb';
import t, { type Test } from 'tap';
import { DEFINITIONS, openCollections } from '../../src/collections.js';
import type { Session } from '../../src/domain/sessions/session.js';
import { createSessions } from '../../src/domain/sessions/session-buffer.js';
import { ensureIndexes } from '../../src/platform/mongodb/indexes.js';
import { build, call, database } from '../helper.js';

const DAY_MS = 24 * 60 * 60_000;
// later than the real time, so that nothing stored here is old enough to be swept away
const start = new Date('2099-05-01T10:00:00.000Z');

type Batch = AnyBulkWriteOperation<Session>[];

/**
 * Sessions on a fresh database, with a clock to move, what was reported, and the batches that were written. `before` comes before
 * each write.
 */
async function open(t: Test, before: () => Promise<void> = async () => {}) {
  const db = await database(t);
  await ensureIndexes(db, DEFINITIONS);
  const { widgetSessions: collection } = openCollections(db);
  const clock = { at: start };
  const failures: unknown[] = [];
  const batches: Batch[] = [];
  const write = collection.bulkWrite;
  t.capture(collection, 'bulkWrite', async (...args: Parameters<typeof write>) => {
    batches.push([...args[0]]);
    await before();
    return write.apply(collection, args);
  });
  const sessions = createSessions(
    collection,
    () => clock.at,
    (error) => failures.push(error),
  );
  t.teardown(() => sessions.flush());
  const stored = (sessionId: string) => collection.findOne({ sessionId }, { projection: { _id: 0 } });
  return { sessions, clock, failures, batches, stored };
}

/** A gate that opens for one at a time, or for all from then on. */
function gate() {
  const waiting: (() => void)[] = [];
  let isOpen = false;
  return {
    pass: async () => {
      if (!isOpen) await new Promise<void>((resolve) => waiting.push(resolve));
    },
    open: () => waiting.shift()?.(),
    openForAll() {
      isOpen = true;
      for (const pass of waiting.splice(0)) pass();
    },
  };
}

const turns = async (count = 5) => {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve));
};

t.test('sessions: what is noted of a session is written together, in one operation', async (t) => {
  const { sessions, batches, stored, clock } = await open(t);
  sessions.note('a');
  sessions.note('a', { lastOrderNumber: 'GG-1' });
  sessions.note('a', { inspirationId: 'insp_1' });
  sessions.note('b');
  clock.at = new Date(start.getTime() + 50);
  sessions.note('a', { inspirationId: 'insp_2', lastOrderNumber: 'GG-2' });
  t.equal(batches.length, 0, 'nothing is written yet');
  await sessions.flush();
  t.equal(batches.length, 1, 'one write');
  t.equal(batches[0]?.length, 2, 'one operation a session');
  t.same(await stored('a'), {
    sessionId: 'a',
    createdAt: clock.at,
    lastSeenAt: clock.at,
    expiresAt: new Date(clock.at.getTime() + 30 * DAY_MS),
    lastOrderNumber: 'GG-2',
    inspirationIds: ['insp_1', 'insp_2'],
    followedOrders: [],
  });
  const plain = {
    sessionId: 'b',
    createdAt: start,
    lastSeenAt: start,
    expiresAt: new Date(start.getTime() + 30 * DAY_MS),
    followedOrders: [],
  };
  t.same(await stored('b'), plain, 'no empty fields, but for the orders of which nobody has asked to hear');
  await sessions.flush();
  t.equal(batches.length, 1, 'with nothing noted, nothing is written');
});

t.test('sessions: finding a session writes first what waits for it, and only then', async (t) => {
  const { sessions, batches } = await open(t);
  t.equal(await sessions.find('a'), null);
  sessions.note('b');
  t.equal(await sessions.find('a'), null);
  t.equal(batches.length, 0, 'another session waits on');
  sessions.note('a', { lastOrderNumber: 'GG-1' });
  const found = await sessions.find('a');
  t.has(found, { sessionId: 'a', lastOrderNumber: 'GG-1' });
  t.notOk(found && '_id' in found);
  t.equal(batches.length, 1);
  const both = await Promise.all([sessions.find('a'), sessions.find('b'), sessions.find('a')]);
  t.same(
    both.map((session) => session?.sessionId),
    ['a', 'b', 'a'],
  );
});

t.test('sessions: a session that is being written is found as it will be', async (t) => {
  const { pass, open: letThrough } = gate();
  const { sessions, batches } = await open(t, pass);
  sessions.note('a', { lastOrderNumber: 'GG-1' });
  const flushed = sessions.flush();
  await turns();
  const found = sessions.find('a');
  await turns();
  t.equal(batches.length, 1);
  letThrough();
  await flushed;
  t.has(await found, { lastOrderNumber: 'GG-1' });
});

t.test('sessions: what was known stays, what is new replaces it, and the expiry slides', async (t) => {
  const { sessions, clock } = await open(t);
  sessions.note('a', { lastOrderNumber: 'GG-1', inspirationId: 'insp_1' });
  await sessions.flush();
  clock.at = new Date(start.getTime() + 10 * DAY_MS);
  sessions.note('a');
  t.same(await sessions.find('a'), {
    sessionId: 'a',
    createdAt: start,
    lastSeenAt: clock.at,
    expiresAt: new Date(start.getTime() + 40 * DAY_MS),
    lastOrderNumber: 'GG-1',
    inspirationIds: ['insp_1'],
    followedOrders: [],
  });
  sessions.note('a', { lastOrderNumber: 'GG-2' });
  t.equal((await sessions.find('a'))?.lastOrderNumber, 'GG-2');
});

t.test('sessions: the 20 most recent inspirations are kept, the newest last', async (t) => {
  const { sessions } = await open(t);
  const ids = Array.from({ length: 55 }, (_, nth) => `insp_${nth}`);
  for (const inspirationId of ids.slice(0, 15)) sessions.note('a', { inspirationId });
  await sessions.flush();
  for (const inspirationId of ids.slice(15, 30)) sessions.note('a', { inspirationId });
  t.same((await sessions.find('a'))?.inspirationIds, ids.slice(10, 30), 'over two writes');
  for (const inspirationId of ids.slice(30)) sessions.note('a', { inspirationId });
  t.same((await sessions.find('a'))?.inspirationIds, ids.slice(35), 'in one write');
});

t.test('sessions: hostile session names are only names', async (t) => {
  const { sessions, failures } = await open(t);
  const names = ['__proto__', 'constructor', '$where', 'a.b', ' ', 'ünï\u0000code', 'x'.repeat(128)];
  for (const name of names) sessions.note(name, { lastOrderNumber: `of ${name}` });
  for (const name of names)
    t.equal((await sessions.find(name))?.lastOrderNumber, `of ${name}`, JSON.stringify(name));
  t.same(failures, []);
});

t.test(
  'sessions: a failing database is reported and throws nothing, and the next write is made',
  async (t) => {
    const away = new Error('away');
    let broken = true;
    const { sessions, failures, stored } = await open(t, async () => {
      if (broken) throw away;
    });
    sessions.note('lost', { lastOrderNumber: 'GG-1' });
    await t.resolves(sessions.flush());
    t.same(failures, [away]);
    await t.resolves(sessions.flush(), 'with nothing left');
    broken = false;
    sessions.note('kept');
    await sessions.flush();
    t.equal(failures.length, 1);
    t.equal((await stored('kept'))?.sessionId, 'kept');
  },
);

t.test(
  'sessions: while one write hangs no other is begun; what is noted is merged, and no more than 10,000 sessions wait',
  async (t) => {
    const { pass, open: letThrough, openForAll } = gate();
    const { sessions, batches, stored } = await open(t, pass);
    sessions.note('a');
    const first = sessions.flush();
    await turns();
    t.equal(batches.length, 1);
    const later: Promise<void>[] = [];
    for (const lastOrderNumber of ['GG-1', 'GG-2', 'GG-3']) {
      sessions.note('a', { lastOrderNumber });
      later.push(sessions.flush());
      await turns();
    }
    for (let nth = 0; nth < 10_050; nth++) sessions.note(`s-${nth}`);
    sessions.note('a', { inspirationId: 'insp_1' });
    t.equal(batches.length, 1, 'the others wait for the first');
    letThrough();
    await first;
    await turns();
    t.equal(batches.length, 2, 'then the next');
    openForAll();
    await Promise.all(later);
    t.equal(batches.flat().length, 1 + 10_000);
    t.ok(
      batches.every((batch) => batch.length <= 25),
      'in bulks that hold nobody up',
    );
    t.has(await stored('a'), { lastOrderNumber: 'GG-3', inspirationIds: ['insp_1'] });
    t.equal(await stored('s-10049'), null, 'telemetry beyond the bound is let go');
  },
);

t.test('sessions: the service writes what waits before it closes', async (t) => {
  const { app, db } = await build(t, { now: () => start });
  await call(app, '/api/concierge/shortlist', { sessionId: 'last', items: [] });
  await app.close();
  t.has(await db.collection('widgetSessions').findOne({ sessionId: 'last' }), { lastSeenAt: start });
});

t.test(
  'sessions: a call keeps its session alive, whatever becomes of it; one without a session notes none',
  async (t) => {
    const { app, db } = await build(t, { now: () => start });
    const path = '/api/concierge/order-updates';
    t.equal((await call(app, path, { sessionId: 'missed', orderNumber: 'GG-0' })).statusCode, 404);
    t.equal((await call(app, path, { sessionId: ' ', orderNumber: 'GG-0' })).statusCode, 400);
    t.equal((await call(app, path, { sessionId: ['x'], orderNumber: 'GG-0' })).statusCode, 400);
    await app.close();
    const sessions = await db.collection('widgetSessions').find().toArray();
    t.same(
      sessions.map(({ sessionId }) => sessionId),
      ['missed'],
    );
    t.notOk(sessions[0] && 'lastOrderNumber' in sessions[0], 'an order that is not there is not remembered');
  },
);
