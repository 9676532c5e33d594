import { randomUUID } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { type Db, Decimal128, type Document, Int32, Long, ObjectId } from 'mongodb';
import t from 'tap';
import { seedCatalogue, seedOrders } from '../scripts/seed.js';
import { ordersAt } from '../scripts/seed-data/orders.js';
import { build, call, database } from './helper.js';

const PATH = '/api/concierge/orders/status';
const NOW = new Date('2026-08-20T15:00:00Z');
const now = () => NOW;
const day = (date: string) => new Date(`2026-08-${date}T14:00:00Z`);

let app: FastifyInstance;
let db: Db;
let numbers = 20_000;

t.before(async () => {
  db = await database(t);
  await Promise.all([seedCatalogue(db), seedOrders(db, NOW)]);
  ({ app } = await build(t, { db, now }));
});

/** Stores an order with a number of its own. */
async function store(order: Document): Promise<string> {
  const orderNumber = `GG-${++numbers}`;
  await db.collection('orders').insertOne({ orderNumber, ...order });
  return orderNumber;
}

interface Status {
  reference: string;
  entries: { label: string; status: string; date?: string; timestamp?: string }[];
  currentStatus: string;
  carrier?: string;
  tracking?: string;
  trackingUrl?: string;
  eta?: string;
  exception?: string;
  subscription?: { channel: string; maskedDestination: string };
}

async function ask(body: object): Promise<Status> {
  const response = await call(app, PATH, body);
  if (response.statusCode !== 200) throw new Error(`${JSON.stringify(body)}: ${response.body}`);
  return response.json();
}

const FAY = { email: 'fay.example@example.com', postalCode: '10011' };

t.test('order status: an order is found by its number, however it is typed', async (t) => {
  const FORMS: object[] = [
    { orderNumber: 'GG-12006' },
    { orderId: 'GG-12006' },
    { orderNumber: 'gg-12006' },
    { orderNumber: '  GG-12006 ' },
    { orderNumber: 'gg 12 006' },
    { orderNumber: 'GG12006' },
    { orderNumber: '#GG-12006' },
    { orderNumber: 'My order is GG-12006?' },
    { orderId: 'Bestell-Nr. GG-12006' },
    { orderNumber: 'GG\u201112006' },
    { orderNumber: 'GG – 12006' },
    { orderNumber: '', orderId: 'GG-12006' },
    { lookup: { orderNumber: 'GG-12006' } },
    { lookup: { orderId: 'gg-12006' } },
    { orderNumber: 'GG-12001', lookup: { orderNumber: 'GG-12006' } },
    { orderNumber: 'GG-12001', lookup: { orderId: 'GG-12006' } },
    { orderNumber: 'GG-12006', lookup: { orderNumber: '', email: '' } },
    { orderNumber: 'GG-12006', email: '', postalCode: '', zip: '', sessionId: '' },
    { orderNumber: 'GG-12006', requestId: 'x', originIntent: 'track_order', source: 'widget' },
  ];
  for (const form of FORMS) t.equal((await ask(form)).reference, 'GG-12006', JSON.stringify(form));
});

t.test('order status: an order is found by email and postal code, however they are typed', async (t) => {
  const FORMS: object[] = [
    FAY,
    { email: 'fay.example@example.com', zip: '10011' },
    { email: ' Fay.Example@EXAMPLE.com ', postalCode: ' 10011 ' },
    { email: FAY.email, postalCode: '10011-1234' },
    { email: FAY.email, zip: '10011 1234' },
    { lookup: FAY },
    { lookup: { email: FAY.email, zip: '10011' }, postalCode: '' },
    { email: FAY.email, lookup: { zip: '10011' } },
    { orderNumber: '', ...FAY },
    { orderNumber: 'GG-12006', ...FAY },
  ];
  for (const form of FORMS) t.equal((await ask(form)).reference, 'GG-12006', JSON.stringify(form));
  const london = { email: 'sal.example@example.com' };
  for (const postalCode of ['EC1A 1BB', 'ec1a1bb', 'EC1A-1BB', ' e c1a 1bb '])
    t.equal((await ask({ ...london, postalCode })).reference, 'GG-12019', postalCode);
  const boston = await store({
    customerEmail: 'Leading.Zero@example.com',
    shipping: { zip: new Int32(2108) },
  });
  t.equal(
    (await ask({ email: 'Leading.Zero@example.com', zip: '02108' })).reference,
    boston,
    'a code that was stored as a number',
  );
  t.equal((await ask({ email: 'Leading.Zero@example.com', zip: 2108 })).reference, boston, 'or sent as one');
  t.equal((await ask({ ...FAY, postalCode: 10011 })).reference, 'GG-12006', 'any code');
  t.equal(
    (await ask({ ...FAY, postalCode: 'New York, NY 10011' })).reference,
    'GG-12006',
    'a line of an address',
  );
});

