import { randomUUID } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import type { Db, Document } from 'mongodb';
import t, { type Test } from 'tap';
import { buildApp } from '../src/app.js';
import { loadConfig } from '../src/config/load.js';
import { decodeSecret, signatureHeaders } from '../src/connectors/webhooks/signature.js';
import { keyOf, MACHINE_SCOPES } from '../src/platform/keys/keys.js';
import { smtpReceiver } from './connectors/smtp-receiver.js';
import { bodyOf, call, database, environment, KEY } from './helper.js';
import { receiver } from './outbox/outbox.js';

const SHOP = 'the-key-of-the-shop';
const PATH = '/internal/webhooks/orders/status';
const NOW = new Date('2026-08-20T12:00:00.000Z');
const SECRETS = [1, 2].map((byte) => `whsec_${Buffer.alloc(32, byte).toString('base64')}`);
const [NEW_KEY, OLD_KEY] = SECRETS.map((secret) => decodeSecret(secret) ?? Buffer.alloc(0));
const OTHER_KEY = Buffer.alloc(32, 9);

let orders = 0;

async function service(t: Test, env: NodeJS.ProcessEnv = {}) {
  const db = await database(t);
  const config = loadConfig(await environment(db, { ORDER_WEBHOOK_SECRET: SECRETS.join(), ...env }), {});
  const apiKeys = [...config.apiKeys, keyOf(SHOP, MACHINE_SCOPES)];
  let time = NOW.getTime();
  const app = await buildApp({ ...config, apiKeys }, { now: () => new Date(time) });
  t.teardown(() => app.close());
  await app.ready();
  const move = (ms: number) => {
    time += ms;
  };
  return { app, db, move, now: () => new Date(time) };
}

async function store(db: Db, fields: object = {}): Promise<string> {
  const orderNumber = `GG-${80_000 + ++orders}`;
  await db.collection('orders').insertOne({
    orderNumber,
    customerEmail: 'Ada@example.com',
    status: 'processing',
    statusHistory: [{ status: 'created', date: new Date('2026-08-01T00:00:00.000Z') }],
    shipping: { country: 'US' },
    ...fields,
  });
  return orderNumber;
}

interface Sending {
  id?: string;
  at?: Date;
  keys?: (Buffer | undefined)[];
  headers?: Record<string, string>;
  key?: string;
}

/** One call as the shop's systems make it. */
function tell(app: FastifyInstance, body: object | string, sending: Sending = {}) {
  const { id = randomUUID(), at = NOW, keys = [NEW_KEY], headers = {}, key = SHOP } = sending;
  const payload = typeof body === 'string' ? body : JSON.stringify(body);
  const signed = signatureHeaders(
    keys.flatMap((one) => one ?? []),
    { id, at, body: payload },
  );
  return app.inject({
    method: 'POST',
    url: PATH,
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...signed, ...headers },
    payload,
  });
}

const subscribe = (app: FastifyInstance, orderNumber: string, contact?: string) =>
  call(app, '/api/concierge/order-updates', {
    sessionId: randomUUID(),
    orderNumber,
    ...(contact && { contact, consent: true }),
  });

t.test(
  'order webhook: a change moves the order, and a message is enqueued for each subscriber',
  async (t) => {
    const { app, db } = await service(t);
    const orderNumber = await store(db);
    await subscribe(app, orderNumber);
    await subscribe(app, orderNumber, '+1 202 555 0123');
    await subscribe(app, orderNumber, 'left@example.com');
    const subscriptions = db.collection('widgetOrderSubscriptions');
    await subscriptions.updateOne({ destination: 'left@example.com' }, { $set: { status: 'stopped' } });

    const answer = await tell(app, {
      orderNumber: ` ${orderNumber.toLowerCase()} `,
      status: 'Shipped',
      at: '2026-08-20T11:00:00.000Z',
      carrier: 'UPS',
      tracking: '1Z999AA10123456784',
      eta: '2026-08-22',
      unknown: 'ignored',
    });
    t.equal(answer.statusCode, 202, answer.body);
    t.match(answer.json(), { ok: true, changeId: /^chg_/, orderNumber, status: 'shipped', notified: 2 });
    t.match(await db.collection('orders').findOne({ orderNumber }), {
      status: 'shipped',
      statusHistory: [{ status: 'created' }, { status: 'shipped', label: 'Shipped' }],
      shipping: {
        country: 'US',
        carrier: 'UPS',
        trackingNumber: '1Z999AA10123456784',
        shippedAt: new Date('2026-08-20T11:00:00.000Z'),
        estimatedDelivery: new Date('2026-08-22T12:00:00.000Z'),
      },
    });
    const status = await call(app, '/api/concierge/orders/status', { orderNumber });
    t.match(status.json(), { currentStatus: 'shipped', carrier: 'UPS', eta: 'Aug 22' });

    const [change, ...none] = await db.collection('orderChanges').find().toArray();
    t.same(none, []);
    const live = await subscriptions.find({ status: 'active' }).toArray();
    t.match(change?.deliveries, [
      { to: 'orders', state: 'done' },
      { to: 'notifications', kind: 'order.update', state: 'pending' },
      { to: 'notifications', kind: 'order.update', state: 'pending' },
    ]);
    t.same(
      change?.deliveries.slice(1).map(({ payload }: Document) => payload.subscriptionId),
      live.map(({ subscriptionId }) => subscriptionId),
      'who has stopped is not told',
    );
    t.same(change?.nextDeliveryAt, NOW);
    t.notMatch(JSON.stringify(change), /example\.com|2025550123/, 'no address is copied');
  },
);

