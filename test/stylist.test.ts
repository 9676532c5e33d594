import { randomUUID } from 'node:crypto';
import t, { type Test } from 'tap';
import { BAND, BAND_OF_THE_SHOP, bodyOf, build, call, database, KEY } from './helper.js';
import { form, PNG } from './images.js';
import { refused } from './problem.js';

const PATH = '/api/concierge/stylist';
const SLA_MINUTES = 90;
// later than the real time, so that nothing stored here is old enough to be swept away
const start = new Date('2099-05-01T10:00:00.000Z');
let at = start;

const db = await database(t);
await db.collection('products').insertOne({ ...BAND_OF_THE_SHOP });
await db.collection('orders').insertOne({ orderNumber: 'GG-1', customerEmail: 'owner@example.com' });
const { app } = await build(t, { db, now: () => at, env: { STYLIST_SLA_MINUTES: String(SLA_MINUTES) } });

const tickets = db.collection('stylistTickets');
const email = 'ada@example.com';
const ask = (body: unknown) => call(app, PATH, body);

/** Each time a while later, so that the same words are a new wish. */
async function ticketOf(t: Test, body: object) {
  at = new Date(at.getTime() + 11 * 60_000);
  const response = await ask(body);
  t.equal(response.statusCode, 201, response.body);
  return tickets.findOne({ ticketId: response.json().ticketId }, { projection: { _id: 0 } });
}

async function upload(sessionId: string): Promise<string> {
  const parts = [
    { name: 'sessionId', value: sessionId },
    { name: 'file', fileName: 'ring.png', type: 'image/png', body: PNG },
  ];
  const response = await app.inject({
    method: 'POST',
    url: '/api/concierge/inspiration',
    ...form({ authorization: `Bearer ${KEY}` }, parts),
  });
  return response.json().inspirationId;
}

t.test('stylist: a ticket says all that was sent, and its copy is enqueued for the CRM', async (t) => {
  const response = await ask({
    sessionId: 'first',
    name: 'Ada Example',
    email,
    phone: '+1 202 555 0123',
    notes: 'Rose gold, by spring.',
    timePreference: 'Mornings',
    shortlist: [{ id: 'RNG-1', title: 'An old title', reason: 'Fits' }],
    transcript: [
      { role: 'user', content: 'Hello', timestamp: '2099-04-30T09:00:00.000Z', id: 'm1' },
      { role: 'concierge', text: 'Good morning' },
    ],
    uploads: ['insp_of-someone-else'],
    creatorId: 'creator-7',
    status: 'closed',
    requestId: 'stylist-6f9619ff',
  });
  t.equal(response.statusCode, 201);
  const { ticketId, message, ...answer } = bodyOf(response);
  t.match(ticketId, /^ST-[0-9A-Z]{4}-[0-9A-Z]{4}$/);
  t.match(message, new RegExp(String(ticketId)));
  // a Friday, 6 in the morning in New York: the studio opens at 10
  const dueAt = new Date('2099-05-01T15:30:00.000Z');
  const expected = { ok: true, status: 'open', slaMinutes: SLA_MINUTES, queuePosition: 1 };
  t.same(answer, { ...expected, dueAt: dueAt.toISOString() });

  const { deliveries, openKey, ...stored } = (await tickets.findOne(
    { ticketId },
    { projection: { _id: 0 } },
  )) ?? { deliveries: undefined, openKey: undefined };
  t.match(openKey, /^[\w-]{43}$/);
  t.same(stored, {
    ticketId,
    sessionId: 'first',
    status: 'open',
    priority: 'normal',
    priorityReasons: [],
    identity: 'claimed',
    version: 1,
    history: [{ at: start, by: 'customer', action: 'created' }],
    customerEmail: email,
    customerName: 'Ada Example',
    customerPhone: '+1 202 555 0123',
    searchTerms: ['ada example', 'ada', 'example', '+12025550123'],
    notes: 'Rose gold, by spring.',
    timePreference: 'Mornings',
    creatorId: 'creator-7',
    transcript: [
      { role: 'user', text: 'Hello', at: new Date('2099-04-30T09:00:00.000Z') },
      { role: 'concierge', text: 'Good morning' },
    ],
    shortlist: [BAND],
    inspirationIds: [],
    createdAt: start,
    updatedAt: start,
    dueAt,
    nextDeliveryAt: start,
  });
  t.match(deliveries, [
    { id: /^[0-9a-f-]{36}$/, to: 'crm', kind: 'ticket.create', state: 'pending', attempts: 0 },
  ]);
  t.equal(deliveries.length, 1);
});

