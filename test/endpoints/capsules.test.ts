import t from 'tap';
import { build, call, database } from '../helper.js';
import { refused } from '../problem.js';

const PATH = '/api/concierge/capsule';
const HOUR_MS = 60 * 60_000;
// later than the real time, so that nothing stored here is old enough to be swept away
const start = new Date('2099-05-01T10:00:00.000Z');
const after = (ms: number) => new Date(start.getTime() + ms);
let at = start;

const db = await database(t);
await db.collection('products').insertMany([
  {
    name: 'Aurora band',
    category: 'ring',
    price: 1250,
    inventory: { sku: 'RNG-1' },
    metadata: { status: 'active' },
  },
  {
    name: 'Comet studs',
    category: 'earring',
    price: '320',
    inventory: { sku: 'EAR-1' },
    metadata: { status: 'active' },
  },
]);
const { app } = await build(t, { db, now: () => at });
t.afterEach(() => {
  at = start;
});

const hold = (body: unknown) => call(app, PATH, body);
const holds = db.collection('capsuleHolds');
const holdsOf = (sessionId: string) => holds.find({ sessionId }, { projection: { _id: 0 } }).toArray();
const ids = (items: { id: string }[]) => items.map(({ id }) => id);

const BAND = {
  id: 'RNG-1',
  title: 'Aurora band',
  price: 1250,
  currency: 'USD',
  category: 'ring',
  readyToShip: false,
  tags: [],
  badges: [],
};
const TWO = [{ id: 'RNG-1', reason: 'Fits the brief' }, { id: 'EAR-1' }];

t.test('a capsule is held for 48 hours, and a rendering of it is owed', async (t) => {
  const response = await hold({
    sessionId: 'first',
    shortlist: [{ id: 'RNG-1', title: 'An old title', score: 0.9 }],
    shortlistId: 'list_1',
    customerEmail: 'ada@example.com',
    requestId: 'capsule-6f9619ff',
    source: 'widget',
    status: 'expired',
  });
  t.equal(response.statusCode, 201);
  const { reservationId, message, ...answer } = response.json();
  t.match(reservationId, /^cap_[0-9a-f-]{36}$/);
  t.match(message, /48 hours/);
  const expiresAt = after(48 * HOUR_MS);
  t.same(answer, { capsuleId: reservationId, expiresAt: expiresAt.toISOString(), shortlistCount: 1 });

  const [document, ...others] = await holdsOf('first');
  t.same(others, []);
  const { deliveries, ...stored } = document ?? { deliveries: undefined };
  t.same(stored, {
    reservationId,
    sessionId: 'first',
    activeSessionId: 'first',
    items: [BAND],
    shortlistId: 'list_1',
    customerEmail: 'ada@example.com',
    status: 'active',
    extensions: 0,
    version: 1,
    history: [{ at: start, by: 'customer', action: 'created' }],
    createdAt: start,
    expiresAt,
    nextDeliveryAt: start,
  });
  t.match(deliveries, [
    { id: /^[0-9a-f-]{36}$/, to: 'render', kind: 'capsule.render', state: 'pending', attempts: 0 },
  ]);
  t.equal(deliveries.length, 1);
});

