import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { buffer } from 'node:stream/consumers';
import type { FastifyInstance } from 'fastify';
import t, { type Test } from 'tap';
import { parse } from 'yaml';
import {
  customerAddress,
  customerKey,
  plainAddress,
  type TrustSettings,
  trustOf,
  within,
} from '../../src/platform/http/client-address.js';
import { createMemoryCounter } from '../../src/platform/limits/memory-counter.js';
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

t.test('limits: by session, in a burst and in a minute, told in the headers', async (t) => {
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

t.test('limits: by key, for the staff too; refusals are counted', async (t) => {
  const { app } = await build(t, { staff: true, env: { RATE_LIMIT_PER_KEY: '2' } });
  t.same(await statuses(app, PRODUCTS, {}, 3), [200, 200, 429]);
  const metrics = () => app.inject({ url: '/metrics', headers: { authorization: `Bearer ${STAFF_KEY}` } });
  t.match((await metrics()).body, /^rate_limit_hits_total\{limit="key"\} 1$/m);
  await metrics();
  t.equal((await metrics()).statusCode, 429);
  t.equal((await app.inject({ url: '/health/live' })).statusCode, 200, 'what needs no key is not counted');
});

t.test("limits: by the customer's address, behind a trusted proxy only", async (t) => {
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
  t.equal(await text('GG-3', '+12025550103'), 201, 'the refused one has not counted');
  t.equal(await text('GG-4', '+12025550104'), 429, 'that is all for today');
  t.equal((await call(app, UPDATES, { sessionId: 's', orderNumber: 'GG-3' })).statusCode, 201, 'email');
});

t.test('limits: an upload counts for its session, which stands in the form', async (t) => {
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

t.test('limits: a flood of one limit makes no other forget', async (t) => {
  const counter = createMemoryCounter(() => AT, 10);
  const hour = 3_600_000;
  const count = async (limit: string, of: string, amount: -1 | 0 | 1) =>
    (await counter.count([{ limit, of, windowMs: hour, amount }]))[0];
  for (let n = 0; n < 1000; n++) await count('session', `s-${n}`, 1);
  for (let n = 1; n <= 4000; n++) {
    await count('sms-number', `+1${n}`, 1);
    const all = await count('sms', 'all', 1);
    if (all?.count !== n) t.fail(`${all?.count} counted of ${n}`);
  }
  t.same(await count('sms', 'all', 0), { count: 4000, leftMs: hour, isAdmitted: true });
  await count('sms', 'all', -1);
  t.match(await count('sms', 'all', 0), { count: 3999 }, 'given back');
  t.match(await count('sms', 'none', -1), { count: 0 }, 'never below nothing');
});

t.test('limits: of different things, the first are admitted, again and again', async (t) => {
  let now = AT;
  const counter = createMemoryCounter(() => now);
  const admit = async (member: string) =>
    (await counter.count([{ limit: 'orders', of: 's', member, max: 2, windowMs: 1000 }]))[0]?.isAdmitted;
  for (const [member, isAdmitted] of [
    ['a', true],
    ['b', true],
    ['c', false],
    ['a', true],
    ['c', false],
    ['b', true],
  ] as const)
    t.equal(await admit(member), isAdmitted, member);
  now = new Date(AT.getTime() + 1000);
  t.equal(await admit('c'), true, 'in the next window');
});

const STATUS = '/api/concierge/orders/status';
/** After the real time, so that no session is old enough to be swept away. */
const LATER = new Date('2099-05-04T10:00:00Z');
const SHIPPING = { postalCode: '10001' };

async function withOrders(t: Test, env: NodeJS.ProcessEnv, numbers: string[]) {
  const lines: string[] = [];
  const logger = { level: 'warn', stream: { write: (line: string) => lines.push(line) } };
  const { app, db } = await build(t, { env, logger, staff: true, now: () => LATER });
  for (const orderNumber of numbers) {
    const customerEmail = `${orderNumber.toLowerCase()}@example.com`;
    await db
      .collection('orders')
      .insertOne({ orderNumber, customerEmail, shipping: SHIPPING, createdAt: AT });
  }
  const status = async (body: object, headers = {}) => (await call(app, STATUS, body, headers)).statusCode;
  return { app, db, status, lines };
}

/** Proof counts in a session that cannot be guessed. */
const OWNER = randomUUID();

const postalCodes = (count: number) => Array.from({ length: count }, (_, n) => String(20_000 + n));

t.test(
  "limits: an order's codes cannot be guessed by rotating sessions, and its owner goes on",
  async (t) => {
    const { status } = await withOrders(t, { RATE_LIMIT_WRONG_CODES: '10' }, ['GG-1', 'GG-2']);
    const email = 'gg-1@example.com';
    const right = { email, postalCode: '10001' };
    t.equal(await status({ sessionId: OWNER, orderNumber: 'GG-1', ...right }), 200);

    const seen = new Set<number>();
    for (const [n, postalCode] of postalCodes(60).entries()) {
      const spelling = ['GG-1', 'gg 1', '#GG-1', 'GG1'][n % 4];
      // the same order by its number, and by its address
      const named =
        n % 2 === 0 ? { orderNumber: spelling, email } : { email: n % 3 ? email : ' GG-1@Example.com ' };
      const answer = await status({ sessionId: `stranger-${n}`, ...named, postalCode });
      seen.add(answer);
      if (n >= 20) t.equal(answer, 429, `try ${n}`);
    }
    t.same([...seen].sort(), [404, 429]);
    t.equal(await status({ sessionId: 'stranger', ...right }), 429, 'a guess that is right says nothing');
    t.equal(await status({ orderNumber: 'GG-1', ...right }), 429);

    t.equal(
      await status({ sessionId: OWNER, orderNumber: 'GG-1', ...right }),
      200,
      'who has proved it before',
    );
    t.equal(await status({ sessionId: OWNER, ...right }), 200);
    t.equal(await status({ orderNumber: 'GG-1' }), 200, 'by the number alone');
    t.equal(await status({ email: 'gg-2@example.com', postalCode: '10001' }), 200, 'and everybody else');
  },
);

t.test('limits: wrong numbers lock nobody out but who has typed them', async (t) => {
  const { app, status } = await withOrders(t, { RATE_LIMIT_ORDER_MISSES: '10' }, ['GG-1']);
  for (let n = 0; n < 100; n++) await status({ orderNumber: `GG-90${n}` });
  t.equal(await status({ orderNumber: 'GG-1' }), 200, 'without a session');
  t.equal(await status({ orderNumber: 'GG-1', sessionId: 'someone' }), 200, 'with one');
  const back = { option: 'care', orderNumber: 'GG-1' };
  t.not((await call(app, '/api/concierge/orders/returns', back)).statusCode, 429, 'returns too');

  const guesses = Array.from({ length: 30 }, (_, n) =>
    status({ orderNumber: `GG-80${n}`, sessionId: 'guesser' }),
  );
  const answers = await Promise.all(guesses);
  t.equal(answers.filter((code) => code === 404).length, 10, 'at once or one by one');
  t.equal(answers.filter((code) => code === 429).length, 20);
  t.equal(await status({ orderNumber: 'GG-1', sessionId: 'guesser' }), 429);
  const typing = Array.from({ length: 30 }, () => status({ orderNumber: 'GG-1', sessionId: 'impatient' }));
  t.ok(
    (await Promise.all(typing)).filter((code) => code === 200).length >= 10,
    'hits do not count as misses',
  );
});

t.test('limits: different orders count, found or not; the same one again does not', async (t) => {
  const numbers = Array.from({ length: 9 }, (_, n) => `GG-${n + 1}`);
  const env = { RATE_LIMIT_ORDERS: '3', TRUST_PROXY: '127.0.0.1' };
  const { status } = await withOrders(t, env, numbers);
  const walk = async (body: object, count = numbers.length, headers = {}) => {
    const seen = [];
    for (const orderNumber of numbers.slice(0, count))
      seen.push(await status({ orderNumber, ...body }, headers));
    return seen;
  };
  t.same(await walk({ sessionId: 'walker' }), [200, 200, 200, 429, 429, 429, 429, 429, 429]);
  t.same(await walk({ sessionId: 'walker' }, 4), [200, 200, 200, 429], 'the first ones again');
  t.equal(await status({ orderNumber: 'gg1', sessionId: 'walker' }), 200, 'however it is written');
  t.same(await walk({}), Array(9).fill(200), "the shop's own look-ups, without session and address");

  let rotated = 0;
  const orders = Array.from({ length: 20 }, (_, n) => `GG-${n + 1}`);
  for (const orderNumber of orders) {
    const headers = { 'x-forwarded-for': `2001:db8::${++rotated}` };
    const answer = await status({ orderNumber, sessionId: `s-${rotated}` }, headers);
    if (rotated > 12) t.equal(answer, 429, 'one network is one customer, whatever session it makes up');
    else t.not(answer, 429);
  }
});

t.test('limits: many misses are told and answered slowly, and never refuse what is right', async (t) => {
  const { app, status, lines } = await withOrders(t, { ORDER_MISSES_ALERT: '5' }, ['GG-1']);
  await Promise.all(
    Array.from({ length: 8 }, (_, n) => status({ orderNumber: `GG-7${n}`, sessionId: `s-${n}` })),
  );
  t.equal(await status({ orderNumber: 'GG-1' }), 200);
  t.equal(await status({ orderNumber: 'GG-79', sessionId: 'late' }), 404);
  t.equal(lines.filter((line) => /someone may be guessing/.test(line)).length, 1, 'told once');
  const metrics = await app.inject({ url: '/metrics', headers: { authorization: `Bearer ${STAFF_KEY}` } });
  t.match(metrics.body, /^concierge_order_misses_total 9$/m);
});

t.test('limits: what a page reports of itself does not use up what its customer may ask', async (t) => {
  const { app } = await build(t, {
    env: { RATE_LIMIT_PER_SESSION: '3', RATE_LIMIT_BURST: '3' },
    now: () => AT,
  });
  const event = { event: 'aurora_widget_open', sessionId: 'busy' };
  t.same(await statuses(app, '/api/analytics/events', event, 20), Array(20).fill(200));
  t.same(await statuses(app, PRODUCTS, { sessionId: 'busy' }, 4), [200, 200, 200, 429]);
  t.same(
    (await statuses(app, '/api/analytics/events', event, 15)).slice(-5),
    Array(5).fill(429),
    'bounded all the same',
  );
});

t.test('limits: text messages, by strangers and by those who have proved their order', async (t) => {
  const numbers = Array.from({ length: 8 }, (_, n) => `GG-${n + 1}`);
  const env = { SMS_NUMBERS_PER_ORDER: '2', SMS_OPT_INS_PER_DAY: '4' };
  const { app, status } = await withOrders(t, env, numbers);
  const text = async (orderNumber: string, sessionId: string, n: number) => {
    const contact = { channel: 'sms', value: `+120255501${n}` };
    return (await call(app, UPDATES, { sessionId, orderNumber, contact, consent: true })).statusCode;
  };
  t.same(
    [await text('GG-1', 'a', 10), await text('GG-1', 'b', 11), await text('GG-1', 'c', 12)],
    [201, 201, 429],
  );
  t.equal(await text('GG-1', 'd', 10), 200, 'the same number once more');
  t.same(
    [await text('GG-2', 'e', 13), await text('GG-3', 'e', 14), await text('GG-4', 'e', 15)],
    [201, 201, 429],
  );
  t.equal(await text('GG-5', 'f', 16), 429, 'what strangers may cost in a day');
  await status({ sessionId: OWNER, orderNumber: 'GG-6', email: 'gg-6@example.com', postalCode: '10001' });
  t.equal(await text('GG-6', OWNER, 17), 201, 'an owner is not kept out by them');
});

t.test('addresses: one customer, however the address is written', async (t) => {
  const ROWS: [text: string | undefined, plain: string | undefined, key: string | undefined][] = [
    ['192.0.2.1', '192.0.2.1', '192.0.2.1'],
    [' 192.0.2.1 ', '192.0.2.1', '192.0.2.1'],
    ['192.0.2.1:4711', '192.0.2.1', '192.0.2.1'],
    ['"192.0.2.1:4711"', '192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1', '192.0.2.1'],
    ['::FFFF:C000:0201', '192.0.2.1', '192.0.2.1'],
    ['0:0:0:0:0:ffff:c000:201', '192.0.2.1', '192.0.2.1'],
    ['[::ffff:192.0.2.1]:80', '192.0.2.1', '192.0.2.1'],
    ['2001:db8::1', '2001:db8::1', '2001:db8:0:0::/64'],
    ['2001:DB8::2', '2001:db8::2', '2001:db8:0:0::/64'],
    ['[2001:db8::3]:4711', '2001:db8::3', '2001:db8:0:0::/64'],
    ['[2001:db8::3]', '2001:db8::3', '2001:db8:0:0::/64'],
    ['2001:db8:0:0:ffff:ffff:ffff:ffff', '2001:db8:0:0:ffff:ffff:ffff:ffff', '2001:db8:0:0::/64'],
    ['2001:db8:0:1::1', '2001:db8:0:1::1', '2001:db8:0:1::/64'],
    ['2001:db8:0000:0001:0000::1', '2001:db8:0000:0001:0000::1', '2001:db8:0:1::/64'],
    ['fe80::1%eth0', 'fe80::1', 'fe80:0:0:0::/64'],
    ['2001:db8::192.0.2.1', '2001:db8::192.0.2.1', '2001:db8:0:0::/64'],
    ['::1', '::1', '0:0:0:0::/64'],
    ['unknown', undefined, undefined],
    ['_hidden', undefined, undefined],
    ['192.0.2', undefined, undefined],
    ['192.0.2.256', undefined, undefined],
    ['192.0.2.1:x', undefined, undefined],
    ['', undefined, undefined],
    [undefined, undefined, undefined],
  ];
  for (const [text, plain, key] of ROWS) {
    t.equal(plainAddress(text), plain, `${text}`);
    t.equal(customerKey(text), key, `${text} counts as`);
    t.equal(plainAddress(plain), plain, 'a second time changes nothing');
  }
});

t.test('addresses: who is taken for the customer', async (t) => {
  const INGRESS = '10.1.2.3';
  const SHOP = '203.0.113.7';
  const trust = { trustProxy: ['10.0.0.0/8', 'loopback'], shopAddresses: [] };
  const withShop = { ...trust, shopAddresses: ['203.0.113.0/24', '2001:db8:5::/48'] };
  const ROWS: [
    what: string,
    settings: TrustSettings,
    connection: string,
    forwarded: string,
    customer: string | undefined,
  ][] = [
    ['through the ingress', trust, INGRESS, '192.0.2.1', '192.0.2.1'],
    ['mapped into IPv6', trust, `::ffff:${INGRESS}`, '192.0.2.1', '192.0.2.1'],
    ['with the port of a gateway', trust, INGRESS, '192.0.2.1:5000, 10.9.9.9:80', '192.0.2.1'],
    ['made up by the customer', trust, INGRESS, '198.51.100.1, 192.0.2.1', '192.0.2.1'],
    ['a proxy calls for nobody', trust, INGRESS, '', undefined],
    ['and is no customer itself', trust, INGRESS, '10.7.7.7', undefined],
    ['who comes around the proxy', trust, '192.0.2.9', '192.0.2.1', '192.0.2.9'],
    ['what is no address', trust, INGRESS, 'unknown', undefined],
    ['a very long chain', trust, INGRESS, `${'198.51.100.1, '.repeat(1000)}192.0.2.1`, '192.0.2.1'],
    ['the shop says for whom', withShop, INGRESS, `192.0.2.1, ${SHOP}`, '192.0.2.1'],
    ['the shop says, by IPv6', withShop, INGRESS, '2001:db8:9::1, 2001:db8:5::1', '2001:db8:9:0::/64'],
    ['the shop does not say', withShop, INGRESS, SHOP, undefined],
    ['the shop, without an ingress', withShop, SHOP, '192.0.2.1', '192.0.2.1'],
    ['not the shop: whoever that is', withShop, INGRESS, '192.0.2.1', undefined],
    ['made up towards the shop', withShop, INGRESS, `198.51.100.1, 192.0.2.1, ${SHOP}`, '192.0.2.1'],
  ];
  for (const [what, settings, connection, forwarded, customer] of ROWS) {
    const trusted = trustOf(settings);
    t.equal(trusted && customerAddress(connection, forwarded, trusted), customer, what);
  }
  t.equal(
    trustOf({ trustProxy: false, shopAddresses: [] }),
    undefined,
    'nobody is believed unless it is said',
  );
  for (const wrong of [
    '3',
    'true',
    'example.com',
    '10.0.0.0/33',
    '10.0.0.0/8/8',
    '2001:db8::/129',
    '10.0.0.0/x',
  ])
    t.throws(() => within([wrong]), /no address or network/, wrong);
});

t.test('limits: with the settings of the manifests the customers of a shop are not one', async (t) => {
  const manifest = parse(readFileSync('deploy/kubernetes/configmap.yaml', 'utf8')).data;
  const { TRUST_PROXY, SHOP_ADDRESSES } = manifest;
  const { app } = await build(t, { env: { TRUST_PROXY, SHOP_ADDRESSES, RATE_LIMIT_PER_IP: '5' } });
  const calls = (forwarded: (n: number) => string) =>
    Promise.all(
      Array.from({ length: 40 }, async (_, n) => {
        const response = await app.inject({
          method: 'POST',
          url: PRODUCTS,
          remoteAddress: '10.0.0.1',
          headers: { authorization: `Bearer ${KEY}`, 'x-forwarded-for': forwarded(n) },
          payload: { sessionId: `customer-${n}` },
        });
        return response.statusCode;
      }),
    );
  t.same(
    await calls(() => '198.51.100.10'),
    Array(40).fill(200),
    'a shop that does not say for whom it calls',
  );
  t.same(await calls((n) => `192.0.2.${n}, 198.51.100.10`), Array(40).fill(200), 'one that does');
  t.same(await calls(() => '10.0.0.77'), Array(40).fill(200), 'one inside of the cluster');
});

t.test('limits: what is counted is bounded', async (t) => {
  const counter = createMemoryCounter(() => AT, 2);
  const count = async (of: string) =>
    (await counter.count([{ limit: 'any', of, windowMs: 1000, amount: 1 }]))[0]?.count;
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
  'limits: across processes by Redis, and in each process while it is away',
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

t.test(
  'limits in Redis: wrong codes, different orders, and what is given back',
  { skip: without ?? false },
  async (t) => {
    const { port } = await startRedis(t);
    const db = await database(t);
    const env = {
      RATE_LIMIT_REDIS_URL: `redis://127.0.0.1:${port}`,
      RATE_LIMIT_WRONG_CODES: '3',
      RATE_LIMIT_ORDERS: '2',
      RATE_LIMIT_ORDER_MISSES: '2',
    };
    const apps = [(await build(t, { db, env })).app, (await build(t, { db, env })).app];
    for (const orderNumber of ['GG-1', 'GG-2', 'GG-3'])
      await db
        .collection('orders')
        .insertOne({ orderNumber, customerEmail: 'ada@example.com', shipping: SHIPPING });
    let n = 0;
    const status = async (body: object) =>
      (await call(apps[n++ % 2] as FastifyInstance, STATUS, body)).statusCode;
    const walk = (orderNumber: string) => status({ orderNumber, sessionId: 'walker' });
    t.same(
      [await walk('GG-1'), await walk('GG-2'), await walk('GG-3'), await walk('GG-1'), await walk('GG-2')],
      [200, 200, 429, 200, 200],
      'in either process',
    );
    const seen = [];
    for (const postalCode of postalCodes(5))
      seen.push(await status({ email: 'ada@example.com', postalCode }));
    t.same(seen, [404, 404, 404, 429, 429]);
    for (let again = 0; again < 10; again++) t.equal(await walk('GG-1'), 200, 'what is found is given back');
  },
);

t.test('limits: a Redis that is not there does not keep the service from starting', async (t) => {
  const env = { RATE_LIMIT_PER_SESSION: '1', RATE_LIMIT_REDIS_URL: 'redis://127.0.0.1:1' };
  const { app } = await build(t, { env });
  t.same(await statuses(app, PRODUCTS, { sessionId: 's' }, 2), [200, 429]);
});
