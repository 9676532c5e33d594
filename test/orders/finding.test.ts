import type { FastifyInstance } from 'fastify';
import { type Db, Decimal128, type Document, Int32, Long } from 'mongodb';
import t from 'tap';
import { createOrderLookups } from '../../src/domain/orders/lookup-index.js';
import { commonSpellings, meantForms, spellings, storedAs } from '../../src/domain/orders/spellings.js';
import { createHashes } from '../../src/lib/ids.js';
import { readDate } from '../../src/lib/values/date.js';
import { SCOPES } from '../../src/platform/keys/keys.js';
import { createRandom } from '../catalog/odd-products.js';
import { build, call, database } from '../helper.js';
import { SEED } from '../properties.js';
import { askOf, farDates, oddOrder } from './odd-orders.js';

const PATH = '/api/concierge/orders/status';
const POSTAL_CODE = '10011';

let app: FastifyInstance;
let db: Db;

t.before(async () => {
  db = await database(t);
  ({ app } = await build(t, { db, env: { ORDER_NUMBER_PREFIX: 'GG-' } }));
});

const store = (order: Document) =>
  db.collection('orders').insertOne({ shipping: { postalCode: POSTAL_CODE }, ...order });

const ask = async (body: object) => {
  const response = await call(app, PATH, body);
  return response.statusCode === 200 ? response.json().reference : response.statusCode;
};

/** Of an order that has just come: who asks while a busy machine still looks for new ones waits a second at most, and asks again. */
async function found(body: object) {
  let answer = await ask(body);
  for (let nth = 0; nth < 20 && answer === 404; nth++) answer = await ask(body);
  return answer;
}

t.test('orders: a number is found however the shop stores it and a customer types it', async (t) => {
  const ROWS: [stored: unknown, typed: string[], reference: string][] = [
    [
      'gg-9001',
      ['gg-9001', 'GG-9001', 'Gg9001', 'gg 9001', '#GG-9001', 'GG\u200b-9001', 'GG‑9001', '9001'],
      'gg-9001',
    ],
    ['#5001', ['#5001', '5001', ' 5001 ', '№ 5001', '＃５００１', 'order 5001'], '#5001'],
    [1003, ['1003', '#1003', '١٠٠٣', '１００３'], '1003'],
    [new Int32(1004), ['1004', 'No. 1004'], '1004'],
    [Long.fromString('9007199254740993'), ['9007199254740993', '#9007199254740993'], '9007199254740993'],
    [1005.0, ['1005'], '1005'],
    ['1006', ['1006', '#1006'], '1006'],
    ['GG9007', ['gg-9007', 'GG 9007', '9007'], 'GG9007'],
    ['Gg-9008', ['gg-9008', 'GG9008', 'Gg-9008', '9008'], 'Gg-9008'],
    ['GG 9009', ['GG-9009', 'gg9009'], 'GG 9009'],
    ['GG–9010', ['GG-9010', 'GG–9010'], 'GG–9010'],
    ['ＧＧ－９０１１', ['GG-9011'], 'ＧＧ－９０１１'],
    [' GG-9012 ', ['GG-9012', ' GG-9012 '], 'GG-9012'],
    ['GG_9013', ['GG-9013', 'GG_9013'], 'GG_9013'],
    ['AB-77', ['ab77', 'AB-77'], 'AB-77'],
    ['1001-1', ['1001-1', '#1001-1', '1001 - 1', '1001/1'], '1001-1'],
  ];
  for (const [orderNumber] of ROWS) await store({ orderNumber, customerEmail: 'ana@example.com' });
  for (const [stored, typed, reference] of ROWS)
    for (const orderNumber of typed)
      t.equal(await found({ orderNumber }), reference, `${String(stored)} is found by ${orderNumber}`);
  for (const orderNumber of ['10011', '1001', 'GG-900', 'GG-90011', '77', 'GG-77', 'B-77'])
    t.equal(await ask({ orderNumber }), 404, `nothing is found by ${orderNumber}`);
});

t.test('orders: of two orders that a number may mean, it is the one that is written so', async (t) => {
  await store({ orderNumber: '7001' });
  await store({ orderNumber: 'GG-7001' });
  t.equal(await ask({ orderNumber: '7001' }), '7001');
  t.equal(await ask({ orderNumber: 'gg-7001' }), 'GG-7001');
});