t.test('the pieces are those that are sent, else the saved shortlist', async (t) => {
  const save = (sessionId: string, items: object[]) =>
    call(app, '/api/concierge/shortlist', { sessionId, items });
  const saved = (await save('p-saved', [{ id: 'EAR-1' }])).json();
  await save('p-both', [{ id: 'EAR-1' }]);
  const cases: [sessionId: string, body: object, pieces: string[], shortlistId?: string][] = [
    ['p-shortlist', { shortlist: TWO }, ['RNG-1', 'EAR-1']],
    ['p-items', { items: TWO }, ['RNG-1', 'EAR-1']],
    ['p-names', { items: [{ productId: 'EAR-1', variantId: '' }, { sku: 'RNG-1' }] }, ['EAR-1', 'RNG-1']],
    ['p-both', { shortlist: [{ id: 'RNG-1' }], items: [{ id: 'X' }] }, ['RNG-1']],
    ['p-unknown', { shortlist: [{ id: 'one-of-a-kind', title: 'A sketch' }] }, ['one-of-a-kind']],
    ['p-twice', { shortlist: [...TWO, ...TWO] }, ['RNG-1', 'EAR-1']],
    ['p-saved', {}, ['EAR-1'], saved.shortlistId],
    ['p-empty-id', { shortlist: TWO, shortlistId: '' }, ['RNG-1', 'EAR-1']],
  ];
  for (const [sessionId, body, pieces, shortlistId] of cases) {
    const response = await hold({ sessionId, ...body });
    t.equal(response.statusCode, 201, sessionId);
    t.equal(response.json().shortlistCount, pieces.length, sessionId);
    const [document] = await holdsOf(sessionId);
    t.same(ids(document?.items), pieces, sessionId);
    t.equal(document?.shortlistId, shortlistId, sessionId);
  }
});

t.test('an email that is empty is not given', async (t) => {
  for (const customerEmail of ['', undefined]) {
    const sessionId = `email-${customerEmail}`;
    t.equal((await hold({ sessionId, shortlist: TWO, customerEmail })).statusCode, 201);
    const [document] = await holdsOf(sessionId);
    t.notOk(document && 'customerEmail' in document);
  }
});

t.test('nothing to hold is told in words for the customer, and nothing is stored', async (t) => {
  await call(app, '/api/concierge/shortlist', { sessionId: 'cleared', items: [] });
  await call(app, '/api/concierge/shortlist', { sessionId: 'has-some', items: TWO });
  const cases: [name: string, body: object][] = [
    ['no list and none saved', { sessionId: 'none' }],
    ['a saved list that has been cleared', { sessionId: 'cleared' }],
    ['an empty list, though one is saved', { sessionId: 'has-some', shortlist: [] }],
    ['empty items', { sessionId: 'none', items: [] }],
  ];
  for (const [name, body] of cases)
    refused(t, await hold(body), { status: 400, code: 'capsule.empty' }, name);
  const nameless = await hold({ sessionId: 'none', items: [{ id: 'RNG-101' }, { id: ' ' }] });
  refused(
    t,
    nameless,
    { status: 400, code: 'request.invalid', path: '/items/1' },
    'a piece with a blank name',
  );
  t.equal(await holds.countDocuments({ sessionId: { $in: ['none', 'cleared', 'has-some'] } }), 0);
});

t.test('what is not valid is refused with the field, and nothing is stored', async (t) => {
  const before = await holds.countDocuments();
  const bad = { sessionId: 'bad', shortlist: TWO };
  const many = Array.from({ length: 101 }, (_, nth) => ({ id: `P-${nth}` }));
  const cases: [name: string, body: unknown, path: string][] = [
    ['no session', { shortlist: TWO }, '/sessionId'],
    ['an empty session', { ...bad, sessionId: '' }, '/sessionId'],
    ['a session that is an operator', { ...bad, sessionId: { $gt: '' } }, '/sessionId'],
    ['an email that is none', { ...bad, customerEmail: 'ada.example.com' }, '/customerEmail'],
    ['an email that is an object', { ...bad, customerEmail: { $ne: '' } }, '/customerEmail'],
    [
      'an email that is too long',
      { ...bad, customerEmail: `${'a'.repeat(250)}@example.com` },
      '/customerEmail',
    ],
    ['101 pieces', { ...bad, shortlist: many }, '/shortlist'],
    ['101 items', { sessionId: 'bad', items: many }, '/items'],
    ['a piece without a name', { ...bad, shortlist: [{ title: 'x' }] }, '/shortlist/0'],
    ['a list that is a text', { ...bad, shortlist: 'RNG-1' }, '/shortlist'],
    ['a list id that is a number', { ...bad, shortlistId: 7 }, '/shortlistId'],
  ];
  for (const [name, body, path] of cases)
    refused(t, await hold(body), { status: 400, code: 'request.invalid', path }, name);
  t.equal(await holds.countDocuments(), before);
});

