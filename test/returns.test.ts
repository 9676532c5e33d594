import type { FastifyInstance } from 'fastify';
import type { Db, Document } from 'mongodb';
import t from 'tap';
import { seedCatalogue, seedOrders } from '../scripts/seed.js';
import { build, call, database } from './helper.js';
import { declined, refused } from './problem.js';

const PATH = '/api/concierge/orders/returns';
const STATUS = '/api/concierge/orders/status';
const NOW = new Date('2026-08-20T15:00:00Z');
const day = (date: string) => new Date(`2026-08-${date}T14:00:00Z`);

let app: FastifyInstance;
let db: Db;
let numbers = 30_000;

t.before(async () => {
  db = await database(t);
  await Promise.all([seedCatalogue(db), seedOrders(db, NOW)]);
  ({ app } = await build(t, { db, now: () => NOW }));
});

/** Stores an order, delivered unless it says otherwise, with a number of its own: a ring, and two of one bracelet. */
async function store(order: Document = {}): Promise<string> {
  const orderNumber = `GG-${++numbers}`;
  await db.collection('orders').insertOne({
    orderNumber,
    customerEmail: 'ana@example.com',
    status: 'delivered',
    items: [
      { lineId: 'a', sku: 'RNG-120', title: 'Ring', quantity: 1 },
      { lineId: 'b', sku: 'BRC-405', title: 'Bracelet', quantity: 2 },
    ],
    shipping: { shippedAt: day('12'), deliveredAt: day('15') },
    statusHistory: [{ status: 'delivered', label: 'Delivered', date: day('15') }],
    createdAt: day('05'),
    ...order,
  });
  return orderNumber;
}
const orderOf = (orderNumber: string) => db.collection('orders').findOne({ orderNumber });
const requestsOf = (orderNumber: string) => db.collection('returns').find({ orderNumber }).toArray();
const linesOf = async (orderNumber: string) =>
  (await requestsOf(orderNumber)).flatMap(({ lines }) =>
    lines.map((line: Document) => `${line.lineId}×${line.quantity}`),
  );

const OPTIONS = [
  {
    option: 'return',
    history: 'return_pending',
    label: 'Return in progress',
    status: 'return_pending',
    says: /return/,
  },
  {
    option: 'resize',
    history: 'resize_requested',
    label: 'Resize requested',
    status: 'delivered',
    says: /resize/,
  },
  { option: 'care', history: 'care_requested', label: 'Care requested', status: 'delivered', says: /care/ },
] as const;

for (const { option, history, label, status, says } of OPTIONS)
  t.test(`a ${option} opens an RMA and tells the order`, async (t) => {
    const orderNumber = await store();
    const response = await call(app, PATH, {
      option,
      orderNumber,
      items: [{ lineId: 'b', quantity: 1, action: 'adjust', notes: 'One link fewer' }],
      reason: 'Too wide',
      notes: 'Thank you',
      contact: { email: 'ana@example.com', phone: '' },
      sessionId: `s-${option}`,
    });
    t.equal(response.statusCode, 201, response.body);
    const answer = response.json();
    t.match(answer, {
      rmaId: /^RMA-\w{4}-\w{4}$/,
      status: 'initiated',
      option,
      orderNumber,
      expiresAt: '2026-09-19T15:00:00.000Z',
      message: says,
    });
    t.match(answer.message, answer.rmaId);
    t.notOk('duplicate' in answer);

    const [request] = await requestsOf(orderNumber);
    t.match(request, {
      rmaId: answer.rmaId,
      option,
      lines: [
        { lineId: 'b', sku: 'BRC-405', title: 'Bracelet', quantity: 1, notes: 'adjust: One link fewer' },
      ],
      reason: { code: 'other', text: 'Too wide' },
      notes: 'Thank you',
      contact: { email: 'ana@example.com' },
      sessionId: `s-${option}`,
      createdAt: NOW,
    });
    t.same(
      request?.deliveries.map(({ to, state }: Document) => `${to} ${state}`),
      ['orders done', 'storage done', 'email pending', 'fulfilment pending'],
      'the order has been told and the slip is there, the others are pending',
    );
    const order = await orderOf(orderNumber);
    t.match(order, { status, updatedAt: NOW });
    t.match(order?.statusHistory[1], { status: history, label, date: NOW, rmaId: answer.rmaId });
    const timeline = (await call(app, STATUS, { orderNumber })).json();
    t.match(timeline.entries.at(-1), { label, date: 'Aug 20' }, 'it shows in the timeline');
    t.equal(timeline.currentStatus, status);
  });