t.test('orders: an address is found however the shop stores it and a customer types it', async (t) => {
  const ROWS: [stored: string, typed: string[]][] = [
    [
      'Mixed@Example.com',
      ['mixed@example.com', 'MIXED@EXAMPLE.COM', ' Mixed@Example.com ', 'mixed@example.com\u200b'],
    ],
    ['lower@example.com', ['Lower@Example.com', 'lower@example.com ']],
    [' spaced@example.com ', ['spaced@example.com']],
    ['SHOUTED@EXAMPLE.COM', ['shouted@example.com']],
    ['user@Bücher.example', ['user@bücher.example', 'user@xn--bcher-kva.example', 'USER@BÜCHER.EXAMPLE']],
    ['Usér@example.com', ['usér@example.com', 'USE\u0301R@example.com']],
    ['invisible\u00ad@example.com', ['invisible@example.com']],
    ['O’Neil@example.com', ["o'neil@example.com", 'O’Neil@example.com']],
  ];
  for (const [nth, [customerEmail]] of ROWS.entries())
    await store({ orderNumber: `GG-${3000 + nth}`, customerEmail });
  for (const [nth, [stored, typed]] of ROWS.entries())
    for (const email of typed)
      t.equal(
        await found({ email, postalCode: POSTAL_CODE }),
        `GG-${3000 + nth}`,
        `${stored} is found by ${email}`,
      );
  t.equal(
    await ask({ email: 'mixed@example.com', postalCode: '10012' }),
    404,
    'not with another postal code',
  );
  t.equal(await ask({ email: 'ixed@example.com', postalCode: POSTAL_CODE }), 404, 'nor by a part of it');
});

t.test('orders: what is no address is refused, wherever one is taken', async (t) => {
  const BODIES: [path: string, body: (email: string) => object][] = [
    [PATH, (email) => ({ email, postalCode: POSTAL_CODE })],
    [PATH, (email) => ({ lookup: { email, postalCode: POSTAL_CODE } })],
    ['/api/concierge/order-updates', (contact) => ({ sessionId: 's', orderNumber: '1003', contact })],
    ['/api/concierge/order-updates', (email) => ({ sessionId: 's', orderNumber: '1003', email })],
    [
      '/api/concierge/order-updates',
      (email) => ({ sessionId: 's', orderNumber: '1003', contact: { email } }),
    ],
    ['/api/concierge/stylist', (email) => ({ sessionId: 's', email })],
    ['/api/concierge/stylist', (email) => ({ sessionId: 's', contact: { email } })],
    [
      '/api/concierge/capsule',
      (customerEmail) => ({ sessionId: 's', shortlist: [{ id: 'x' }], customerEmail }),
    ],
    [
      '/api/concierge/orders/returns',
      (email) => ({ option: 'care', orderNumber: '1003', contact: { email } }),
    ],
  ];
  const NONE = [
    'user@example..com',
    'mailto:user@example.com',
    '<a@b.example>',
    'a@[127.0.0.1]',
    'a@localhost',
    'a b@c.example',
    '@',
  ];
  for (const [path, body] of BODIES)
    for (const email of NONE)
      t.equal((await call(app, path, body(email))).statusCode, 400, `${path} does not take ${email}`);
});

t.test('orders: a postal code is the same however it is stored and typed', async (t) => {
  const ROWS: [stored: unknown, typed: string[]][] = [
    ['〒100-0001', ['100-0001', '１００－０００１', '100–0001', '〒1000001']],
    ['D-10115', ['10115', 'D-10115', 'd 10115', '1011\u200b5']],
    [new Int32(2139), ['02139', '2139', '02139-4307', '02139‑4307']],
    [Decimal128.fromString('75001'), ['75001', 'F-75001']],
    ['sw1a 1aa', ['SW1A1AA', 'SW1A\u00a01AA']],
    ['11511', ['١١٥١١']],
  ];
  for (const [nth, [postalCode]] of ROWS.entries())
    await store({
      orderNumber: `GG-${4000 + nth}`,
      customerEmail: `p${nth}@example.com`,
      shipping: { postalCode },
    });
  for (const [nth, [stored, typed]] of ROWS.entries())
    for (const postalCode of typed)
      t.equal(
        await ask({ email: `p${nth}@example.com`, postalCode }),
        `GG-${4000 + nth}`,
        `${String(stored)} by ${postalCode}`,
      );
});

