import type { FastifyInstance } from 'fastify';
import type { Db, Document } from 'mongodb';
import t from 'tap';
import { buildApp } from '../src/app.js';
import { loadConfig } from '../src/config/load.js';
import { NEXT, RETURN_STATUSES, type ReturnStatus } from '../src/domain/returns/return-steps.js';
import { keyOf, STAFF_SCOPES, WIDGET_SCOPES } from '../src/platform/keys/keys.js';
import { call, database, environment, KEY } from './helper.js';

const STAFF = 'the-key-of-fulfilment';
const START = '/api/concierge/orders/returns';

let app: FastifyInstance;
let db: Db;
let orders = 0;

t.before(async () => {
  db = await database(t);
  const config = loadConfig(await environment(db), {});
  const apiKeys = [...config.apiKeys, keyOf(STAFF, STAFF_SCOPES)];
  app = await buildApp({ ...config, apiKeys });
  t.teardown(() => app.close());
});

const LINES = [
  { lineId: 'a', title: 'Ring', quantity: 1 },
  { lineId: 'b', title: 'Bracelet', quantity: 2 },
];

async function store(): Promise<string> {
  const orderNumber = `GG-${70_000 + ++orders}`;
  await db
    .collection('orders')
    .insertOne({ orderNumber, status: 'delivered', items: LINES, createdAt: new Date() });
  return orderNumber;
}

const start = async (orderNumber: string, body: object = {}) =>
  (await call(app, START, { option: 'return', orderNumber, ...body })).json().rmaId as string;

const advance = (rmaId: string, status: string, body: object = {}, key = STAFF) =>
  app.inject({
    method: 'PATCH',
    url: `/api/concierge/returns/${encodeURIComponent(rmaId)}`,
    headers: { authorization: `Bearer ${key}` },
    payload: { status, by: 'Fatima', ...body },
  });

const orderOf = (orderNumber: string) => db.collection('orders').findOne({ orderNumber });
const rmaOf = (rmaId: string) => db.collection('returns').findOne({ rmaId });

/** The steps that lead to a status. */
const PATHS: Record<ReturnStatus, ReturnStatus[]> = {
  initiated: [],
  approved: ['approved'],
  label_sent: ['label_sent'],
  received: ['label_sent', 'received'],
  completed: ['approved', 'label_sent', 'received', 'completed'],
  declined: ['declined'],
  cancelled: ['cancelled'],
};

t.test('only along allowed steps: every status, every step', async (t) => {
  for (const from of RETURN_STATUSES)
    for (const to of RETURN_STATUSES) {
      const rmaId = await start(await store());
      for (const step of PATHS[from])
        t.equal((await advance(rmaId, step)).statusCode, 200, `${from}: ${step}`);
      const response = await advance(rmaId, to);
      const allowed = from === to || (NEXT[from] as readonly string[]).includes(to);
      t.equal(response.statusCode, allowed ? 200 : 409, `${from} → ${to}`);
      t.equal((await rmaOf(rmaId))?.status, allowed ? to : from);
      if (!allowed)
        t.match(response.json(), { code: 'return.step_not_allowed', detail: new RegExp(`is ${from}`) });
    }
});

t.test('returns management: who and when, and the order is told', async (t) => {
  const orderNumber = await store();
  const rmaId = await start(orderNumber);
  await advance(rmaId, 'label_sent', { by: ' Fatima ', note: 'UPS' });
  const response = await advance(rmaId.toLowerCase(), 'received', { by: 'Joren' });
  t.match(response.json(), {
    rmaId,
    status: 'received',
    history: [
      { status: 'initiated', by: 'customer' },
      { status: 'label_sent', by: 'Fatima', note: 'UPS', at: /Z$/ },
      { status: 'received', by: 'Joren' },
    ],
  });
  const order = await orderOf(orderNumber);
  t.same(
    order?.statusHistory.map(({ label }: Document) => label),
    ['Return in progress', 'Return label sent', 'Return received at the atelier'],
  );
  t.equal(order?.status, 'return_pending', 'the return is still in progress');
  const rma = await rmaOf(rmaId);
  t.match(
    rma?.deliveries.filter(({ to }: Document) => to === 'orders'),
    [{ state: 'done' }, { state: 'done' }, { state: 'done' }],
  );
  t.ok(rma?.nextDeliveryAt, 'the emails are pending');
});

t.test('returns management: the same step twice is a harmless repeat', async (t) => {
  const orderNumber = await store();
  const rmaId = await start(orderNumber);
  const both = await Promise.all([advance(rmaId, 'approved'), advance(rmaId, 'approved')]);
  t.same(
    both.map(({ statusCode }) => statusCode),
    [200, 200],
  );
  t.equal((await rmaOf(rmaId))?.history.length, 2);
  t.equal((await orderOf(orderNumber))?.statusHistory.length, 2);
});

t.test('two steps at once: one is taken', async (t) => {
  const rmaId = await start(await store());
  const both = await Promise.all([advance(rmaId, 'declined'), advance(rmaId, 'cancelled')]);
  t.same(both.map(({ statusCode }) => statusCode).sort(), [200, 409]);
});