t.test('returns: older and looser forms', async (t) => {
  const FORMS: [name: string, body: (orderNumber: string) => object, lines: string[]][] = [
    ['orderId', (orderId) => ({ orderId }), ['a×1', 'b×2']],
    [
      'orderNumber as typed',
      (orderNumber) => ({ orderNumber: orderNumber.toLowerCase().replace('-', ' ') }),
      ['a×1', 'b×2'],
    ],
    ['an empty orderNumber', (orderId) => ({ orderNumber: '', orderId }), ['a×1', 'b×2']],
    ['quantity as text', (orderId) => ({ orderId, items: [{ lineId: 'b', quantity: '1' }] }), ['b×1']],
    ['quantity ""', (orderId) => ({ orderId, items: [{ lineId: 'b', quantity: '' }] }), ['b×2']],
    [
      'lineId ""',
      (orderId) => ({ orderId, items: [{ lineId: '', sku: 'RNG-120', notes: '', action: '' }] }),
      ['a×1'],
    ],
    ['no items', (orderId) => ({ orderId, items: [] }), ['a×1', 'b×2']],
    [
      '"" everywhere',
      (orderId) => ({
        orderId,
        reason: '',
        notes: '',
        contact: { email: '', phone: '' },
        sessionId: '',
        idempotencyKey: '',
      }),
      ['a×1', 'b×2'],
    ],
    [
      'more than is known',
      (orderId) => ({
        orderId,
        requestId: 'x',
        originIntent: 'return_exchange',
        action: { type: 'submit' },
        items: [{ lineId: 'a', title: 'Ring', price: 1 }],
      }),
      ['a×1'],
    ],
  ];
  for (const [name, body, lines] of FORMS) {
    const orderNumber = await store();
    const response = await call(app, PATH, { option: 'resize', ...body(orderNumber) });
    t.equal(response.statusCode, 201, `${name}: ${response.body}`);
    t.same(await linesOf(orderNumber), lines, name);
  }
});

t.test('returns: without a number it is the order that the session has just looked up', async (t) => {
  const [first, second] = [await store(), await store()];
  const sessionId = 's-looked-up';
  for (const orderNumber of [first, second]) await call(app, STATUS, { orderNumber, sessionId });
  const response = await call(app, PATH, { option: 'care', sessionId, orderNumber: '' });
  t.match(response.json(), { orderNumber: second });
  await call(app, STATUS, { email: 'fay.example@example.com', zip: '10011', sessionId });
  t.match(
    (await call(app, PATH, { option: 'care', sessionId })).json(),
    { orderNumber: 'GG-12006' },
    'also by email',
  );
  for (const body of [
    { option: 'care', sessionId: 's-new' },
    { option: 'care' },
    { option: 'care', sessionId: '' },
  ]) {
    const missing = await call(app, PATH, body);
    t.equal(missing.statusCode, 400);
    t.match(missing.json(), {
      code: 'request.invalid',
      detail: /order number/,
      errors: [{ path: '/orderNumber' }],
    });
  }
});