t.test(
  'order webhook: the same message, and the same change in another one, does nothing again',
  async (t) => {
    const { app, db } = await service(t);
    const orderNumber = await store(db);
    await subscribe(app, orderNumber);
    const body = { orderNumber, status: 'shipped', tracking: '1Z9' };
    const first = await tell(app, body, { id: 'msg_1' });
    t.equal(first.statusCode, 202);
    const repeats = [
      await tell(app, body, { id: 'msg_1' }),
      await tell(app, body, { id: 'msg_2' }),
      await tell(app, { ...body, status: ' SHIPPED', label: 'Sent off' }, { id: 'msg_3' }),
      await tell(app, { orderNumber, status: 'delivered' }, { id: 'msg_1' }),
    ];
    for (const repeat of repeats) {
      t.equal(repeat.statusCode, 200);
      t.same(bodyOf(repeat), { ...bodyOf(first), duplicate: true });
    }
    t.equal(await db.collection('orderChanges').countDocuments({ orderNumber }), 1);
    t.equal((await db.collection('orders').findOne({ orderNumber }))?.statusHistory.length, 2);

    const others = [
      await tell(app, { ...body, at: '2026-08-20T10:00:00.000Z' }),
      await tell(app, { ...body, tracking: '1Z8' }),
      await tell(app, { ...body, status: 'delivered' }),
    ];
    t.same(
      others.map(({ statusCode }) => statusCode),
      [202, 202, 202],
      'what differs is another change',
    );
  },
);

t.test('order webhook: many at once are one', async (t) => {
  const { app, db } = await service(t);
  const orderNumber = await store(db);
  await subscribe(app, orderNumber);
  const body = { orderNumber, status: 'shipped' };
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, at) => tell(app, body, { id: at % 2 ? 'msg_one' : randomUUID() })),
  );
  const codes = answers.map(({ statusCode }) => statusCode).sort();
  t.same(codes, [...Array(19).fill(200), 202]);
  t.equal(await db.collection('orderChanges').countDocuments({ orderNumber }), 1);
  t.equal((await db.collection('orders').findOne({ orderNumber }))?.statusHistory.length, 2);
});

t.test('changes may come in any order: the latest decides', async (t) => {
  const { app, db } = await service(t);
  const told = [
    { status: 'processing', at: '2026-08-18T10:00:00.000Z' },
    { status: 'shipped', at: '2026-08-19T10:00:00.000Z', carrier: 'UPS', tracking: '1Z9' },
    { status: 'delivered', at: '2026-08-20T10:00:00.000Z' },
  ];
  const shuffles = [
    [0, 1, 2],
    [2, 1, 0],
    [2, 0, 1],
    [1, 2, 0],
  ];
  for (const shuffle of shuffles) {
    const orderNumber = await store(db, { statusHistory: [] });
    for (const at of shuffle) await tell(app, { orderNumber, ...told[at] });
    const order = await db.collection('orders').findOne({ orderNumber });
    t.match(order, {
      status: 'delivered',
      shipping: {
        trackingNumber: '1Z9',
        shippedAt: new Date('2026-08-19T10:00:00.000Z'),
        deliveredAt: new Date('2026-08-20T10:00:00.000Z'),
      },
    });
    t.equal(order?.statusHistory.length, 3, shuffle.join());
  }
});

