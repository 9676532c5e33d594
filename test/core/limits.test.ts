import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { buffer } from 'node:stream/consumers';
import type { FastifyInstance } from 'fastify';
import t, { type Test } from 'tap';
import { createMemoryCounter } from '../../src/platform/limits/counter.js';
import { build, call, database, KEY, STAFF_KEY } from '../helper.js';
import { PNG } from '../images.js';

const PRODUCTS = '/api/concierge/products';
const STYLIST = '/api/concierge/stylist';
const UPDATES = '/api/concierge/order-updates';

const AT = new Date('2026-05-04T10:00:00Z');

async function statuses(app: FastifyInstance, path: string, body: object, count: number, headers = {}) {
  const seen: number[] = [];
  for (let n = 0; n < count; n++) seen.push((await call(app, path, body, headers)).statusCode);
  return seen;
}

t.test('by session, in a burst and in a minute, told in the headers', async (t) => {
  let now = AT;
  const env = { RATE_LIMIT_BURST: '5', RATE_LIMIT_PER_SESSION: '8', RATE_LIMIT_PER_KEY: '0' };
  const { app } = await build(t, { env, now: () => now });
  const first = await call(app, PRODUCTS, { sessionId: 'burst' });
  t.equal(first.headers['ratelimit-policy'], '"burst";q=5;w=1, "session";q=8;w=60');
  t.equal(first.headers.ratelimit, '"burst";r=4;t=1, "session";r=7;t=60');
  t.same(await statuses(app, PRODUCTS, { sessionId: 'burst' }, 5), [200, 200, 200, 200, 429]);
  t.same(await statuses(app, PRODUCTS, { sessionId: 'another' }, 2), [200, 200], 'another is not affected');
  t.same(await statuses(app, PRODUCTS, {}, 9), Array(9).fill(200), 'nor calls without a session');

  now = new Date(AT.getTime() + 1000);
  t.same(
    await statuses(app, PRODUCTS, { sessionId: ' burst ' }, 3),
    [200, 200, 429],
    'the minute is not over',
  );
  now = new Date(AT.getTime() + 30_500);
  const refused = await call(app, PRODUCTS, { sessionId: 'burst' });
  t.match(refused.json(), { code: 'rate_limit.exceeded', status: 429, reason: 'session' });
  t.equal(refused.headers['retry-after'], '30', 'until the minute is over');
  now = new Date(AT.getTime() + 60_000);
  t.same(await statuses(app, PRODUCTS, { sessionId: 'burst' }, 1), [200]);
});

t.test('by key, for the staff too; refusals are counted', async (t) => {
  const { app } = await build(t, { staff: true, env: { RATE_LIMIT_PER_KEY: '2' } });
  t.same(await statuses(app, PRODUCTS, {}, 3), [200, 200, 429]);
  const metrics = () => app.inject({ url: '/metrics', headers: { authorization: `Bearer ${STAFF_KEY}` } });
  t.match((await metrics()).body, /^rate_limit_hits_total\{limit="key"\} 1$/m);
  await metrics();
  t.equal((await metrics()).statusCode, 429);
  t.equal((await app.inject({ url: '/health/live' })).statusCode, 200, 'what needs no key is not counted');
});

t.test("by the customer's address, behind a trusted proxy only", async (t) => {
  const from = (address: string) => ({ 'x-forwarded-for': address });
  const { app } = await build(t, { env: { TRUST_PROXY: '127.0.0.1', RATE_LIMIT_PER_IP: '2' } });
  t.same(await statuses(app, PRODUCTS, {}, 3, from('192.0.2.1')), [200, 200, 429]);
  t.same(await statuses(app, PRODUCTS, {}, 1, from('192.0.2.2')), [200], 'another customer');

  const { app: direct } = await build(t, { env: { RATE_LIMIT_PER_IP: '2' } });
  const same = await statuses(direct, PRODUCTS, {}, 4, from('192.0.2.1'));
  t.same(same, [200, 200, 200, 200], 'the shop is not stopped');
});

t.test('tighter ones: stylists, returns, and text messages, which cost money', async (t) => {
  const env = {
    RATE_LIMIT_STYLIST: '2',
    RATE_LIMIT_RETURNS: '1',
    SMS_OPT_INS_PER_NUMBER: '1',
    SMS_OPT_INS_PER_DAY: '3',
  };
  const { app, db } = await build(t, { env, now: () => AT });
  const ticket = { sessionId: 's', email: 'ada@example.com' };
  t.same(await statuses(app, STYLIST, ticket, 3), [201, 200, 429]);
  t.match((await call(app, STYLIST, ticket)).headers['ratelimit-policy'], /"stylist";q=2;w=3600/);
  const back = { sessionId: 's', option: 'care', orderNumber: 'GG-1' };
  t.same(await statuses(app, '/api/concierge/orders/returns', back, 2), [404, 429]);

  const numbers = ['GG-1', 'GG-2', 'GG-3', 'GG-4'];
  for (const orderNumber of numbers)
    await db.collection('orders').insertOne({ orderNumber, customerEmail: 'ada@example.com', createdAt: AT });
  const text = async (orderNumber: string, value: string) => {
    const contact = { channel: 'sms', value };
    return (await call(app, UPDATES, { sessionId: 's', orderNumber, contact, consent: true })).statusCode;
  };
  t.equal(await text('GG-1', '+12025550101'), 201);
  t.equal(await text('GG-1', '+12025550101'), 200, 'a repeat costs nothing');
  t.equal(await text('GG-2', '(202) 555-0101'), 429, 'the same number');
  t.equal(await text('GG-2', '+12025550102'), 201);
  t.equal(await text('GG-3', '+12025550103'), 429, 'the refused one has counted: that is all for today');
  t.equal((await call(app, UPDATES, { sessionId: 's', orderNumber: 'GG-3' })).statusCode, 201, 'email');
});

