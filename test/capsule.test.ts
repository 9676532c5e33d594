import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import t, { type Test } from 'tap';
import { chooseUnits, claimOf, unitOf } from '../src/domain/capsules/choose-units.js';
import { sha256 } from '../src/platform/keys/keys.js';
import { BAND, BAND_OF_THE_SHOP, bodyOf, build, call, database, KEY } from './helper.js';
import { declined, refused } from './problem.js';
import fc from './properties.js';

const PATH = '/api/concierge/capsule';
const HOUR_MS = 60 * 60_000;
// later than the real time, so that nothing stored here is old enough to be swept away
const start = new Date('2099-05-01T10:00:00.000Z');
const after = (ms: number) => new Date(start.getTime() + ms);
let at = start;

const db = await database(t);
await db.collection('products').insertMany([
  { ...BAND_OF_THE_SHOP },
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

const TWO = [{ id: 'RNG-1', reason: 'Fits the brief' }, { id: 'EAR-1' }];

t.test('capsule: a capsule is held for 48 hours, and a rendering of it is enqueued', async (t) => {
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
  const { reservationId, message, ...answer } = bodyOf(response);
  t.match(reservationId, /^cap_[0-9a-f-]{36}$/);
  t.match(message, /48 hours/);
  const expiresAt = after(48 * HOUR_MS);
  t.same(answer, {
    ok: true,
    capsuleId: reservationId,
    expiresAt: expiresAt.toISOString(),
    shortlistCount: 1,
  });

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
    { to: 'email', kind: 'capsule.reminder', payload: { expiresAt }, dueAt: after(42 * HOUR_MS) },
    { to: 'capsules', kind: 'capsule.expire', dueAt: expiresAt },
  ]);
  t.equal(deliveries.length, 3);
});