t.test(
  'order status: of several orders of one customer it is the newest, dates as text included',
  async (t) => {
    t.equal((await ask({ email: 'rhea.sample@example.com', zip: '98101' })).reference, 'GG-12018');
    const shipping = { postalCode: '98101' };
    const customerEmail = 'many@example.com';
    await store({ customerEmail, shipping, createdAt: day('10') });
    await store({ customerEmail, shipping });
    const newest = await store({ customerEmail, shipping, createdAt: '2026-08-12' });
    await store({ customerEmail, shipping, createdAt: '2026-08-11T23:00:00Z' });
    await store({ customerEmail, shipping, createdAt: 'yesterday' });
    await store({ customerEmail, shipping: { postalCode: '10001' }, createdAt: day('19') });
    t.equal(
      (await ask({ email: customerEmail, zip: '98101' })).reference,
      newest,
      'of those to that postal code',
    );
  },
);

t.test('order status: what is missing is said', async (t) => {
  const MISSING: [body: unknown, path: string, detail: RegExp][] = [
    [{}, '/orderNumber', /order number.*email and postal code/i],
    [{ orderNumber: ' ', sessionId: 's' }, '/orderNumber', /order number/],
    [{ lookup: {} }, '/orderNumber', /order number/],
    [{ postalCode: '10011' }, '/orderNumber', /email/],
    [{ email: FAY.email }, '/postalCode', /postal code/],
    [{ email: FAY.email, zip: '' }, '/postalCode', /postal code/],
    [{ orderNumber: 12006.5 }, '/orderNumber', /orderNumber/],
    [{ orderNumber: -12006 }, '/orderNumber', /orderNumber/],
    [{ orderNumber: true }, '/orderNumber', /orderNumber/],
    [{ orderNumber: { $gt: '' } }, '/orderNumber', /orderNumber/],
    [{ orderNumber: 'G'.repeat(65) }, '/orderNumber', /orderNumber/],
    [{ email: { $ne: null }, zip: '10011' }, '/email', /email/],
    [{ email: 'nobody', zip: '10011' }, '/email', /email/],
    [{ lookup: 'GG-12006' }, '/lookup', /lookup/],
  ];
  for (const [body, path, detail] of MISSING) {
    const response = await call(app, PATH, body);
    t.equal(response.statusCode, 400, `${JSON.stringify(body)}: ${response.body}`);
    t.match(
      response.json(),
      { code: 'request.invalid', detail, requestId: String, errors: [{ path }] },
      JSON.stringify(body),
    );
  }
});

t.test('order status: an unknown order and a wrong email or postal code are the same answer', async (t) => {
  const MISSES: object[] = [
    { orderNumber: 'GG-99999' },
    { orderNumber: 'GG-12006.*' },
    { orderNumber: 'GG-1200' },
    { email: 'nobody@example.com', zip: '10011' },
    { ...FAY, postalCode: '10012' },
    { ...FAY, postalCode: '1' },
    { orderNumber: 'GG-12006', ...FAY, postalCode: '10012' },
    { orderNumber: 'GG-12006', email: 'nobody@example.com', postalCode: '10011' },
    { orderNumber: 'GG-12007', ...FAY },
  ];
  for (const body of MISSES) {
    const response = await call(app, PATH, body, { 'x-request-id': 'order-6f9619ff' });
    t.equal(response.statusCode, 404, JSON.stringify(body));
    t.same(response.json(), {
      type: 'urn:concierge:problem:order.not_found',
      title: 'No such order',
      status: 404,
      detail: 'We could not find that order. Please check the number, or the email and postal code.',
      message: 'We could not find that order. Please check the number, or the email and postal code.',
      code: 'order.not_found',
      requestId: 'order-6f9619ff',
    });
  }
  const bare = { customerEmail: 'bare@example.com' };
  const number = await store(bare);
  t.equal(
    (await call(app, PATH, { orderNumber: number, email: bare.customerEmail, zip: '-' })).statusCode,
    404,
    'nothing equals a postal code that is not there',
  );
});