t.test('an upload counts for its session, which stands in the form', async (t) => {
  const { app, db } = await build(t, { env: { RATE_LIMIT_PER_SESSION: '1' } });
  const upload = async (session: string) => {
    const form = new FormData();
    form.append('file', new Blob([PNG]), 'ring.png');
    form.append('sessionId', session);
    const { headers, body } = new Request('http://x', { method: 'POST', body: form });
    const response = await app.inject({
      method: 'POST',
      url: '/api/concierge/inspiration',
      headers: { authorization: `Bearer ${KEY}`, 'content-type': headers.get('content-type') ?? '' },
      payload: await buffer(body as ReadableStream),
    });
    return response.statusCode;
  };
  t.same([await upload('a'), await upload('a'), await upload('b')], [201, 429, 201]);
  t.equal(await db.collection('widgetInspiration').countDocuments({}), 2, 'what was refused is not kept');
});

t.test('what is counted is bounded', async (t) => {
  const counter = createMemoryCounter(() => AT, 2);
  const count = async (key: string) => (await counter.count({ key, windowMs: 1000, amount: 1 })).count;
  for (const [key, expected] of [
    ['a', 1],
    ['a', 2],
    ['b', 1],
    ['c', 1],
    ['b', 2],
    ['a', 1],
  ] as const)
    t.equal(await count(key), expected, key);
});

async function startRedis(t: Test, port = 0): Promise<{ child: ChildProcess; port: number }> {
  const chosen = port || (await freePort());
  const args = ['--port', String(chosen), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
  const child = spawn('redis-server', args, { stdio: ['ignore', 'pipe', 'ignore'] });
  t.teardown(() => child.kill('SIGKILL'));
  for await (const chunk of child.stdout) if (/Ready to accept/.test(String(chunk))) break;
  return { child, port: chosen };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

const without = spawnSync('redis-server', ['--version']).error && 'there is no redis-server on this machine';

t.test(
  'across processes by Redis, and in each process while it is away',
  { skip: without ?? false },
  async (t) => {
    const { child, port } = await startRedis(t);
    const env = { RATE_LIMIT_PER_SESSION: '4', RATE_LIMIT_REDIS_URL: `redis://127.0.0.1:${port}` };
    const db = await database(t);
    let now = AT;
    const options = { db, env, staff: true, now: () => now };
    const [one, other] = [(await build(t, options)).app, (await build(t, options)).app];
    const body = { sessionId: 'both' };
    t.same(await statuses(one, PRODUCTS, body, 3), [200, 200, 200]);
    t.same(await statuses(other, PRODUCTS, body, 2), [200, 429], 'the other process knows');

    // it holds its tongue: nobody waits for long, and the memory counts from its beginning
    child.kill('SIGSTOP');
    t.same(await statuses(one, PRODUCTS, body, 5), [200, 200, 200, 200, 429]);
    t.match(
      (await one.inject({ url: '/metrics', headers: { authorization: `Bearer ${STAFF_KEY}` } })).body,
      /^concierge_redis_away 1$/m,
    );
    child.kill('SIGKILL');
    await once(child, 'exit');
    now = new Date(now.getTime() + 2000);
    t.same(await statuses(one, PRODUCTS, { sessionId: 'new' }, 2), [200, 200], 'it goes on');

    await startRedis(t, port);
    // it is asked again after a pause; until the connection is there, the memory counts
    const isBack = async () => {
      now = new Date(now.getTime() + 2000);
      await call(one, PRODUCTS, {});
      const page = await one.inject({ url: '/metrics', headers: { authorization: `Bearer ${STAFF_KEY}` } });
      return /^concierge_redis_away 0$/m.test(page.body);
    };
    while (!(await isBack())) await new Promise((resolve) => setTimeout(resolve, 20));
    t.same(await statuses(one, PRODUCTS, { sessionId: 'again' }, 5), [200, 200, 200, 200, 429]);
  },
);

t.test('a Redis that is not there does not keep the service from starting', async (t) => {
  const env = { RATE_LIMIT_PER_SESSION: '1', RATE_LIMIT_REDIS_URL: 'redis://127.0.0.1:1' };
  const { app } = await build(t, { env });
  t.same(await statuses(app, PRODUCTS, { sessionId: 's' }, 2), [200, 429]);
});