t.test('order webhook: orders of odd forms are changed too, and nothing of them is lost', async (t) => {
  const { app, db } = await service(t);
  const odd = [
    [
      { statusHistory: 'none', shipping: 'by post' },
      { statusHistoryBefore: 'none', shippingBefore: 'by post' },
    ],
    [
      { statusHistory: null, shipping: null },
      { statusHistoryBefore: null, shippingBefore: null },
    ],
    [{ statusHistory: undefined, shipping: undefined }, {}],
  ] as const;
  for (const [fields, kept] of odd) {
    const orderNumber = await store(db, fields);
    t.equal((await tell(app, { orderNumber, status: 'shipped', tracking: '1Z9' })).statusCode, 202);
    t.match(await db.collection('orders').findOne({ orderNumber }), {
      status: 'shipped',
      statusHistory: [{ status: 'shipped' }],
      shipping: { trackingNumber: '1Z9', shippedAt: NOW },
      ...kept,
    });
  }
});

t.test('order webhook: what a crash has left is finished by the dispatcher, once', async (t) => {
  const { app, db, move } = await service(t, { DISPATCHER: 'inline', DELIVERY_POLL_MS: '10' });
  const orderNumber = await store(db);
  const change = { orderNumber, status: 'shipped' };
  await tell(app, change);
  const changes = db.collection('orderChanges');
  const orders = db.collection('orders');
  const done = await changes.findOne();
  // as if the process had died once before, and once after the order was changed
  for (const crashed of ['before', 'after']) {
    if (crashed === 'before')
      await orders.updateOne({ orderNumber }, { $set: { status: 'processing', statusHistory: [] } });
    const deliveries = done?.deliveries.map((one: Document) => ({ ...one, state: 'pending', attempts: 0 }));
    await changes.updateOne({}, { $set: { deliveries, nextDeliveryAt: NOW } });
    move(1);
    app.dispatcher.nudge('orderChanges');
    await app.dispatcher.drain();
    const order = await orders.findOne({ orderNumber });
    t.equal(order?.statusHistory.length, 1, crashed);
    t.equal(order?.statusHistory[0].status, 'shipped');
  }
});

t.test('order webhook: subscribers are told by their channel, and how much they may know', async (t) => {
  const texts: string[] = [];
  const url = await receiver(t, (_request, response, body) => {
    texts.push(new URLSearchParams(body).get('Body') ?? '');
    response.writeHead(201, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ sid: 'SM00000000000000000000000000000001' }));
  });
  const mail = await smtpReceiver(t);
  const { app, db } = await service(t, {
    DISPATCHER: 'inline',
    DELIVERY_POLL_MS: '10',
    TWILIO_ACCOUNT_SID: 'AC1',
    TWILIO_AUTH_TOKEN: 'token',
    TWILIO_FROM: '+12025550100',
    TWILIO_BASE_URL: url,
    SMTP_URL: `smtp://user:pass@127.0.0.1:${mail.port}`,
    EMAIL_FROM: 'care@shop.example',
  });
  const orderNumber = await store(db);
  await subscribe(app, orderNumber);
  await subscribe(app, orderNumber, 'friend@example.com');
  await subscribe(app, orderNumber, '+1 202 555 0123');
  await app.dispatcher.drain();
  const before = mail.emails.length;
  const body = { orderNumber, status: 'shipped', carrier: 'UPS', tracking: '1Z999AA10123456784' };
  await tell(app, { ...body, label: 'Sent with 1Z999AA10123456784' });
  await tell(app, body);
  while ((await db.collection('orderChanges').findOne({ nextDeliveryAt: { $exists: true } })) !== null)
    await app.dispatcher.drain();
  const emails = mail.emails.slice(before);
  t.equal(emails.length, 2);
  t.equal(texts.length, 2, 'the confirmation and the update');
  t.match(texts[1], `order ${orderNumber} is on its way. UPS **6784`);
  const of = (address: string) => emails.find(({ to }) => to.join().includes(address))?.data ?? '';
  t.match(of('ada@'), /1Z999AA10123456784/, 'the whole number to the address of the order');
  t.notMatch(of('friend@'), /1Z999AA1012345/, 'and to nobody else');
});

