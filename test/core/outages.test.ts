import { type AddressInfo, connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import { type CommandStartedEvent, type Document, MongoClient, MongoServerError } from 'mongodb';
import t, { type Test } from 'tap';
import { openCollections } from '../../src/collections.js';
import { toApiError } from '../../src/platform/http/problem.js';
import {
  connectAgain,
  createMongoClient,
  isDatabaseAway,
  isDuplicateKey,
  isWriteConflict,
  watchPresence,
} from '../../src/platform/mongodb/client.js';
import { wrapCollection } from '../../src/platform/mongodb/wrap-collection.js';
import { upsertAgain } from '../../src/platform/mongodb/write.js';
import { build, call, database, environment, STAFF_KEY } from '../helper.js';
import { between } from '../processes.js';

const PRODUCTS = '/api/concierge/products';
const SHORTLIST = '/api/concierge/shortlist';
const SAVE = { sessionId: 's', items: [] };

const asStaff = { authorization: `Bearer ${STAFF_KEY}` };
const statusOf = async (app: FastifyInstance, url: string) =>
  (await app.inject({ url, headers: asStaff })).statusCode;

/** A way to the database that can be shut, and opened again. */
async function gateTo(t: Test, uri: string) {
  let isOpen = true;
  const { cut, ...gate } = await between(t, uri, (client, database) => {
    if (isOpen) client.pipe(database).pipe(client);
    else client.destroy();
  });
  const shut = () => {
    isOpen = false;
    cut();
  };
  const open = () => {
    isOpen = true;
  };
  return { ...gate, shut, open };
}

t.test('outages: a database that cannot be reached is known as away, however it was asked', async (t) => {
  const { MONGODB_URI = '' } = await environment(await database(t));
  const gate = await gateTo(t, MONGODB_URI);
  // a busy machine may need more than one such time to connect
  const client = new MongoClient(gate.uri, { serverSelectionTimeoutMS: 500 });
  t.teardown(() => client.close());
  await connectAgain(client);
  const things = client.db('shop').collection('things');
  gate.shut();
  // of the first, the connection breaks; the later ones find no server
  await things.findOne({}).catch(() => {});
  const update = { filter: { a: 1 }, update: { $set: { b: 1 } }, upsert: true };
  const calls: Record<string, () => Promise<unknown>> = {
    'a look-up': () => things.findOne({ a: 1 }),
    'an update': () => things.updateOne(update.filter, update.update),
    'many documents': () => things.insertMany([{ a: 1 }, { a: 2 }], { ordered: false }),
    'a bulk of updates': () => things.bulkWrite([{ updateOne: update }]),
  };
  for (const [name, call] of Object.entries(calls)) {
    const error = await call().catch((failure: unknown) => failure);
    t.equal(isDatabaseAway(error), true, name);
    t.equal(toApiError(error).status, 503, name);
  }
});

t.test(
  'outages: a client whose first connection fails is connected again, and not closed for good',
  async (t) => {
    const db = await database(t);
    const gate = await gateTo(t, (await environment(db)).MONGODB_URI ?? '');
    const client = createMongoClient({ uri: gate.uri, timeoutMs: 400 });
    t.teardown(() => client.close());
    gate.shut();
    client.once('topologyClosed', gate.open);
    await connectAgain(client);
    t.match(await client.db('admin').command({ ping: 1 }), { ok: 1 });
  },
);

t.test(
  'outages: a database fails while it is lost, for a while after that, and when it is not heard of',
  async (t) => {
    let at = 0;
    const client = new MongoClient('mongodb://127.0.0.1:1/'); // never connected: what it would see is told to it
    const presence = watchPresence(client, { now: () => at, timeoutMs: 2000, onChange: () => {} });
    const seen = (type: string) =>
      client.emit('topologyDescriptionChanged', {
        newDescription: { servers: new Map([['a', { type }]]) },
      } as never);
    const heard = (reply: object) => client.emit('serverHeartbeatSucceeded', { reply } as never);
    const STEPS: [what: string, at: number, happens: () => unknown, isFailing: boolean, isAway: boolean][] = [
      ['it is there', 0, () => seen('RSPrimary'), false, false],
      ['and heard of', 1000, () => heard({ isWritablePrimary: true }), false, false],
      ['lost', 1500, () => seen('ReplicaSetNoPrimary'), true, false],
      ['for longer than an election', 2100, () => {}, true, true],
      ['back', 2200, () => [seen('RSPrimary'), heard({ ismaster: true })], true, false],
      ['for as long as a call may take', 4200, () => heard({ isWritablePrimary: true }), false, false],
      ['only another is heard of', 6000, () => heard({ isWritablePrimary: false }), false, false],
      ['it is silent', 6200, () => {}, true, false],
      ['it speaks', 6300, () => heard({ isWritablePrimary: true }), false, false],
    ];
    for (const [what, ms, happens, isFailing, isAway] of STEPS) {
      at = ms;
      happens();
      t.same([presence.isFailing(), presence.isAway()], [isFailing, isAway], what);
    }
  },
);

t.test('outages: the database goes away, and comes back', async (t) => {
  const db = await database(t);
  const gate = await gateTo(t, (await environment(db)).MONGODB_URI ?? '');
  // long enough for a machine that does ten other things
  const env = { MONGODB_URI: gate.uri, MONGODB_TIMEOUT_MS: '2000' };
  const { app } = await build(t, { db, env, staff: true });
  t.equal((await call(app, SHORTLIST, SAVE)).statusCode, 200);

  gate.shut();
  const first = await call(app, SHORTLIST, SAVE);
  t.equal(first.statusCode, 503);
  t.match(first.json(), { code: 'service.unavailable' });
  t.match(first.headers['retry-after'], /^\d+$/);
  t.notMatch(first.body, /Mongo|ECONN|127\.0/);

  // once it is known to be away, nothing waits for it: the database's own client is not even asked
  const commands = async () => {
    const page = (await app.inject({ url: '/metrics', headers: asStaff })).body;
    return Number(/^mongodb_pool_connections\{state="waiting"\} (\d+)$/m.exec(page)?.[1]);
  };
  while ((await statusOf(app, '/health/ready')) !== 503) await sleep(20);
  await sleep(600);
  const crowd = Array.from({ length: 300 }, () => call(app, SHORTLIST, SAVE));
  t.same([...new Set((await Promise.all(crowd)).map(({ statusCode }) => statusCode))], [503]);
  t.equal(await commands(), 0, 'nothing has piled up');

  t.equal((await call(app, PRODUCTS, { sessionId: 's' })).statusCode, 200, 'the catalogue serves');
  t.equal(await statusOf(app, '/health/live'), 200);
  t.equal(await statusOf(app, '/health/ready'), 503);
  t.match((await app.inject({ url: '/metrics', headers: asStaff })).body, /^concierge_ready 0$/m);

  gate.open();
  while ((await call(app, SHORTLIST, SAVE)).statusCode !== 200) await sleep(20);
  while ((await statusOf(app, '/health/ready')) !== 200) await sleep(20);
  t.equal(await statusOf(app, '/health/ready'), 200, 'by itself');
});

t.test('outages: every call of the database has a time within which to work', async (t) => {
  const db = await database(t);
  const client = new MongoClient((await environment(db)).MONGODB_URI ?? '', { monitorCommands: true });
  t.teardown(() => client.close());
  const { returns } = openCollections(client.db(db.databaseName), { maxTimeMs: 1234 });
  const started: CommandStartedEvent[] = [];
  client.on('commandStarted', (event) => started.push(event));
  const rma = { rmaId: 'RMA-1' } as never;
  await returns.insertOne({ ...(rma as object) } as never);
  await returns.findOne(rma, { projection: { _id: 0 } });
  await returns.find({}).sort({ rmaId: 1 }).toArray();
  await returns.updateOne(rma, { $set: { status: 'approved' } });
  await returns.findOneAndUpdate(rma, { $set: { status: 'received' } });
  await returns.bulkWrite([{ deleteOne: { filter: rma } }], { ordered: false });
  await returns.aggregate([{ $match: {} }]).toArray();
  await returns.countDocuments({});
  await returns.estimatedDocumentCount();
  await returns.deleteOne(rma);
  t.equal(started.length, 10);
  for (const { commandName, command } of started) t.equal(command.maxTimeMS, 1234, commandName);
  await returns.find({}, { maxTimeMS: 9 }).toArray();
  t.equal(started.at(-1)?.command.maxTimeMS, 9, 'unless the call says otherwise');
});

t.test('outages: a database that is out of time, or is no primary any more, is a 503', async (t) => {
  for (const code of [50, 189, 10107])
    t.equal(toApiError(new MongoServerError({ message: 'no', code })).status, 503, String(code));
  t.equal(toApiError(new MongoServerError({ message: 'no', code: 2 })).status, 500, 'a fault of ours is not');
});

t.test('overload: what could only wait is refused; health is not', async (t) => {
  const { app } = await build(t, { staff: true, env: { OVERLOAD_IN_FLIGHT: '2' } });
  const answers = await Promise.all(Array.from({ length: 5 }, () => call(app, SHORTLIST, SAVE)));
  const refused = answers.filter(({ statusCode }) => statusCode === 503);
  t.equal(refused.length, 3);
  t.match(refused[0]?.headers['retry-after'], /^\d+$/);
  t.equal((await call(app, SHORTLIST, SAVE)).statusCode, 200, 'afterwards it goes on');
  const page = await app.inject({ url: '/metrics', headers: asStaff });
  t.match(page.body, /^concierge_shed_total\{why="in_flight"\} 3$/m);

  const { app: late } = await build(t, { env: { OVERLOAD_EVENT_LOOP_DELAY_MS: '1' } });
  t.equal((await call(late, PRODUCTS, {})).statusCode, 200, 'what the start itself has taken does not count');
  const block = () => {
    const until = performance.now() + 50;
    while (performance.now() < until);
  };
  let status = 0;
  while (status !== 503) {
    block();
    await sleep(1);
    status = (await call(late, PRODUCTS, {})).statusCode;
  }
  t.equal(await statusOf(late, '/health/live'), 200);
  t.equal(await statusOf(late, '/health/ready'), 200);
});

t.test('outages: a client that sends too slowly is cut off', async (t) => {
  const { app } = await build(t, { env: { REQUEST_TIMEOUT_MS: '300' } });
  await app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = app.server.address() as AddressInfo;
  const say = async (text: string) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(text));
    let answer = '';
    for await (const chunk of socket) answer += chunk;
    return answer;
  };
  t.match(await say('GET /health/live HTTP/1.1\r\nhost: x\r\nx-slo'), /^HTTP\/1\.1 408 .*request\.timeout/s);
  const half = 'POST /api/concierge/shortlist HTTP/1.1\r\nhost: x\r\ncontent-length: 50\r\n\r\n{"sess';
  t.match(await say(half), /^HTTP\/1\.1 4(01|08) /, 'nor with its body');
});