t.test(
  'order status: by the number alone nothing personal is told, and the tracking number is masked',
  async (t) => {
    const SECRETS = {
      email: 'zq-mail@example.com',
      name: 'Zqname Zqlast',
      street: '7 Zqstreet',
      phone: '+1 202 555 0177',
      zip: '94999',
      track: '1ZQ999AA10123456784',
    };
    const shipping = {
      name: SECRETS.name,
      address: SECRETS.street,
      phone: SECRETS.phone,
      postalCode: SECRETS.zip,
      city: 'Zqtown',
      carrier: 'UPS',
      trackingNumber: SECRETS.track,
      shippedAt: day('18'),
    };
    const orderNumber = await store({
      customerEmail: SECRETS.email,
      customerName: SECRETS.name,
      customer: { name: SECRETS.name, phone: SECRETS.phone },
      status: 'shipped',
      items: [{ sku: 'RNG-101', title: 'Ring', engraving: SECRETS.name }],
      shipping,
      notes: SECRETS.name,
      createdAt: day('10'),
      statusHistory: [
        {
          status: 'shipped',
          label: `Shipped with UPS ${SECRETS.track}, ${SECRETS.email} told`,
          date: day('18'),
          by: SECRETS.name,
          note: SECRETS.street,
        },
      ],
    });
    const FORMS = [
      { orderNumber },
      { orderNumber, email: SECRETS.email },
      { orderNumber, zip: SECRETS.zip },
      { orderNumber, sessionId: 's-private' },
    ];
    for (const form of FORMS) {
      const response = await call(app, PATH, form);
      t.equal(response.statusCode, 200);
      for (const [what, secret] of Object.entries(SECRETS))
        t.notOk(response.body.includes(secret), `${what}: ${Object.keys(form)}`);
      t.notMatch(response.body, /zq(name|street|town|last|-mail)/i);
      t.match(response.json(), { tracking: '**6784', carrier: 'UPS' });
      t.notOk('trackingUrl' in response.json(), 'and no address that holds it');
    }
    const verified = await ask({ orderNumber, email: SECRETS.email, zip: SECRETS.zip });
    t.match(verified, {
      tracking: SECRETS.track,
      trackingUrl: `https://www.ups.com/track?tracknum=${SECRETS.track}`,
    });
    t.notMatch(
      JSON.stringify(verified),
      /zq(name|street|town|last)/i,
      'who is verified is not told the address either',
    );

    const short = await store({ shipping: { trackingNumber: 'AB12' }, status: 'shipped' });
    t.equal(
      (await ask({ orderNumber: short })).tracking,
      '**',
      'four characters are not the end of a short number but all of it',
    );
  },
);

t.test(
  'order status: the address of the customer is told to who has proved the order, else only where the shop says so',
  async (t) => {
    const orderNumber = 'GG-12006';
    const of = async (service: FastifyInstance, body: object) =>
      (await call(service, PATH, body)).json().customerEmail;
    t.equal(await of(app, { orderNumber }), undefined);
    const [owner, other] = [randomUUID(), randomUUID()];
    t.equal(await of(app, { orderNumber, sessionId: owner }), undefined);
    t.equal(await of(app, { ...FAY, sessionId: owner }), FAY.email, 'email and postal code');
    t.equal(await of(app, { orderNumber, sessionId: owner }), FAY.email, 'which its session has proved');
    t.equal(await of(app, { orderNumber, sessionId: other }), undefined, 'another has not');
    t.equal(await of(app, { orderNumber: 'GG-12004', sessionId: owner }), undefined, 'nor another order');
    const telling = await build(t, { db, now, env: { ORDER_STATUS_TELLS_OWNER: 'true' } });
    t.equal(await of(telling.app, { orderNumber }), FAY.email);
  },
);