t.test('order webhook: what is not from the shop is refused, and changes nothing', async (t) => {
  const { app, db } = await service(t);
  const orderNumber = await store(db);
  const body = { orderNumber, status: 'shipped' };
  const past = (seconds: number) => new Date(NOW.getTime() - seconds * 1000);
  const cases: [name: string, sending: Sending, status: number, expected: object][] = [
    ['no key', { headers: { authorization: '' } }, 401, { code: 'auth.missing_key' }],
    ['the key of the widget', { key: KEY }, 403, { code: 'auth.missing_scope' }],
    ['another secret', { keys: [OTHER_KEY] }, 401, { reason: 'signature_mismatch' }],
    ['too old', { at: past(301) }, 401, { reason: 'timestamp_out_of_tolerance' }],
    ['from the future', { at: past(-301) }, 401, { reason: 'timestamp_out_of_tolerance' }],
    ['no time', { headers: { 'webhook-timestamp': 'now' } }, 401, { reason: 'timestamp_out_of_tolerance' }],
    [
      'another time',
      { headers: { 'webhook-timestamp': '1787227201' } },
      401,
      { reason: 'signature_mismatch' },
    ],
    ['another id', { headers: { 'webhook-id': 'msg_2' } }, 401, { reason: 'signature_mismatch' }],
    ['no id', { headers: { 'webhook-id': '' } }, 401, { reason: 'headers_missing' }],
    ['no signature', { headers: { 'webhook-signature': '' } }, 401, { reason: 'headers_missing' }],
    [
      'an unknown version',
      { headers: { 'webhook-signature': 'v2,AAAA' } },
      401,
      { reason: 'signature_mismatch' },
    ],
  ];
  for (const [name, sending, status, expected] of cases) {
    const answer = await tell(app, body, sending);
    t.equal(answer.statusCode, status, name);
    t.match(answer.json(), expected, name);
  }
  const tampered = await tell(app, body);
  t.equal(tampered.statusCode, 202);
  const { headers } = { headers: signatureHeaders([NEW_KEY ?? OTHER_KEY], { id: 'm', at: NOW, body: '{}' }) };
  t.equal(
    (await tell(app, { orderNumber, status: 'refunded' }, { headers })).statusCode,
    401,
    'another body',
  );
  t.equal(await db.collection('orderChanges').countDocuments(), 1);

  const accepted: [name: string, sending: Sending][] = [
    ['nearly too old', { at: past(300) }],
    ['the secret that is being replaced', { keys: [OLD_KEY] }],
    ['several signatures', { keys: [OTHER_KEY, NEW_KEY] }],
  ];
  for (const [at, [name, sending]] of accepted.entries())
    t.equal((await tell(app, { orderNumber, status: `step ${at}` }, sending)).statusCode, 202, name);
});

t.test('order webhook: what is not a change is refused, with what is wrong', async (t) => {
  const { app, db } = await service(t);
  const orderNumber = await store(db);
  const cases: [body: object | string, status: number, expected: object][] = [
    ['{"orderNumber"', 400, { code: 'request.malformed' }],
    [{ status: 'shipped' }, 400, { code: 'request.invalid' }],
    [{ orderNumber, status: ' ' }, 400, { code: 'request.invalid' }],
    [{ orderNumber, status: 'shipped', at: 'yesterday' }, 400, { code: 'request.invalid' }],
    [{ orderNumber, status: 'shipped', at: '2026-08-20T12:06:00.000Z' }, 400, { errors: [{ path: '/at' }] }],
    [{ orderNumber, status: 'shipped', label: 'x'.repeat(101) }, 400, { code: 'request.invalid' }],
    [{ orderNumber: 'GG-1', status: 'shipped' }, 404, { code: 'order.not_found' }],
    [{ orderNumber, status: 'shipped', more: 'x'.repeat(70_000) }, 413, { code: 'request.too_large' }],
  ];
  for (const [body, status, expected] of cases) {
    const answer = await tell(app, body);
    t.equal(answer.statusCode, status, answer.body);
    t.match(answer.json(), expected);
  }
  t.equal(await db.collection('orderChanges').countDocuments(), 0);
});

t.test('order webhook: without a secret nothing is taken, and the sender comes again', async (t) => {
  const { app, db } = await service(t, { ORDER_WEBHOOK_SECRET: '' });
  const answer = await tell(app, { orderNumber: await store(db), status: 'shipped' });
  t.equal(answer.statusCode, 503);
  t.match(answer.json(), { code: 'webhook.not_configured' });
});