t.test('cancelled: the order is as before, and the same can be asked for again', async (t) => {
  const orderNumber = await store();
  const rmaId = await start(orderNumber);
  await advance(rmaId, 'cancelled');
  t.equal((await orderOf(orderNumber))?.status, 'delivered');
  const again = await start(orderNumber);
  t.match(again, /^RMA-/);
  t.not(again, rmaId);
});

t.test(
  'completed: what was returned cannot be returned again, and the last piece ends the order',
  async (t) => {
    const orderNumber = await store();
    const through = async (rmaId: string) => {
      for (const step of PATHS.completed) await advance(rmaId, step);
    };
    await through(await start(orderNumber, { items: [{ lineId: 'a' }] }));
    t.equal((await orderOf(orderNumber))?.status, 'delivered', 'a part has been returned');
    const again = await call(app, START, { option: 'return', orderNumber, items: [{ lineId: 'a' }] });
    t.match(again.json(), { status: 'declined', reason: 'already_in_rma' });
    await through(await start(orderNumber));
    t.equal((await orderOf(orderNumber))?.status, 'returned', 'now all of it has');
  },
);

t.test('two returns of one order: it stays in return until both have ended', async (t) => {
  const orderNumber = await store();
  const [first, second] = [
    await start(orderNumber, { items: [{ lineId: 'a' }] }),
    await start(orderNumber, { items: [{ lineId: 'b' }] }),
  ];
  await advance(first, 'cancelled');
  t.equal((await orderOf(orderNumber))?.status, 'return_pending');
  await advance(second, 'cancelled');
  t.equal((await orderOf(orderNumber))?.status, 'delivered');
});

t.test('returns management: a resize gives its piece back when it is completed', async (t) => {
  const orderNumber = await store();
  const items = [{ lineId: 'a', size: '6.5' }];
  const rmaId = await start(orderNumber, { option: 'resize', items });
  t.match((await rmaOf(rmaId))?.lines, [{ lineId: 'a', size: '6.5' }], 'the size is noted');
  const held = await call(app, START, { option: 'return', orderNumber, items });
  t.match(held.json(), { reason: 'already_in_rma' });
  for (const step of PATHS.completed) await advance(rmaId, step);
  t.equal((await orderOf(orderNumber))?.status, 'delivered');
  t.equal((await call(app, START, { option: 'return', orderNumber, items })).statusCode, 201);
});

t.test('returns management: never more than was bought, however many ask at once', async (t) => {
  const orderNumber = await store();
  const ask = (quantity: number, n: number) =>
    call(app, START, {
      option: 'return',
      orderNumber,
      items: [{ lineId: 'b', quantity, notes: `${n}` }],
      sessionId: `s-${n}`,
    });
  await Promise.all(Array.from({ length: 12 }, (_, n) => ask(1 + (n % 2), n)));
  const rmas = await db.collection('returns').find({ orderNumber }).toArray();
  const quantity = rmas.flatMap(({ lines }) => lines).reduce((sum, line) => sum + line.quantity, 0);
  t.ok(quantity >= 1 && quantity <= 2, `${quantity} of 2`);
  const claims = rmas.flatMap((rma) => rma.claims);
  t.equal(new Set(claims).size, claims.length, 'no piece is in two RMAs');
});

t.test('reasons: one of the list, or words', async (t) => {
  const reasonOf = async (reason: string) => (await rmaOf(await start(await store(), { reason })))?.reason;
  t.same(await reasonOf('Changed mind'), { code: 'changed_mind' });
  t.same(await reasonOf('wrong_size'), { code: 'wrong_size' });
  t.same(await reasonOf('My dog ate it'), { code: 'other', text: 'My dog ate it' });
});

t.test('returns management: the slip can be fetched, for a while and by its address only', async (t) => {
  const orderNumber = await store();
  const answer = (await call(app, START, { option: 'return', orderNumber })).json();
  const response = await fetch(answer.labelUrl);
  t.equal(response.status, 200);
  t.equal(response.headers.get('content-type'), 'application/pdf');
  t.match(
    Buffer.from(await response.arrayBuffer())
      .subarray(0, 5)
      .toString(),
    '%PDF-',
  );
  t.match(new URL(answer.labelUrl).searchParams.get('X-Amz-Expires'), '900');
  t.equal((await fetch(answer.labelUrl.split('?')[0])).status, 403);
});

t.test('returns management: what is refused', async (t) => {
  const rmaId = await start(await store());
  t.match(
    (await advance(rmaId, 'approved', {}, KEY)).json(),
    { status: 403, code: 'auth.missing_scope' },
    "the widget's key",
  );
  t.notOk(WIDGET_SCOPES.some((scope) => (STAFF_SCOPES as readonly string[]).includes(scope)));
  t.match(
    (await call(app, START, {}, { authorization: `Bearer ${STAFF}` })).json(),
    { status: 403 },
    "nor the staff's for the widget",
  );
  t.match((await advance('RMA-0000-0000', 'approved')).json(), { status: 404, code: 'return.not_found' });
  t.match((await advance(rmaId, 'lost')).json(), { status: 400, code: 'request.invalid' });
  t.match((await advance(rmaId, 'approved', { by: ' ' })).json(), { status: 400, errors: [{ path: '/by' }] });
  t.equal((await rmaOf(rmaId))?.status, 'initiated');
});