t.test('stylist: what is left out or empty is not stored', async (t) => {
  const empty = {
    name: '',
    phone: '',
    notes: '',
    timePreference: '',
    creatorId: '',
    summary: ' ',
    transcript: '',
  };
  for (const body of [{}, empty]) {
    const ticket = await ticketOf(t, { sessionId: 'sparse', email, ...body });
    t.equal(ticket?.customerEmail, email);
    t.same(ticket?.transcript, []);
    for (const field of [
      'customerName',
      'customerPhone',
      'notes',
      'timePreference',
      'creatorId',
      'orderNumber',
    ])
      t.notOk(ticket && field in ticket, field);
  }
});

t.test('stylist: the email stands under three names, the newest first', async (t) => {
  const older = 'older@example.com';
  const cases: [body: object, expected: string][] = [
    [{ email }, email],
    [{ customerEmail: email }, email],
    [{ contact: { email } }, email],
    [{ email: '', customerEmail: '', contact: { email } }, email],
    [{ email, customerEmail: older, contact: { email: older } }, email],
    [{ customerEmail: email, contact: { email: older, phone: '1' } }, email],
  ];
  for (const [body, expected] of cases)
    t.equal(
      (await ticketOf(t, { sessionId: 'email', ...body }))?.customerEmail,
      expected,
      JSON.stringify(body),
    );
});

t.test('stylist: the notes stand under three names, the newest first', async (t) => {
  const cases: [body: object, expected: string | undefined][] = [
    [{ notes: 'N' }, 'N'],
    [{ summary: 'N' }, 'N'],
    [{ transcriptSummary: ' N ' }, 'N'],
    [{ notes: '', summary: '', transcriptSummary: 'N' }, 'N'],
    [{ notes: 'N', summary: 'older', transcriptSummary: 'oldest' }, 'N'],
    [{ notes: '' }, undefined],
  ];
  for (const [body, expected] of cases)
    t.equal(
      (await ticketOf(t, { sessionId: 'notes', email, ...body }))?.notes,
      expected,
      JSON.stringify(body),
    );
});

t.test('stylist: the conversation is messages or one text', async (t) => {
  const said = new Date('2099-04-30T09:00:00.000Z');
  const cases: [name: string, transcript: unknown, stored: object[]][] = [
    ['a text', 'Ada: hello\nConcierge: hi', [{ role: 'conversation', text: 'Ada: hello\nConcierge: hi' }]],
    ['a blank text', '  ', []],
    ['no message', [], []],
    ['content before text', [{ role: 'user', content: 'c', text: 't' }], [{ role: 'user', text: 'c' }]],
    ['an empty content', [{ role: 'user', content: '', text: 't' }], [{ role: 'user', text: 't' }]],
    [
      'no role',
      [{ content: 'c' }, { role: '', text: 't' }],
      [
        { role: 'user', text: 'c' },
        { role: 'user', text: 't' },
      ],
    ],
    [
      'a message that says nothing',
      [{ role: 'user' }, { role: 'stylist', text: 'ok' }],
      [{ role: 'stylist', text: 'ok' }],
    ],
    [
      'a time as milliseconds',
      [{ text: 't', timestamp: said.getTime() }],
      [{ role: 'user', text: 't', at: said }],
    ],
    ['a time that is none', [{ text: 't', timestamp: 'yesterday' }], [{ role: 'user', text: 't' }]],
    ['an empty time', [{ text: 't', timestamp: '' }], [{ role: 'user', text: 't' }]],
    [
      'a very long conversation, of which the end is kept',
      Array.from({ length: 250 }, (_, nth) => ({ text: `m${nth}` })),
      Array.from({ length: 200 }, (_, nth) => ({ role: 'user', text: `m${nth + 50}` })),
    ],
    ['more keys', [{ text: 't', payload: { $set: 1 }, 'a.b': 1 }], [{ role: 'user', text: 't' }]],
  ];
  for (const [name, transcript, stored] of cases)
    t.same((await ticketOf(t, { sessionId: 'talk', email, transcript }))?.transcript, stored, name);
});

const cleared = (inspirationId: string) =>
  db.collection('widgetInspiration').updateOne({ inspirationId }, { $set: { moderationStatus: 'clean' } });