t.test('order status: where it is, when it comes, and what has gone wrong', async (t) => {
  const shipped = await ask({ orderNumber: 'GG-12004', email: 'dina.sample@example.com', zip: '78701' });
  t.match(shipped, {
    currentStatus: 'shipped',
    carrier: 'UPS',
    tracking: '1Z999AA10123456784',
    eta: 'Aug 22',
  });
  t.same(
    shipped.entries.map(({ label, status, date }) => `${label}: ${status} ${date}`),
    [
      'Order placed: complete Aug 15',
      'In the workshop: complete Aug 15',
      'Quality check: complete Aug 17',
      'Shipped: current Aug 19',
      'Delivered: upcoming Aug 22',
    ],
  );
  t.match(shipped.entries[3]?.timestamp, /^2026-08-19T\d\d:\d\d:\d\d\.000Z$/);
  t.notMatch(await ask({ orderNumber: 'GG-12006' }), { eta: String }, 'delivered: nothing to expect');

  const EXCEPTIONS: [string, RegExp, string][] = [
    ['GG-12009', /cancelled/, 'cancelled'],
    ['GG-12010', /refunded/, 'refunded'],
    ['GG-12011', /return/i, 'return_pending'],
  ];
  for (const [orderNumber, exception, currentStatus] of EXCEPTIONS) {
    const status = await ask({ orderNumber });
    t.match(status, { exception, currentStatus }, orderNumber);
    t.notOk(
      status.entries.some((entry) => entry.status === 'upcoming'),
      `${orderNumber}: it ends there`,
    );
    t.notOk('eta' in status, `${orderNumber}: nothing to expect`);
  }

  const ETAS: [name: string, order: Document, eta: string | undefined][] = [
    ["the shop's estimate", { status: 'processing', shipping: { estimatedDelivery: day('25') } }, 'Aug 25'],
    ['as a day', { status: 'processing', shipping: { estimatedDelivery: '2026-08-25' } }, 'Aug 25'],
    [
      'next year',
      { status: 'processing', shipping: { estimatedDelivery: '2027-01-05T15:00:00Z' } },
      'Jan 5, 2027',
    ],
    ['in words', { status: 'processing', shipping: { estimatedDelivery: 'week 3' } }, undefined],
    [
      'from the lead time of the slowest piece',
      { status: 'processing', createdAt: day('18'), items: [{ sku: 'RNG-101' }, { sku: 'EAR-303' }] },
      'Sep 13',
    ],
    [
      'of pieces that the catalogue does not know',
      { status: 'processing', createdAt: day('18'), items: [{ sku: 'X' }, 'constructor'] },
      undefined,
    ],
    [
      'delivered, told by the history alone',
      {
        status: 'shipped',
        shipping: { estimatedDelivery: day('25') },
        statusHistory: [{ status: 'delivered', date: day('19') }],
      },
      undefined,
    ],
    [
      'placed at the end of time',
      { status: 'processing', createdAt: new Date(8.64e15), items: [{ sku: 'RNG-101' }] },
      undefined,
    ],
  ];
  for (const [name, order, eta] of ETAS)
    t.equal((await ask({ orderNumber: await store(order) })).eta, eta, `eta: ${name}`);
});

t.test('order status: a subscription is shown to the session that made it', async (t) => {
  const orderNumber = 'GG-12005';
  const made = await call(app, '/api/concierge/order-updates', {
    orderNumber,
    sessionId: 's-subscriber',
    contact: 'subscriber@example.com',
  });
  t.equal(made.statusCode, 201);
  const mine = await ask({ orderNumber, sessionId: 's-subscriber' });
  t.same(mine.subscription, { channel: 'email', maskedDestination: 's•••@example.com' });
  for (const sessionId of ['s-other', '', undefined])
    t.notOk('subscription' in (await ask({ orderNumber, sessionId })), `not to ${sessionId}`);
  t.notOk(
    'subscription' in (await ask({ orderNumber: 'GG-12004', sessionId: 's-subscriber' })),
    'nor for another order',
  );
});