t.test('returns: the same request again is the same RMA', async (t) => {
  const orderNumber = await store();
  const wish = { option: 'return', orderNumber, items: [{ lineId: 'b' }, { lineId: 'a' }] };
  const first = (await call(app, PATH, wish)).json();
  const SAME: object[] = [
    wish,
    { ...wish, items: [{ lineId: 'a' }, { lineId: 'b' }] },
    {
      ...wish,
      items: [
        { sku: 'RNG-120', quantity: '1' },
        { lineId: 'b', quantity: 1 },
        { lineId: 'b', quantity: 1 },
      ],
    },
    { ...wish, items: [] },
    { option: 'return', orderId: orderNumber.toLowerCase(), sessionId: 's-again', reason: 'Another' },
  ];
  for (const body of SAME) {
    const again = await call(app, PATH, body);
    t.equal(again.statusCode, 200, JSON.stringify(body));
    t.match(again.json(), {
      rmaId: first.rmaId,
      duplicate: true,
      status: 'initiated',
      expiresAt: first.expiresAt,
      message: /already/,
    });
  }
  t.equal((await requestsOf(orderNumber)).length, 1);
  t.equal((await orderOf(orderNumber))?.statusHistory.length, 2, 'and the order is told once');

  const HELD = [
    { ...wish, option: 'resize' },
    { ...wish, items: [{ lineId: 'b', quantity: 1 }] },
  ];
  for (const body of HELD) {
    const refused = await call(app, PATH, body);
    declined(t, refused, 'already_in_rma', 'a piece is in one RMA at a time');
    t.match(refused.json().message, new RegExp(first.rmaId));
  }
  t.equal(
    (await orderOf(orderNumber))?.status,
    'return_pending',
    'what is refused does not take the order out of its return',
  );
});

t.test('returns: twenty at once are one RMA', async (t) => {
  const orderNumber = await store();
  const responses = await Promise.all(
    Array.from({ length: 20 }, () =>
      call(app, PATH, { option: 'return', orderNumber, sessionId: 's-click' }),
    ),
  );
  t.same(responses.map(({ statusCode }) => statusCode).sort(), [...Array(19).fill(200), 201]);
  t.equal(new Set(responses.map((response) => response.json().rmaId)).size, 1);
  t.equal((await requestsOf(orderNumber)).length, 1);
  const history = (await orderOf(orderNumber))?.statusHistory.filter(
    ({ status }: Document) => status === 'return_pending',
  );
  t.equal(history.length, 1, 'one entry in the history');
});

t.test('returns: a refusal says why, in a sentence, and nothing is stored', async (t) => {
  const REFUSALS: [name: string, order: Document | string, body: object, reason: string, says: RegExp][] = [
    ['too late', 'GG-12007', {}, 'window_passed', /within 30 days/],
    ['too late to resize', 'GG-12008', { option: 'resize' }, 'window_passed', /within 60 days/],
    ['custom', 'GG-12013', {}, 'not_returnable', /resize/],
    [
      'made to order, as the catalogue knows',
      { items: [{ sku: 'RNG-126', title: 'Band' }] },
      {},
      'not_returnable',
      /^This piece was made for you, so it cannot be returned\./,
    ],
    ['not shipped', 'GG-12002', {}, 'not_shipped', /not shipped/],
    ['cancelled', 'GG-12009', {}, 'order_ended', /cancelled/],
    ['refunded', 'GG-12010', { option: 'care' }, 'order_ended', /refunded/],
    [
      'a foreign line',
      {},
      { items: [{ lineId: 'a' }, { lineId: 'z' }] },
      'unknown_line',
      /z is not part of order/,
    ],
    ['a foreign piece', {}, { items: [{ sku: 'NCK-201' }] }, 'unknown_line', /NCK-201/],
    [
      'too many',
      {},
      { items: [{ lineId: 'a', quantity: 2 }] },
      'quantity_too_large',
      /has 1 of this piece that/,
    ],
    [
      'far too many',
      {},
      { items: [{ lineId: 'a', quantity: 1e9 }] },
      'quantity_too_large',
      /has 1 of this piece that/,
    ],
    ['no pieces', { items: null }, {}, 'no_lines', /stylist/],
  ];
  for (const [name, order, body, reason, says] of REFUSALS) {
    const orderNumber = typeof order === 'string' ? order : await store(order);
    const before = await orderOf(orderNumber);
    const response = await call(app, PATH, { option: 'return', orderNumber, ...body });
    declined(t, response, reason, name);
    t.match(response.json().message, says, name);
    t.same(await requestsOf(orderNumber), [], `${name}: no RMA`);
    t.same(await orderOf(orderNumber), before, `${name}: the order stays as it was`);
  }
});