t.test(
  'stylist: uploads are ids as texts or in objects; those of the session that are clean are linked',
  async (t) => {
    const [one, two, pending] = [await upload('uploads'), await upload('uploads'), await upload('uploads')];
    const foreign = await upload('someone');
    for (const id of [one, two, foreign]) await cleared(id);
    const cases: [uploads: unknown, ids: string[]][] = [
      [
        [one, two],
        [one, two],
      ],
      [
        [{ inspirationId: two, url: 'https://img.example.com', ok: true }, one],
        [two, one],
      ],
      [['', { inspirationId: '' }, {}, ` ${one} `], [one]],
      [[pending, foreign, 'insp_none', one], [one]],
      [[], []],
      [undefined, [one, two]],
    ];
    for (const [uploads, ids] of cases)
      t.same(
        (await ticketOf(t, { sessionId: 'uploads', email, uploads }))?.inspirationIds,
        ids,
        JSON.stringify(uploads),
      );
  },
);

t.test('stylist: what is not sent comes from the session', async (t) => {
  const sessionId = 'b7a3f0c1-5d2e-4c8b-9f6a-3e1d7c5b9a02';
  await call(app, '/api/concierge/shortlist', { sessionId, items: [{ id: 'RNG-1' }] });
  await call(app, '/api/concierge/orders/status', { sessionId, orderId: 'gg-1' });
  const messages = Array.from({ length: 25 }, (_, nth) => ({ id: `m${nth}`, content: `Message ${nth}` }));
  await app.inject({
    method: 'PUT',
    url: `/api/concierge/sessions/${sessionId}/messages`,
    headers: { authorization: `Bearer ${KEY}` },
    payload: { messages },
  });
  const ids = [await upload(sessionId), await upload(sessionId)];
  for (const id of ids) await cleared(id);
  const from = await ticketOf(t, { sessionId, email });
  t.same([from?.shortlist, from?.inspirationIds, from?.orderNumber], [[BAND], ids, 'GG-1']);
  t.same(
    from?.transcript,
    messages.slice(-20).map(({ content }) => ({ role: 'user', text: content })),
    'the last 20 messages',
  );

  const transcript = [{ text: 'Only this' }];
  const sent = await ticketOf(t, {
    sessionId,
    email,
    shortlist: [{ id: 'sketch' }],
    uploads: [],
    transcript,
  });
  t.same(
    [sent?.shortlist, sent?.inspirationIds, sent?.transcript],
    [[{ id: 'sketch', readyToShip: false, tags: [], badges: [] }], [], [{ role: 'user', text: 'Only this' }]],
    'what is sent counts',
  );

  const other = await ticketOf(t, { sessionId: 'someone-else', email });
  t.same([other?.shortlist, other?.inspirationIds], [[], []], 'nothing comes from the session of another');
  t.notOk(other && 'orderNumber' in other);
});

t.test('stylist: the number of a ticket stands on the order, once, whatever stood there', async (t) => {
  const orders = db.collection('orders');
  for (const [orderNumber, supportTickets] of [
    ['GG-10', undefined],
    ['GG-11', ['ST-OLD']],
    ['GG-12', 'called on Monday'],
  ] as const) {
    await orders.insertOne({ orderNumber, supportTickets });
    const sessionId = `of-${orderNumber}`;
    await call(app, '/api/concierge/orders/status', { sessionId, orderNumber });
    const ticket = await ticketOf(t, { sessionId, email });
    const again = await ask({ sessionId, email });
    t.equal(again.statusCode, 200);
    const before = Array.isArray(supportTickets) ? supportTickets : [];
    const order = await orders.findOne({ orderNumber });
    t.same(order?.supportTickets, [...before, ticket?.ticketId], orderNumber);
    if (typeof supportTickets === 'string') t.equal(order?.supportTicketsBefore, supportTickets);
    t.match(ticket?.deliveries, [{ to: 'crm' }, { to: 'orders', state: 'done' }]);
  }
});