t.test('order status: a subscription is shown whatever its session knows of itself', async (t) => {
  const sessions = db.collection('widgetSessions');
  const sessionId = randomUUID();
  await sessions.insertOne({ sessionId, createdAt: now(), followedOrders: [] });
  const orders = ['GG-12004', 'GG-12005'];
  for (const orderNumber of orders) {
    const contact = 'follower@example.com';
    const made = await call(app, '/api/concierge/order-updates', { orderNumber, sessionId, contact });
    t.match(made.json(), { ok: true });
  }
  const other = (await build(t, { db, now })).app;
  const isShown = async (orderNumber: string) =>
    'subscription' in (await call(other, PATH, { orderNumber, sessionId })).json();
  for (const orderNumber of orders) t.ok(await isShown(orderNumber), `${orderNumber}, by another process`);
  const KNOWN: [session: string, update: object][] = [
    ['of an earlier version', { $unset: { followedOrders: '' } }],
    [
      'that has followed so many that the first are forgotten',
      { $set: { followedOrders: Array(20).fill('GG-1') } },
    ],
  ];
  for (const [name, update] of KNOWN) {
    await sessions.updateOne({ sessionId }, update);
    t.ok(await isShown('GG-12005'), `a session ${name}`);
  }
  // what the calls before have noted of the session is written behind them, and would make it anew
  for (const { sessions: noted } of [app, other]) await noted.flush();
  await sessions.deleteOne({ sessionId });
  t.ok(await isShown('GG-12005'), 'a session that has been forgotten');
  const old = 'GG-12004';
  await db
    .collection('orders')
    .updateOne({ orderNumber: old }, { $set: { createdAt: new Date('2026-01-01') } });
  for (const { sessions: noted } of [app, other]) await noted.flush();
  t.match(await sessions.findOne({ sessionId }), { followedOrders: [] }, 'which comes back');
  t.ok(await isShown(old), 'of an order from before it was forgotten');
  t.notOk(await isShown('GG-12006'), 'and still not of an order that it does not follow');
});

t.test('order status: the session remembers the order for what follows', async (t) => {
  const sessionId = 's-remembers';
  const updates = async () =>
    (await call(app, '/api/concierge/order-updates', { sessionId, contact: 'a@example.com' })).json();
  t.match(await updates(), { status: 400, errors: [{ path: '/orderNumber' }] }, 'nothing to remember yet');
  await ask({ orderId: 'gg 12004', sessionId });
  t.match(await updates(), { ok: true, message: /GG-12004/ });
  await call(app, PATH, { orderId: 'GG-99999', sessionId });
  t.match(await updates(), { ok: true, message: /GG-12004/ }, 'a miss does not change it');
});

t.test('order status: guessing is slowed, by session', async (t) => {
  const limited = (await build(t, { db, now, env: { RATE_LIMIT_ORDER_MISSES: '3' } })).app;
  const guess = (sessionId: string, body: object = { orderNumber: 'GG-1' }) =>
    call(limited, PATH, { ...body, sessionId });
  const statuses: number[] = [];
  for (let i = 0; i < 5; i++) statuses.push((await guess('s-guesser')).statusCode);
  t.same(statuses, [404, 404, 404, 429, 429]);
  for (const body of [{ orderNumber: 'GG-12006' }, FAY, { orderNumber: 'GG-12006', ...FAY }]) {
    const refused = await guess('s-guesser', body);
    t.equal(refused.statusCode, 429, 'a right guess is refused too');
    t.match(refused.json(), { code: 'rate_limit.exceeded', requestId: String });
    t.ok(Number(refused.headers['retry-after']) > 0);
    t.notMatch(refused.body, 'GG-12006');
  }
  const back = await call(limited, '/api/concierge/orders/returns', {
    option: 'care',
    orderNumber: 'GG-12006',
    sessionId: 's-guesser',
  });
  t.equal(back.statusCode, 429, 'by another call of the same session neither');
  t.equal((await guess('s-honest', { orderNumber: 'GG-12006' })).statusCode, 200, 'another customer is not');
  for (let i = 0; i < 10; i++) await guess('s-customer', { orderNumber: 'GG-12006' });
  t.equal(
    (await guess('s-customer', { orderNumber: 'GG-12006' })).statusCode,
    200,
    'looking at an order often is no guessing',
  );
});