t.test('returns: of an order with a piece that was made for the customer the others go back', async (t) => {
  const response = await call(app, PATH, { option: 'return', orderNumber: 'GG-12022' });
  t.equal(response.statusCode, 201);
  t.match(response.json().message, / This piece cannot be returned and stays with you\./);
  t.equal((await linesOf('GG-12022')).length, 1);
  t.equal(
    (await call(app, PATH, { option: 'resize', orderNumber: 'GG-12022' })).statusCode,
    201,
    'and it can be resized',
  );
});

t.test('returns: an unknown order is a 404', async (t) => {
  for (const orderNumber of ['GG-99999', 'GG-1200.', '$where']) {
    const response = await call(app, PATH, { option: 'return', orderNumber });
    t.equal(response.statusCode, 404);
    t.match(response.json(), { code: 'order.not_found', detail: /could not find/ });
  }
});

t.test('returns: what is wrong is a 400 that says where', async (t) => {
  const orderNumber = await store();
  const BAD: [name: string, body: object, path: string][] = [
    ['no option', { option: undefined }, '/option'],
    ['an unknown option', { option: 'exchange' }, '/option'],
    ['an option in capitals', { option: 'RETURN' }, '/option'],
    ['quantity 0', { items: [{ lineId: 'a', quantity: 0 }] }, '/items/0/quantity'],
    ['quantity 0 as text', { items: [{ lineId: 'a' }, { lineId: 'b', quantity: '0' }] }, '/items/1/quantity'],
    ['quantity -1', { items: [{ lineId: 'a', quantity: -1 }] }, '/items/0/quantity'],
    ['half a ring', { items: [{ lineId: 'a', quantity: 0.5 }] }, '/items/0/quantity'],
    ['quantity in words', { items: [{ lineId: 'a', quantity: 'all' }] }, '/items/0/quantity'],
    ['an item that names nothing', { items: [{ lineId: '', sku: ' ' }] }, '/items/0'],
    ['an item without a name', { items: [{ quantity: 1 }] }, '/items/0'],
    ['items that are no list', { items: 'all' }, '/items'],
    ['an operator for a number', { orderNumber: { $ne: null } }, '/orderNumber'],
    ['an email that is none', { contact: { email: 'ana' } }, '/contact/email'],
    ['a reason without end', { reason: 'x'.repeat(201) }, '/reason'],
    ['too many items', { items: Array.from({ length: 51 }, () => ({ lineId: 'a' })) }, '/items'],
  ];
  for (const [name, body, path] of BAD) {
    const response = await call(app, PATH, { option: 'care', orderNumber, ...body });
    t.equal(response.statusCode, 400, `${name}: ${response.body}`);
    t.match(
      response.json(),
      { code: 'request.invalid', requestId: String, errors: [{ message: String }] },
      name,
    );
    t.equal(response.json().errors?.[0]?.path, path, name);
  }
  t.same(await requestsOf(orderNumber), [], 'nothing is stored');
});