t.test('asking again gives the hold that there is, unchanged', async (t) => {
  const first = await hold({ sessionId: 'again', shortlist: TWO });
  const [before] = await holdsOf('again');
  at = after(48 * HOUR_MS - 1);
  for (const body of [
    { shortlist: TWO },
    { items: [{ id: 'X' }] },
    { shortlist: TWO, customerEmail: 'b@example.com' },
  ]) {
    const again = await hold({ sessionId: 'again', ...body });
    t.equal(again.statusCode, 200);
    const { message, ...same } = again.json();
    t.match(message, /still held/);
    t.has(first.json(), same, 'the same reservation, time and count');
  }
  t.same(await holdsOf('again'), [before], 'one rendering is owed, not several');
});

t.test('a hold whose time has passed makes room for a new one', async (t) => {
  const first = (await hold({ sessionId: 'expiry', shortlist: TWO })).json();
  at = after(48 * HOUR_MS);
  const second = await hold({ sessionId: 'expiry', shortlist: [{ id: 'EAR-1' }] });
  t.equal(second.statusCode, 201);
  t.not(second.json().reservationId, first.reservationId);
  t.has(second.json(), { shortlistCount: 1, expiresAt: after(96 * HOUR_MS).toISOString() });
  const [old, fresh] = await holds.find({ sessionId: 'expiry' }).sort({ createdAt: 1 }).toArray();
  t.has(old, { reservationId: first.reservationId, status: 'expired' });
  t.notOk(old && 'activeSessionId' in old);
  t.has(fresh, { status: 'active', activeSessionId: 'expiry' });
});

t.test('a hold that ends in the very moment in which it is asked for again makes room', async (t) => {
  const first = (await hold({ sessionId: 'moment', shortlist: TWO })).json();
  const { capsuleHolds } = app.collections;
  const find = capsuleHolds.findOne;
  t.capture(capsuleHolds, 'findOne', async (...args: Parameters<typeof find>) => {
    await holds.updateOne(
      { activeSessionId: 'moment' },
      { $set: { status: 'expired' }, $unset: { activeSessionId: '' } },
    );
    return find.apply(capsuleHolds, args);
  });
  const second = await hold({ sessionId: 'moment', shortlist: TWO });
  t.equal(second.statusCode, 201);
  t.not(second.json().reservationId, first.reservationId);
});

t.test('20 times at once is one active hold, before and after its expiry', async (t) => {
  const rush = () =>
    Promise.all(Array.from({ length: 20 }, () => hold({ sessionId: 'rush', shortlist: TWO })));
  for (const [nth, moment] of [start, after(48 * HOUR_MS)].entries()) {
    at = moment;
    const answers = await rush();
    const statuses = answers.map(({ statusCode }) => statusCode).sort();
    t.same(statuses, [...Array(19).fill(200), 201], 'one is new');
    t.equal(new Set(answers.map((answer) => answer.json().reservationId)).size, 1, 'one reservation');
    const active = await holds.find({ activeSessionId: 'rush' }).toArray();
    t.equal(active.length, 1);
    t.equal(active[0]?.deliveries.length, 1, 'one rendering');
    t.equal(await holds.countDocuments({ sessionId: 'rush' }), nth + 1);
  }
});

t.test('sessions do not share a hold', async (t) => {
  const answers = await Promise.all(['s-a', 's-b'].map((sessionId) => hold({ sessionId, shortlist: TWO })));
  t.same(
    answers.map(({ statusCode }) => statusCode),
    [201, 201],
  );
  t.not(answers[0]?.json().reservationId, answers[1]?.json().reservationId);
});