t.test('capsule: the pieces are those that are sent, else the saved shortlist', async (t) => {
  const save = (sessionId: string, items: object[]) =>
    call(app, '/api/concierge/shortlist', { sessionId, items });
  const saved = (await save('p-saved', [{ id: 'EAR-1' }])).json();
  await save('p-both', [{ id: 'EAR-1' }]);
  const cases: [sessionId: string, body: object, pieces: string[], shortlistId?: string][] = [
    ['p-shortlist', { shortlist: TWO }, ['RNG-1', 'EAR-1']],
    ['p-items', { items: TWO }, ['RNG-1', 'EAR-1']],
    ['p-names', { items: [{ productId: 'EAR-1', variantId: '' }, { sku: 'RNG-1' }] }, ['EAR-1', 'RNG-1']],
    ['p-both', { shortlist: [{ id: 'RNG-1' }], items: [{ id: 'X' }] }, ['RNG-1']],
    ['p-left-over', { shortlist: [], items: TWO }, ['RNG-1', 'EAR-1']],
    ['p-left-over-too', { shortlist: TWO, items: [] }, ['RNG-1', 'EAR-1']],
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

t.test('capsule: an email that is empty is not given', async (t) => {
  for (const customerEmail of ['', undefined]) {
    const sessionId = `email-${customerEmail}`;
    t.equal((await hold({ sessionId, shortlist: TWO, customerEmail })).statusCode, 201);
    const [document] = await holdsOf(sessionId);
    t.notOk(document && 'customerEmail' in document);
    t.notMatch(JSON.stringify(document?.deliveries), /reminder/);
  }
});

t.test('capsule: nothing to hold is told in words for the customer, and nothing is stored', async (t) => {
  await call(app, '/api/concierge/shortlist', { sessionId: 'cleared', items: [] });
  await call(app, '/api/concierge/shortlist', { sessionId: 'has-some', items: TWO });
  const cases: [name: string, body: object][] = [
    ['no list and none saved', { sessionId: 'none' }],
    ['a saved list that has been cleared', { sessionId: 'cleared' }],
    ['an empty list, though one is saved', { sessionId: 'has-some', shortlist: [] }],
    ['two empty lists', { sessionId: 'has-some', shortlist: [], items: [] }],
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

t.test('capsule: what is not valid is refused with the field, and nothing is stored', async (t) => {
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

t.test('capsule: asking again gives the hold that there is, unchanged', async (t) => {
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
    const { message, ...same } = bodyOf(again);
    t.match(message, /still held/);
    t.has(first.json(), same, 'the same reservation, time and count');
  }
  t.same(await holdsOf('again'), [before], 'one rendering is enqueued, not several');
});

t.test('capsule: a hold whose time has passed makes room for a new one', async (t) => {
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

t.test(
  'capsule: a hold that ends in the very moment in which it is asked for again makes room',
  async (t) => {
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
  },
);

t.test('capsule: 20 times at once is one active hold, before and after its expiry', async (t) => {
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
    t.equal(active[0]?.deliveries.length, 2, 'one rendering, and one end');
    t.equal(await holds.countDocuments({ sessionId: 'rush' }), nth + 1);
  }
});

t.test('capsule: sessions do not share a hold', async (t) => {
  const answers = await Promise.all(['s-a', 's-b'].map((sessionId) => hold({ sessionId, shortlist: TWO })));
  t.same(
    answers.map(({ statusCode }) => statusCode),
    [201, 201],
  );
  t.not(answers[0]?.json().reservationId, answers[1]?.json().reservationId);
});

/** A shop with so many of a ring on its shelf, and a service that hands on what is due when the test says so. */
async function shop(t: Test, available: number, env: NodeJS.ProcessEnv = {}) {
  const db = await database(t);
  const products = db.collection('products');
  const piece = (sku: string, inventory: object, readyToShip = true) => ({
    name: sku,
    category: 'ring',
    price: 100,
    inventory: { sku, ...inventory },
    updatedAt: new Date(0),
    metadata: { status: 'active', readyToShip },
  });
  await products.insertMany([
    piece('LAST', { available, quantity: 50 }),
    piece('MADE', { available: 0, isCustomMade: true }, false),
    piece('UNCOUNTED', {}),
  ]);
  const { app } = await build(t, {
    db,
    now: () => at,
    env: {
      DISPATCHER: 'inline',
      DELIVERY_POLL_MS: '60000',
      OVERLOAD_IN_FLIGHT: '0',
      ...env,
    },
  });
  const holds = db.collection('capsuleHolds');
  const ask = (sessionId: string, ...ids: string[]) =>
    call(app, PATH, { sessionId, shortlist: ids.map((id) => ({ id })) });
  const restock = async (count: number) => {
    const $set = { 'inventory.available': count, updatedAt: new Date() };
    await products.updateOne({ 'inventory.sku': 'LAST' }, { $set });
    await app.catalogue.refresh();
  };
  const claims = async (): Promise<string[]> => {
    const held = await holds.find({ claims: { $gt: '' } }).toArray();
    return held.flatMap((document) => document.claims);
  };
  return { app, db, holds, ask, restock, claims, products };
}

const change = (app: FastifyInstance, id: string, body: object, key = KEY) =>
  app.inject({
    method: 'PATCH',
    url: `/api/concierge/capsules/${id}`,
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    payload: JSON.stringify(body),
  });

t.test(
  'capsule: 200 requests at once for the last 5 pieces: 5 are held, and all come back when they expire',
  async (t) => {
    const { app, holds, ask, claims, products } = await shop(t, 5);
    const before = await products.findOne({ 'inventory.sku': 'LAST' });
    const answers = await Promise.all(Array.from({ length: 200 }, (_, nth) => ask(`rush-${nth}`, 'LAST')));
    const statuses = answers.map(({ statusCode }) => statusCode);
    t.equal(statuses.filter((status) => status === 201).length, 5);
    t.equal(answers.filter((answer) => answer.json().reason === 'sold_out').length, 195);
    t.same(
      (await claims()).sort(),
      [1, 2, 3, 4, 5].map((unit) => `LAST/${unit}`),
      'never more, none twice',
    );
    t.equal(await holds.countDocuments(), 5, 'a refusal leaves nothing behind');

    at = after(48 * HOUR_MS - 1);
    await app.dispatcher.drain();
    t.equal((await claims()).length, 5, 'not a moment too soon');
    at = after(48 * HOUR_MS);
    await app.dispatcher.drain();
    t.same(await claims(), [], 'all are given back');
    const ended = await holds.find().toArray();
    for (const hold of ended) {
      t.has(hold, { status: 'expired', version: 2 });
      t.match(hold.history, [{ action: 'created' }, { action: 'expired', by: 'service', at }]);
      t.notOk('activeSessionId' in hold || 'nextDeliveryAt' in hold);
    }
    t.equal((await ask('next', 'LAST')).statusCode, 201, 'and can be held again');
    t.same(await products.findOne({ 'inventory.sku': 'LAST' }), before, 'the catalogue is not written');
  },
);

t.test('capsule: what is off the shelf is counted; what is made, or not counted, is not', async (t) => {
  const { holds, ask, claims, restock } = await shop(t, 1);
  for (const nth of [1, 2, 3]) t.equal((await ask(`made-${nth}`, 'MADE', 'UNCOUNTED')).statusCode, 201);
  t.same(await claims(), []);
  t.equal((await ask('one', 'LAST', 'MADE')).statusCode, 201);
  const refusal = await ask('two', 'MADE', 'LAST');
  declined(t, refusal, 'sold_out');
  t.match(refusal.json().errors, [{ path: '/shortlist/1', message: /LAST/ }]);
  t.equal(await holds.countDocuments({ sessionId: 'two' }), 0, 'not a part of it is held');
  await restock(2);
  t.equal((await ask('two', 'MADE', 'LAST')).statusCode, 201);
  await restock(0);
  declined(t, await ask('three', 'LAST'), 'sold_out');
});

t.test('capsule: pieces that are not on sale are named, each of them, and nothing is held', async (t) => {
  const { holds, ask, products, app } = await shop(t, 5);
  await products.updateOne(
    { 'inventory.sku': 'MADE' },
    { $set: { 'metadata.status': 'archived', updatedAt: at } },
  );
  await app.catalogue.refresh();
  const answer = await ask('s', 'LAST', 'MADE', 'one-of-a-kind');
  declined(t, answer, 'not_on_sale');
  t.match(answer.json(), {
    errors: [
      { path: '/shortlist/1', message: 'MADE is not on sale' },
      { path: '/shortlist/2', message: 'one-of-a-kind is not on sale' },
    ],
  });
  t.equal(await holds.countDocuments(), 0);
});

t.test('capsule: two sizes of a ring are two pieces of the shelf', async (t) => {
  const { app, claims } = await shop(t, 3);
  const sizes = ['6', '7'].map((variantId) => ({ id: 'LAST', variantId }));
  t.equal((await call(app, PATH, { sessionId: 'a', shortlist: sizes })).statusCode, 201);
  t.equal((await claims()).length, 2);
  declined(t, await call(app, PATH, { sessionId: 'b', shortlist: sizes }), 'sold_out');
  t.equal((await claims()).length, 2);
});

t.test('capsule: what has expired and nobody has seen to does not keep a piece from the next', async (t) => {
  const { holds, ask } = await shop(t, 1, { DISPATCHER: 'off' });
  t.equal((await ask('first', 'LAST')).statusCode, 201);
  at = after(48 * HOUR_MS);
  t.equal((await ask('second', 'LAST')).statusCode, 201);
  t.match(await holds.findOne({ sessionId: 'first' }), { status: 'expired' });
});

t.test('capsule: a customer extends a hold by a day, twice, and releases it', async (t) => {
  const { app, holds, ask, claims } = await shop(t, 1);
  const sessionId = 'own';
  const { reservationId: id } = (
    await call(app, PATH, { sessionId, shortlist: [{ id: 'LAST' }], customerEmail: 'ada@example.com' })
  ).json();
  at = after(41 * HOUR_MS);
  const once = await change(app, id, { action: 'extend', sessionId, version: 1 });
  t.equal(once.statusCode, 200);
  const { message, ...record } = bodyOf(once);
  t.match(message, /another day/);
  const expiresAt = after(72 * HOUR_MS).toISOString();
  t.same(record, { ok: true, reservationId: id, status: 'active', extensions: 1, version: 2, expiresAt });
  const double = await change(app, id, { action: 'extend', sessionId, version: 1 });
  refused(t, double, { status: 409, code: 'capsule.change_not_allowed' }, 'a double click');
  t.equal(double.json().reason, 'changed');

  at = after(49 * HOUR_MS);
  await app.dispatcher.drain();
  t.match(await holds.findOne(), { status: 'active' }, 'its first end has passed, and it goes on');
  declined(t, await ask('other', 'LAST'), 'sold_out');
  t.equal((await change(app, id, { action: 'extend', sessionId })).statusCode, 200);
  const third = await change(app, id, { action: 'extend', sessionId });
  declined(t, third, 'extended_twice');

  t.has((await change(app, id, { action: 'release', sessionId })).json(), { status: 'released', version: 4 });
  t.same(await claims(), [], 'the piece is free at once');
  t.has((await change(app, id, { action: 'release', sessionId })).json(), { status: 'released', version: 4 });
  declined(t, await change(app, id, { action: 'extend', sessionId }), 'ended');
  const { history, deliveries } = (await holds.findOne()) ?? { history: [], deliveries: [] };
  t.match(
    history.map(({ action, by }: { action: string; by: string }) => `${by} ${action}`),
    ['created', 'extended', 'extended', 'released'].map((action) => `customer ${action}`),
  );
  const reminders = deliveries.filter(({ kind }: { kind: string }) => kind === 'capsule.reminder');
  t.same(
    reminders.map(({ payload }: { payload: { expiresAt: Date } }) => payload.expiresAt),
    [48, 72, 96].map((hours) => after(hours * HOUR_MS)),
    'each end has a reminder, of which only that of the last end is sent',
  );
  t.equal((await ask('other', 'LAST')).statusCode, 201);
});

t.test('capsule: 10 extensions at once are 2, and 10 releases are one', async (t) => {
  const { app, holds, ask } = await shop(t, 1);
  const { reservationId: id } = (await ask('own', 'LAST')).json();
  const all = (action: string) =>
    Promise.all(Array.from({ length: 10 }, () => change(app, id, { action, sessionId: 'own' })));
  const extended = (await all('extend')).map((answer) => answer.json().ok);
  t.equal(extended.filter(Boolean).length, 2);
  t.match(await holds.findOne(), { extensions: 2, version: 3, expiresAt: after(96 * HOUR_MS) });
  t.same([...new Set((await all('release')).map(({ statusCode }) => statusCode))], [200]);
  t.match(await holds.findOne(), { status: 'released', version: 4 });
});

t.test('capsule: who may change a hold', async (t) => {
  const file = join(t.testdir({}), 'keys.json');
  const staff = 'staff-key-of-the-atelier';
  await writeFile(
    file,
    JSON.stringify([{ id: 'atelier', sha256: sha256(staff), scopes: ['capsules:manage'] }]),
  );
  const { app, db, ask } = await shop(t, 3, { CONCIERGE_API_KEYS_FILE: file });
  const { reservationId: id } = (await ask('own', 'LAST')).json();
  const cases: [name: string, body: object, key: string, expected: Parameters<typeof refused>[2]][] = [
    [
      'another session',
      { action: 'release', sessionId: 'other' },
      KEY,
      { status: 404, code: 'capsule.not_found' },
    ],
    ['no session', { action: 'release' }, KEY, { status: 400, code: 'request.invalid', path: '/sessionId' }],
    [
      'a purchase by the customer',
      { action: 'convert', sessionId: 'own' },
      KEY,
      { status: 403, code: 'auth.missing_scope' },
    ],
    [
      'the staff without a name',
      { action: 'release' },
      staff,
      { status: 400, code: 'request.invalid', path: '/by' },
    ],
    [
      'no such action',
      { action: 'steal', sessionId: 'own' },
      KEY,
      { status: 400, code: 'request.invalid', path: '/action' },
    ],
  ];
  for (const [name, body, key, expected] of cases)
    refused(t, await change(app, id, body, key), expected, name);
  refused(t, await change(app, 'cap_none', { action: 'release', sessionId: 'own' }), {
    status: 404,
    code: 'capsule.not_found',
  });

  const bought = await change(app, id, { action: 'convert', by: 'Ines', note: 'In the shop' }, staff);
  t.has(bought.json(), { status: 'converted', version: 2 });
  t.match(await db.collection('capsuleHolds').findOne({ reservationId: id }), {
    history: [{ by: 'customer' }, { by: 'Ines', action: 'converted', note: 'In the shop' }],
  });
  t.match(await db.collection('auditLog').find().toArray(), [
    { key: 'atelier', by: 'Ines', action: 'capsule.convert', target: id },
  ]);
});

t.test('capsule: the numbers that a hold claims', async (t) => {
  const first = () => 0;
  const cases: [available: number, taken: number[], wanted: number, chosen: number[] | undefined][] = [
    [5, [], 1, [1]],
    [5, [], 2, [1, 2]],
    [5, [1, 2], 1, [3]],
    [5, [1, 2, 3, 4, 5], 1, undefined],
    [5, [1, 2, 3, 4], 2, undefined],
    [0, [], 1, undefined],
    [5, [7, 8, 9, 10], 1, [1]],
    [5, [1, 7, 8, 9], 1, [2]],
    [2, [2, 5], 1, undefined],
    [3, [3, 5], 1, [1]],
    [5, [1, 7, 8, 9, 10], 1, undefined],
    [5, [6, 7, 8, 9, 10], 1, undefined],
  ];
  for (const [available, taken, wanted, chosen] of cases)
    t.same(
      chooseUnits(available, new Set(taken), wanted, first),
      chosen,
      JSON.stringify([available, taken, wanted]),
    );
  t.equal(unitOf('A', claimOf('A', 12)), 12);
  t.equal(unitOf('A', claimOf('A/1', 2)), undefined, 'a SKU that begins like another');

  // two that have seen the same, of which the index lets both through only if they have chosen different numbers
  const scene = fc.tuple(
    fc.nat(8),
    fc.uniqueArray(fc.integer({ min: 1, max: 12 })),
    fc.array(fc.double({ min: 0, max: 0.999, noNaN: true }), { minLength: 2, maxLength: 2 }),
  );
  fc.assert(
    fc.property(scene, ([available, numbers, dice]) => {
      const taken = new Set(numbers);
      const chosen = dice.map((die) => chooseUnits(available, taken, 1, () => die)?.[0]);
      const after = new Set([...taken, ...chosen.filter((unit) => unit !== undefined)]);
      t.ok(after.size <= Math.max(available, taken.size));
    }),
    { numRuns: 200 },
  );
});

t.test(
  'capsule: strangers with any number of sessions hold no more than their share of a piece',
  async (t) => {
    for (const [available, percent, held] of [
      [6, '50', 3],
      [5, '50', 3],
      [1, '50', 1],
      [10, '80', 8],
    ] as const) {
      const { ask, claims } = await shop(t, available, { CAPSULE_HOLDS_PERCENT: percent });
      for (let nth = 0; nth < held; nth++) t.equal((await ask(`stranger-${nth}`, 'LAST')).statusCode, 201);
      declined(t, await ask('one-more', 'LAST'), 'sold_out', `${held} of ${available}`);
      t.equal((await claims()).length, held);
    }
  },
);

t.test('capsule: an address that many holds name is reminded of three of them', async (t) => {
  const { app, holds } = await shop(t, 10);
  for (let nth = 0; nth < 6; nth++)
    t.equal(
      (
        await call(app, PATH, {
          sessionId: `reminded-${nth}`,
          shortlist: [{ id: 'LAST' }],
          customerEmail: 'victim@example.com',
        })
      ).statusCode,
      201,
    );
  t.equal(await holds.countDocuments({ customerEmail: 'victim@example.com' }), 3);
  t.equal(await holds.countDocuments(), 6, 'and all of them are held');
});