t.test('order status: whatever an order looks like, it is told', async (t) => {
  for (const { orderNumber } of ordersAt(NOW)) {
    const status = await ask({ orderNumber });
    t.equal(status.reference, orderNumber);
    t.equal(malformed(status), undefined, `${orderNumber} is well formed`);
  }
  t.same(
    (await ask({ orderNumber: 'GG-12015' })).entries.map(({ label }) => label),
    ['Order placed', 'In the workshop', 'Design in progress', 'Awaiting gemstone', 'Shipped', 'Delivered'],
    'a history out of order, dated in three ways',
  );

  const id = new ObjectId();
  const NONSENSE: unknown[] = [
    null,
    0,
    -1,
    Number.NaN,
    '',
    'x',
    true,
    [],
    {},
    [null],
    [[]],
    [{}],
    ['x'],
    [{ status: {} }],
    id,
    Decimal128.fromString('1'),
    Long.MAX_VALUE,
    new Date(8.64e15),
    new Date(-8.64e15),
    'constructor',
    '__proto__',
    1e300,
  ];
  const FIELDS = [
    'customerEmail',
    'status',
    'items',
    'payment',
    'payment.status',
    'shipping',
    'shipping.carrier',
    'shipping.trackingNumber',
    'shipping.postalCode',
    'shipping.shippedAt',
    'shipping.deliveredAt',
    'shipping.estimatedDelivery',
    'statusHistory',
    'createdAt',
  ];
  const whole = {
    status: 'shipped',
    customerEmail: 'odd@example.com',
    items: [{ sku: 'RNG-101' }],
    payment: { status: 'paid' },
    createdAt: day('01'),
    statusHistory: [{ status: 'shipped', date: day('10') }],
  };
  const documents: Document[] = FIELDS.flatMap((path) =>
    NONSENSE.map((value) => {
      const [field = '', inner] = path.split('.');
      const shipping = {
        carrier: 'UPS',
        trackingNumber: '1Z999AA10123456784',
        postalCode: '10001',
        shippedAt: day('10'),
      };
      const before: Record<string, unknown> = { ...whole, shipping };
      return { ...before, [field]: inner ? { ...(before[field] as object), [inner]: value } : value };
    }),
  );
  documents.push(
    {},
    {
      items: [{ quantity: 'many', tags: 'none', sku: 5 }],
      statusHistory: [
        { status: 'constructor', date: 'x' },
        { status: '__proto__', label: 5, date: {} },
        { status: 'shipped', date: '2026-08-10' },
      ],
    },
    {
      status: 'delivered',
      statusHistory: Array.from({ length: 500 }, (_, at) => ({ status: `step ${at}`, date: day('01') })),
    },
  );
  const sample = documents.map((document) => ({ ...document, orderNumber: `GG-${++numbers}` }));
  await db.collection<Document>('orders').insertMany(sample);
  const failed: string[] = [];
  for (const { orderNumber, ...document } of sample) {
    const response = await call(app, PATH, { orderNumber });
    if (
      response.statusCode !== 200 ||
      malformed(response.json()) ||
      /native code|\[object/.test(response.body)
    )
      failed.push(`${response.statusCode} ${JSON.stringify(document)} ${response.body}`);
  }
  t.same(failed, [], `${sample.length} odd orders`);
});

function malformed({ entries, currentStatus }: Status): string | undefined {
  const states = entries.map(({ status }) => status).join(' ');
  if (!/^(complete ?)*(current ?)?(upcoming ?)*$/.test(states)) return states;
  if (entries.some(({ label }) => typeof label !== 'string' || label === '')) return 'a label is missing';
  if (entries.some(({ date }) => date !== undefined && !/^[A-Z][a-z]{2} \d{1,2}(, \d+)?( BC?)?/.test(date)))
    return 'a date is not a short one';
  return typeof currentStatus === 'string' && currentStatus !== '' ? undefined : 'no current status';
}