t.test('stylist: a creator is known by code or id, and credited once while active', async (t) => {
  const creators = db.collection('creators');
  const { insertedId } = await creators.insertOne({
    creatorCode: 'AURORA10',
    status: 'active',
    metrics: { clicks: 7 },
    email: 'ines@example.com',
  });
  await creators.insertMany([{ creatorCode: 'PAUSED', status: 'paused' }, { creatorCode: 'BARE' }]);
  const cases: [sent: string, code: string | undefined, count: number | undefined][] = [
    ['aurora10', 'AURORA10', 1],
    ['AURORA10', 'AURORA10', 2],
    [insertedId.toHexString(), 'AURORA10', 3],
    ['BARE', 'BARE', 1],
    ['PAUSED', 'PAUSED', undefined],
    ['nobody', undefined, undefined],
    ['$where', undefined, undefined],
  ];
  for (const [creatorId, code, count] of cases) {
    const ticket = await ticketOf(t, { sessionId: 'creator', email, creatorId });
    await ask({ sessionId: 'creator', email, creatorId });
    t.equal(ticket?.creatorId, creatorId, 'as it was sent');
    t.equal(ticket?.creatorCode, code, creatorId);
    const creator = await creators.findOne({ creatorCode: code ?? creatorId });
    t.equal(creator?.metrics?.stylistTickets, count, creatorId);
    if (code === 'AURORA10') t.equal(creator?.metrics.clicks, 7, "the rest is the shop's");
  }
});

t.test('stylist: the same words within ten minutes are the same ticket, other words another', async (t) => {
  at = new Date(start.getTime() + 24 * 60 * 60_000);
  const body = { sessionId: 'double', email, notes: 'By spring, please.' };
  const answers = await Promise.all(Array.from({ length: 10 }, () => ask(body)));
  t.same(answers.map(({ statusCode }) => statusCode).sort(), [...Array(9).fill(200), 201]);
  t.equal(new Set(answers.map((answer) => answer.json().ticketId)).size, 1);
  const [first] = answers.map((answer) => answer.json().ticketId);
  t.equal(await tickets.countDocuments({ sessionId: 'double' }), 1);

  const more = await ask({ ...body, notes: 'By spring, in platinum.' });
  t.equal(more.statusCode, 201, 'what was said beyond is not lost');
  t.equal((await ask({ ...body, sessionId: 'another' })).statusCode, 201);
  t.equal((await ask({ ...body, phone: '+12025550123' })).statusCode, 201);

  at = new Date(at.getTime() + 10 * 60_000 - 1);
  t.equal((await ask({ ...body, email: email.toUpperCase() })).json().ticketId, first);
  at = new Date(at.getTime() + 1);
  const later = await ask(body);
  t.equal(later.statusCode, 201);
  t.not(later.json().ticketId, first);
  t.equal((await ask(body)).json().ticketId, later.json().ticketId);
});

t.test('stylist: a journey makes a ticket urgent, and the ticket says why', async (t) => {
  const orders = db.collection('orders');
  const shipping = { postalCode: '10001', deliveredAt: new Date(start.getTime() - 60_000) };
  const items = [{ sku: 'RNG-1', title: 'Aurora band', quantity: 1 }];
  await orders.insertOne({
    orderNumber: 'GG-20',
    customerEmail: email,
    status: 'delivered',
    shipping,
    items,
  });
  const sketch = (price: number) => ({ shortlist: [{ id: 'sketch', title: 'A sketch', price }] });

  const calm = await ticketOf(t, { sessionId: 'calm', email, ...sketch(9999) });
  t.has(calm, { priority: 'normal', priorityReasons: [], identity: 'claimed' });
  const rich = await ticketOf(t, { sessionId: 'rich', email, ...sketch(10_000) });
  t.has(rich, { priority: 'high', priorityReasons: ['high_value'] });
  const unhappy = { sessionId: 'unhappy', email };
  await call(app, '/api/analytics/csat', { sessionId: 'unhappy', rating: 'great' });
  t.has(await ticketOf(t, unhappy), { priority: 'normal' });
  await call(app, '/api/analytics/csat', { sessionId: 'unhappy', rating: 'poor' });
  t.has(await ticketOf(t, unhappy), { priority: 'urgent', priorityReasons: ['negative_csat'] });

  const sessionId = randomUUID();
  await call(app, '/api/concierge/orders/status', { sessionId, orderNumber: 'GG-20', email, zip: '10001' });
  t.has(await ticketOf(t, { sessionId, email }), { priority: 'normal', identity: 'verified' });
  const rma = await call(app, '/api/concierge/orders/returns', { sessionId, option: 'return' });
  t.equal(rma.statusCode, 201, rma.body);
  t.has(await ticketOf(t, { sessionId, email }), { priority: 'high', priorityReasons: ['open_return'] });
  t.has(await ticketOf(t, { sessionId, email, ...sketch(20_000) }), {
    priority: 'urgent',
    priorityReasons: ['open_return', 'high_value'],
  });
});