t.test('collisions of writes: told by what they are, whatever words a server has for them', async (t) => {
  const error = (document: object) => new MongoServerError({ ok: 0, errmsg: 'no', ...document });
  const CASES: [name: string, error: unknown, duplicate: boolean, conflict: boolean][] = [
    ['by the code', error({ code: 11000 }), true, false],
    ['by the name', error({ code: 1, codeName: 'DuplicateKey' }), true, false],
    ['by the words alone', error({ errmsg: 'E11000 duplicate key error collection: a.b' }), true, false],
    ['a conflict by the code', error({ code: 112 }), false, true],
    ['a conflict by the name', error({ codeName: 'WriteConflict' }), false, true],
    ['another error', error({ code: 2, codeName: 'BadValue' }), false, false],
    ['an error that only mentions it', error({ errmsg: 'no E11000 here' }), false, false],
    ['not of the database', Object.assign(new Error('E11000'), { code: 11000 }), false, false],
  ];
  for (const [name, e, duplicate, conflict] of CASES)
    t.same([isDuplicateKey(e), isWriteConflict(e)], [duplicate, conflict], name);
  let left = 3;
  const upsert = async () => {
    if (left-- > 0) throw error({ code: left % 2 ? 112 : 11000 });
    return 'done';
  };
  t.equal(await upsertAgain(upsert), 'done', 'three collisions, then there is room');
  left = 100;
  await t.rejects(upsertAgain(upsert), { name: 'MongoServerError' }, 'not for ever');
  t.equal(left, 96);

  // what changes one document is done again, whatever calls it; of many, some may have been changed
  const things = (await database(t)).collection<Document>('things');
  const update = { $set: { n: 1 } };
  const CALLS: [name: string, args: object[], tried: number][] = [
    ['insertOne', [{ n: 0 }], 3],
    ['updateOne', [{}, update], 3],
    ['replaceOne', [{}, { n: 2 }], 3],
    ['findOneAndUpdate', [{}, update], 3],
    ['updateMany', [{}, update], 1],
    ['deleteOne', [{}], 3],
  ];
  for (const [name, args, tried] of CALLS) {
    const call = Reflect.get(things, name) as (...args: object[]) => Promise<unknown>;
    let times = 0;
    const value = async (...given: object[]) => {
      if (++times < 3) throw error({ code: 112 });
      return call.apply(things, given);
    };
    Object.defineProperty(things, name, { value });
    const wrapped = Reflect.get(wrapCollection(things, { maxTimeMs: 60_000 }), name) as typeof call;
    const outcome = await wrapped(...args).catch((failure: unknown) => failure);
    t.equal(isWriteConflict(outcome), tried === 1, name);
    t.equal(times, tried, name);
  }
});