t.test('returns: odd orders are never a fault', async (t) => {
  const items = [{ sku: 'EAR-303', title: 'Huggies' }];
  const HISTORIES: [name: string, statusHistory: unknown][] = [
    ['missing', undefined],
    ['null', null],
    ['text', 'delivered on Monday'],
    ['an object', { status: 'delivered' }],
    ['a list of nonsense', [null, 'x', 5, {}]],
  ];
  for (const [name, statusHistory] of HISTORIES) {
    const orderNumber = await store({ items, statusHistory });
    const response = await call(app, PATH, { option: 'return', orderNumber });
    t.equal(response.statusCode, 201, `history ${name}: ${response.body}`);
    const order = await orderOf(orderNumber);
    t.equal(order?.status, 'return_pending', `history ${name}: the order goes to return_pending`);
    t.match(
      order?.statusHistory.at(-1),
      { status: 'return_pending', rmaId: response.json().rmaId },
      `history ${name}: with an entry`,
    );
    if (statusHistory && !Array.isArray(statusHistory))
      t.same(order?.statusHistoryBefore, statusHistory, `history ${name}: what stood there is kept`);
    const [request] = await requestsOf(orderNumber);
    t.equal(request?.deliveries[0].state, 'done', `history ${name}: nothing is pending for the order`);
  }

  const ODD: [name: string, order: Document, status: number][] = [
    ['no items', { items: undefined }, 200],
    ['items that are an object', { items: { sku: 'EAR-303' } }, 200],
    ['items of nonsense', { items: [null, 5, 'x', []] }, 200],
    ['an item without anything', { items: [{}] }, 201],
    ['tags that are a text', { items: [{ sku: 'EAR-303', tags: 'custom' }] }, 200],
    ['a quantity that is a list', { items: [{ sku: 'EAR-303', tags: 'gift', quantity: [2] }] }, 201],
    ['two lines of one SKU', { items: [...items, ...items] }, 201],
    ['no shipping and no dates', { items, shipping: null, createdAt: 'long ago', statusHistory: [] }, 201],
    ['a status that is a number', { items, status: 7 }, 201],
    [
      'nothing but a number',
      {
        items: null,
        shipping: null,
        status: null,
        createdAt: null,
        statusHistory: null,
        customerEmail: null,
      },
      200,
    ],
  ];
  for (const [name, order, status] of ODD) {
    const orderNumber = await store(order);
    const response = await call(app, PATH, { option: 'return', orderNumber });
    t.equal(response.statusCode, status, `${name}: ${response.body}`);
    t.equal((await requestsOf(orderNumber)).length, status === 201 ? 1 : 0, name);
  }
  for (let number = 12_001; number <= 12_027; number++)
    for (const option of ['return', 'resize', 'care']) {
      const { statusCode } = await call(app, PATH, { option, orderNumber: `GG-${number}` });
      t.ok([200, 201, 200].includes(statusCode), `GG-${number}, ${option}: ${statusCode}`);
    }
});

t.test(
  'returns: another size for pieces that are in a resize already is taken over, and fulfilment told',
  async (t) => {
    const orderNumber = await store();
    const resize = (body: Document) => call(app, PATH, { option: 'resize', orderNumber, ...body });
    const first = (await resize({ items: [{ lineId: 'a', size: '6' }] })).json();
    const kindsOf = async () =>
      (await requestsOf(orderNumber))[0]?.deliveries.map(({ kind }: Document) => kind);
    const second = await resize({ items: [{ lineId: 'a', size: '6.5' }] });
    t.equal(second.statusCode, 200);
    t.match(second.json(), {
      ok: true,
      rmaId: first.rmaId,
      duplicate: true,
      message: /changed your resize as you wish/,
    });
    const [rma, ...others] = await requestsOf(orderNumber);
    t.same(others, []);
    t.match(rma, { lines: [{ lineId: 'a', size: '6.5' }], status: 'initiated' });
    t.match(rma?.history.at(-1), { by: 'customer', note: /size 6\.5/ });
    t.same(await kindsOf(), [
      'order.change',
      'return.slip',
      'return.confirmation',
      'return.initiated',
      'return.slip',
      'return.changed',
    ]);
    t.match(
      (await resize({ items: [{ lineId: 'a', size: '6.5' }] })).json(),
      { message: /already/ },
      'the same again',
    );
    t.match((await resize({ items: [{ lineId: 'a' }] })).json(), { message: /already/ }, 'without a size');
    t.equal((await kindsOf())?.length, 6, 'neither is told to anyone');
    t.match((await requestsOf(orderNumber))[0], { lines: [{ size: '6.5' }] });
  },
);