t.test('stylist: the place in the queue counts the open tickets before', async (t) => {
  const { app, db } = await build(t, { now: () => at });
  const place = async (minutes: number) => {
    at = new Date(start.getTime() + minutes * 60_000);
    const response = await call(app, PATH, { sessionId: 'queue', email, notes: `At ${minutes}` });
    return response.json().queuePosition;
  };
  t.equal(await place(0), 1);
  t.equal(await place(1), 2);
  t.equal(await place(2), 3);
  await db.collection('stylistTickets').updateOne({ createdAt: start }, { $set: { status: 'closed' } });
  t.equal(await place(3), 3, 'one has been answered');

  const many = Array.from({ length: 500 }, (_, nth) => ({
    ticketId: `T-${nth}`,
    status: 'open',
    createdAt: start,
  }));
  await db.collection('stylistTickets').insertMany(many);
  t.equal(await place(4), undefined, 'a very long queue is not counted');

  // the ticket is stored by then: to fail now would make the customer ask twice
  t.capture(app.collections.stylistTickets, 'countDocuments', async () => {
    throw new Error('not now');
  });
  const response = await call(app, PATH, { sessionId: 'uncounted', email });
  t.equal(response.statusCode, 201);
  t.equal(response.json().queuePosition, undefined);
  t.equal(await db.collection('stylistTickets').countDocuments({ sessionId: 'uncounted' }), 1);
  at = start;
});

t.test('stylist: what is not valid is refused with the field, and nothing is stored', async (t) => {
  const before = await tickets.countDocuments();
  const bad = { sessionId: 'bad', email };
  const cases: [name: string, body: unknown, path: string][] = [
    ['no email', { sessionId: 'bad', notes: 'Please call' }, '/email'],
    ['empty emails', { sessionId: 'bad', email: '', customerEmail: '', contact: { email: '' } }, '/email'],
    ['an email that is none', { ...bad, email: 'ada at example' }, '/email'],
    ['an older email that is none', { sessionId: 'bad', customerEmail: 'ada' }, '/customerEmail'],
    ['a nested email that is none', { sessionId: 'bad', contact: { email: 'ada' } }, '/contact/email'],
    ['an email that is an operator', { ...bad, email: { $ne: '' } }, '/email'],
    ['an email that is a list', { ...bad, email: [email] }, '/email'],
    ['no session', { email }, '/sessionId'],
    ['an empty session', { ...bad, sessionId: '' }, '/sessionId'],
    ['notes without end', { ...bad, notes: 'x'.repeat(100_001) }, '/notes'],
    ['a name that is an object', { ...bad, name: { first: 'Ada' } }, '/name'],
    ['a phone that is no whole number', { ...bad, phone: 1202555.5 }, '/phone'],
    ['101 pieces', { ...bad, shortlist: Array.from({ length: 101 }, () => ({ id: 'x' })) }, '/shortlist'],
    ['51 uploads', { ...bad, uploads: Array.from({ length: 51 }, () => 'x') }, '/uploads'],
    ['an upload that is a number', { ...bad, uploads: [7] }, '/uploads/0'],
    [
      'a conversation without end',
      { ...bad, transcript: Array.from({ length: 2001 }, () => ({ text: 'x' })) },
      '/transcript',
    ],
    ['a conversation that is a number', { ...bad, transcript: 7 }, '/transcript'],
  ];
  for (const [name, body, path] of cases)
    refused(t, await ask(body), { status: 400, code: 'request.invalid', path }, name);
  t.equal(await tickets.countDocuments(), before);
});

t.test('stylist: odd documents of the session do not keep a customer from a stylist', async (t) => {
  await db.collection('widgetSessions').insertOne({ sessionId: 'odd', expiresAt: new Date('2099-06-01') });
  await db.collection('widgetShortlists').insertOne({ sessionId: 'odd', updatedAt: start });
  const ticket = await ticketOf(t, { sessionId: 'odd', email });
  t.same([ticket?.shortlist, ticket?.inspirationIds, ticket?.transcript], [[], [], []]);
});

t.test('stylist: 20 tickets at once are 20 tickets with numbers of their own', async (t) => {
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, nth) => ask({ sessionId: `rush-${nth}`, email })),
  );
  t.same([...new Set(answers.map(({ statusCode }) => statusCode))], [201]);
  t.equal(new Set(answers.map((answer) => answer.json().ticketId)).size, 20);
  t.equal(await tickets.countDocuments({ sessionId: { $gte: 'rush-', $lt: 'rush.' } }), 20);
});