t.test('orders: a change reaches an order whose number is stored as a number', async (t) => {
  const rated = await call(app, '/api/analytics/csat', {
    sessionId: 'n',
    rating: 'great',
    orderNumber: 1003,
  });
  t.equal(rated.statusCode, 200);
  t.hasStrict(await db.collection('orders').findOne({ orderNumber: 1003 }), { csatRating: 5 });
});

t.test('orders: the look-up table holds only what is spelled in an odd way, and no address', async (t) => {
  const rows = await db.collection('orderLookups').find().toArray();
  const ids = rows.map(({ _id }) => _id);
  const orders = await db
    .collection('orders')
    .find({ _id: { $in: ids } })
    .toArray();
  t.ok(orders.length > 0);
  for (const { orderNumber, customerEmail } of orders)
    t.ok(
      /^(gg|gG|Gg| |GG |GG–|ＧＧ|GG_)/.test(orderNumber) || /[A-Zü’\s\u00ad]/.test(customerEmail),
      `${orderNumber} ${customerEmail}`,
    );
  t.notMatch(JSON.stringify(rows), /@/);
});

t.test('orders: a sweep reads orders of every kind of id, page by page', async (t) => {
  const own = await database(t);
  const orders = own.collection<Document>('orders');
  const lookups = own.collection('orderLookups');
  const ids: unknown[] = ['ord_1', 7, { shop: 1 }, new Date(0), undefined];
  for (const [nth, _id] of ids.entries())
    await orders.insertOne({ ...(_id !== undefined && { _id }), orderNumber: `Gg-${nth}` } as Document);
  await orders.insertMany(
    Array.from({ length: 2500 }, (_, nth) => ({ orderNumber: `Xx-${nth}`, customerEmail: 'a@example.com' })),
  );
  const table = createOrderLookups({
    people: undefined as never,
    country: 'US',
    date: readDate,
    orders,
    lookups: lookups as never,
    hashOf: createHashes('salt').destination,
  });
  await table.sweep(new Date());
  t.equal(await lookups.countDocuments(), 2505);
  t.same(await table.findNumbers(['GG0'], 10), ['ord_1']);
  t.same(await table.findEmail('a@example.com', 10), [], 'what the index finds is not in it');
});

t.test('spellings: bounded, and of one normal form', async (t) => {
  t.same(storedAs('1003'), ['1003', 1003]);
  t.same(storedAs('01003'), ['01003'], 'a number has no nought in front');
  t.same(meantForms('12004', 'GG-'), ['12004', 'GG12004']);
  t.same(meantForms('gg 12004', 'GG-'), ['GG12004', '12004']);
  t.same(meantForms('AB-1', 'GG-'), ['AB1']);
  t.same(meantForms('?', 'GG-'), []);
  for (const typed of ['GG-12004', '12004', '#1', 'x'.repeat(64), '1-'.repeat(32)])
    t.ok(spellings(typed, 'GG-').length <= 20, typed.slice(0, 8));
  t.ok(commonSpellings('GG9001').includes('gg-9001'));
});

t.test(
  'orders: orders of any shape are told, returned and resized over HTTP without a failure or a far date',
  async (t) => {
    const random = createRandom(SEED);
    const db = await database(t);
    const numbers = Array.from({ length: 300 }, (_, at) => `GG-${100_000 + at}`);
    await db.collection('orders').insertMany(numbers.map((_, at) => oddOrder(random, at)));
    const { app } = await build(t, { db, now: () => new Date('2026-11-30T12:00:00Z') });
    const statuses = new Map<number, number>();
    const post = async (path: string, body: object) => {
      const { statusCode: status, body: text } = await call(app, path, body);
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
      return { status, text };
    };
    for (const number of numbers) t.same(await askOf(number, post), [], number);
    t.ok(
      Number(statuses.get(200)) > 300 && Number(statuses.get(201)) > 100,
      'most are found, and many returned',
    );
    const viewer = { key: 'staff', name: 'Ada', scopes: SCOPES };
    for (const number of numbers) {
      const { orders } = await app.dashboard.orders.list(viewer, { search: number });
      t.same(farDates(orders), [], number);
      if (orders.length > 0) t.same(farDates(await app.dashboard.orders.detail(viewer, number)), [], number);
    }
  },
);