t.test('returns: another size for one piece of a resize of several is taken over as well', async (t) => {
  const orderNumber = await store();
  const resize = (body: Document) => call(app, PATH, { option: 'resize', orderNumber, ...body });
  const first = (await resize({})).json();
  t.match((await resize({ items: [{ sku: 'RNG-120', size: 7 }] })).json(), {
    rmaId: first.rmaId,
    message: /changed/,
  });
  t.match((await requestsOf(orderNumber))[0]?.lines, [
    { lineId: 'a', size: '7' },
    { lineId: 'b', size: undefined },
  ]);
  declined(
    t,
    await resize({ items: [{ lineId: 'b', quantity: 1, size: '17 cm' }] }),
    'already_in_rma',
    'another quantity',
  );
});

const SIZES: [what: string, body: Document, size: string | undefined][] = [
  ['newSize as a number', { newSize: 6.5 }, '6.5'],
  ['newSize as a text', { newSize: ' 7 ' }, '7'],
  ['newSize that is empty', { newSize: '' }, undefined],
  ['newSize beside an item', { items: [{ lineId: 'a' }], newSize: 8 }, '8'],
  ['the size of an item wins', { items: [{ lineId: 'a', size: 5 }], newSize: 8 }, '5'],
];

t.test('returns: newSize and selection, as the route of the shop sends them, are kept', async (t) => {
  for (const [what, body, size] of SIZES)
    for (const nested of [false, true]) {
      const orderNumber = await store();
      const wish = { option: 'resize', ...body };
      const answer = await call(
        app,
        PATH,
        nested ? { selection: { ...wish, orderId: orderNumber } } : { ...wish, orderId: orderNumber },
      );
      t.equal(answer.statusCode, 201, what);
      t.equal((await requestsOf(orderNumber))[0]?.lines[0].size, size, `${what}${nested ? ', nested' : ''}`);
    }
  const none = await call(app, PATH, { orderNumber: 'GG-12006', selection: { reason: 'gift' } });
  refused(t, none, { status: 400, code: 'request.invalid', path: '/option' });
});

t.test('returns: the status of a return is told in the words of the shop', async (t) => {
  const orderNumber = await store();
  const wish = { option: 'return', orderNumber };
  const { rmaId, status } = (await call(app, PATH, wish)).json();
  t.equal(status, 'initiated');
  for (const [ours, told] of [
    ['approved', 'scheduled'],
    ['label_sent', 'scheduled'],
    ['received', 'scheduled'],
  ] as const) {
    await db.collection('returns').updateOne({ rmaId }, { $set: { status: ours } });
    t.equal((await call(app, PATH, wish)).json().status, told, ours);
  }
});

t.test('returns: a line of as many pieces as nobody buys neither stalls nor ends the process', async (t) => {
  // piece by piece, the last of them would never be answered
  for (const quantity of [1_000_000, 20_261_129, 1e15, '20261129', Number.MAX_VALUE]) {
    const orderNumber = await store({ items: [{ lineId: 'a', sku: 'RNG-120', title: 'Ring', quantity }] });
    declined(
      t,
      await call(app, PATH, { option: 'return', orderNumber }),
      'too_many_pieces',
      String(quantity),
    );
    const two = await call(app, PATH, {
      option: 'return',
      orderNumber,
      items: [{ lineId: 'a', quantity: 2 }],
    });
    t.equal(two.statusCode, 201, 'two of them can be sent in');
    t.equal((await requestsOf(orderNumber))[0]?.claims.length, 2);
  }
});
