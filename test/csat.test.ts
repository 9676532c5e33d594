import t from 'tap';
import { bodyOf, build, call, database } from './helper.js';
import { refused } from './problem.js';

const PATH = '/api/analytics/csat';
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
// later than the real time, so that nothing stored here is old enough to be swept away
const start = new Date('2099-05-01T10:00:00.000Z');
const later = new Date('2099-05-01T11:00:00.000Z');
let at = start;

const { app, db } = await build(t, { db: await database(t), now: () => at });
t.afterEach(() => {
  at = start;
});

const ratings = db.collection('csatFeedback');
const orders = db.collection('orders');
const rate = (body: unknown) => call(app, PATH, body);
const stored = (sessionId: string) => ratings.findOne({ sessionId }, { projection: { _id: 0 } });
const order = (orderNumber: string) => orders.findOne({ orderNumber });

t.test('csat: every word and number is its score, and low scores need a follow-up', async (t) => {
  const cases: [rating: unknown, score: number][] = [
    ['great', 5],
    ['good', 4],
    ['okay', 3],
    ['needs_follow_up', 2],
    ['poor', 1],
    [1, 1],
    [2, 2],
    [3, 3],
    [4, 4],
    [5, 5],
    [4.0, 4],
    ['1', 1],
    ['4', 4],
    ['5', 5],
  ];
  for (const [rating, score] of cases)
    for (const field of ['rating', 'score']) {
      const sessionId = `word-${field}-${typeof rating}-${rating}`;
      const response = await rate({ sessionId, [field]: rating });
      const needsFollowUp = score <= 2;
      const name = `${field}: ${JSON.stringify(rating)}`;
      t.equal(response.statusCode, 200, name);
      t.has(response.json(), { ok: true, score, needsFollowUp }, name);
      t.match(response.json().message, needsFollowUp ? /sorry.*in touch/ : /Thank you/, name);
      t.has(await stored(sessionId), { score, needsFollowUp }, `${name}, stored`);
    }
});

t.test('csat: a rating is answered and stored, and without an order nothing is enqueued', async (t) => {
  const response = await rate({
    sessionId: 'first',
    rating: 'great',
    notes: ' Lovely ',
    intent: 'track_order',
    requestId: 'csat-6f9619ff',
    feedbackId: 'csat_mine',
    needsFollowUp: true,
  });
  const { feedbackId, ...answer } = bodyOf(response);
  t.match(feedbackId, /^csat_[0-9a-f-]{36}$/);
  const message = 'Thank you for telling us.';
  t.same(answer, { ok: true, score: 5, needsFollowUp: false, message, updatedAt: start.toISOString() });
  t.same(await stored('first'), {
    feedbackId,
    sessionId: 'first',
    intent: 'track_order',
    score: 5,
    notes: 'Lovely',
    notesUntil: new Date('2099-07-30T10:00:00.000Z'),
    needsFollowUp: false,
    day: '2099-05-01',
    version: 1,
    history: [{ at: start, by: 'customer', action: 'rated', note: '5 of 5' }],
    createdAt: start,
    timestamp: start,
    deliveries: [],
  });
});

t.test('csat: older names and empty texts', async (t) => {
  const cases: [name: string, body: object, kept: object, absent: string[]][] = [
    ['score for rating', { score: 2 }, { score: 2, intent: 'general' }, ['notes', 'orderNumber']],
    ['rating before score', { rating: 'good', score: 1 }, { score: 4 }, []],
    ['an empty rating beside a score', { rating: '', score: 4 }, { score: 4 }, []],
    ['an empty score beside a rating', { rating: 'poor', score: '' }, { score: 1 }, []],
    ['comment for notes', { rating: 3, comment: 'Fine' }, { notes: 'Fine' }, []],
    ['notes before comment', { rating: 3, notes: 'N', comment: 'C' }, { notes: 'N' }, []],
    ['empty notes beside a comment', { rating: 3, notes: '', comment: 'C' }, { notes: 'C' }, []],
    [
      'empty texts',
      { rating: 3, notes: '', comment: ' ', intent: '', orderNumber: '' },
      { intent: 'general' },
      ['notes', 'orderNumber', 'nextDeliveryAt'],
    ],
  ];
  for (const [nth, [name, body, kept, absent]] of cases.entries()) {
    t.equal((await rate({ sessionId: `older-${nth}`, ...body })).statusCode, 200, name);
    const document = await stored(`older-${nth}`);
    t.has(document, kept, name);
    for (const field of absent) t.notOk(document && field in document, `${name}: no ${field}`);
  }
});

t.test('csat: rating the same conversation and intent again replaces the rating', async (t) => {
  await orders.insertOne({ orderNumber: 'GG-50' });
  const sessionId = 'again';
  const first = (await rate({ sessionId, rating: 'poor', notes: 'Too late', orderNumber: 'GG-50' })).json();
  const told = (await stored(sessionId))?.deliveries.find(({ to }: { to: string }) => to === 'crm');
  at = later;
  const second = bodyOf(await rate({ sessionId, rating: 'good' }));
  t.equal(second.feedbackId, first.feedbackId, 'its id stays');
  t.same(await stored(sessionId), {
    feedbackId: first.feedbackId,
    sessionId,
    intent: 'general',
    score: 4,
    needsFollowUp: false,
    day: '2099-05-01',
    version: 2,
    history: [
      { at: start, by: 'customer', action: 'rated', note: '1 of 5' },
      { at: later, by: 'customer', action: 'rated again', note: '4 of 5' },
    ],
    createdAt: start,
    timestamp: later,
    // nobody gets in touch about what has meanwhile been rated well
    deliveries: [{ ...told, state: 'skipped', lastError: 'The customer has rated again, and better' }],
  });
  const repeat = await rate({ sessionId, rating: 'good' });
  t.same(bodyOf(repeat), second, 'the same again is harmless');

  await rate({ sessionId, rating: 'poor', intent: 'returns' });
  await rate({ sessionId: 'again-too', rating: 'okay' });
  t.equal(await ratings.countDocuments({ sessionId }), 2, 'another intent has a rating of its own');
  t.equal(await ratings.countDocuments({ sessionId: 'again-too' }), 1, 'and so has another session');
});

t.test('csat: an order gets the score, under any spelling of its number', async (t) => {
  await orders.insertMany([
    { orderNumber: 'GG-100', status: 'delivered', csatRating: 'unknown', items: 'none' },
    { orderNumber: 'GG-101' },
  ]);
  const typed = ['GG-100', ' gg-100 ', 'gg100', '#GG-100', 'GG 100'];
  for (const [nth, orderNumber] of typed.entries()) {
    const score = (nth % 5) + 1;
    await rate({ sessionId: `order-${nth}`, score, orderNumber });
    const document = await stored(`order-${nth}`);
    t.equal(document?.orderNumber, 'GG-100', `${orderNumber} is kept as the shop writes it`);
    t.match(document?.deliveries[0], {
      id: UUID,
      to: 'orders',
      kind: /^order\./,
      state: 'done',
      attempts: 1,
      doneAt: start,
    });
    if (score > 2) t.notOk(document && 'nextDeliveryAt' in document, 'nothing is left to deliver');
    t.has(await order('GG-100'), { status: 'delivered', csatRating: score, items: 'none' });
  }
  t.notOk((await order('GG-101'))?.csatRating, 'no other order');
});

t.test('csat: a number that is no order of the shop is harmless', async (t) => {
  const before = await orders.countDocuments();
  for (const [nth, orderNumber] of ['GG-999', '$where', '__proto__', '.*', '{"$gt":""}'].entries()) {
    const response = await rate({ sessionId: `unknown-${nth}`, rating: 'okay', orderNumber });
    t.equal(response.statusCode, 200, orderNumber);
    const document = await stored(`unknown-${nth}`);
    t.same(document?.deliveries, []);
    t.notOk(document && 'orderNumber' in document);
  }
  t.equal(await orders.countDocuments(), before, 'no order is made up');
});

t.test('csat: an effect on the order that fails stays pending, and the rating is kept', async (t) => {
  const { app, db } = await build(t, { now: () => at });
  const orders = db.collection('orders');
  await orders.insertMany([{ orderNumber: 'GG-1' }, { orderNumber: 'GG-2', csatRating: 2 }]);
  // the database refuses a second order with that score
  await orders.createIndex({ csatRating: 1 }, { unique: true, sparse: true });
  const body = { sessionId: 'enqueued', rating: 'needs_follow_up', orderNumber: 'GG-1' };
  const response = await call(app, PATH, body);
  t.equal(response.statusCode, 200);
  t.has(response.json(), { ok: true, score: 2, needsFollowUp: true });
  t.match(await db.collection('csatFeedback').findOne({ sessionId: 'enqueued' }), {
    score: 2,
    orderNumber: 'GG-1',
    deliveries: [{ id: UUID, to: 'orders', kind: /^order\./, state: 'pending', attempts: 0 }, { to: 'crm' }],
    nextDeliveryAt: Date,
  });

  await orders.dropIndex('csatRating_1');
  await call(app, PATH, body);
  const document = await db.collection('csatFeedback').findOne({ sessionId: 'enqueued' });
  t.match(document?.deliveries, [{ to: 'orders', state: 'done', attempts: 1 }, { to: 'crm' }], 'finished');
  t.equal(document?.deliveries.length, 2);
  t.equal((await orders.findOne({ orderNumber: 'GG-1' }))?.csatRating, 2);
});

t.test(
  'csat: what an earlier rating still does never marks a later one, even of the same millisecond',
  async (t) => {
    const { app, db } = await build(t, { now: () => start });
    await db.collection('orders').insertOne({ orderNumber: 'GG-1' });
    const update = app.collections.orders.updateOne;
    let overtaken = false;
    t.capture(app.collections.orders, 'updateOne', async (...args: Parameters<typeof update>) => {
      if (!overtaken) {
        overtaken = true;
        await call(app, PATH, { sessionId: 'tie', rating: 'great' });
      }
      return update.apply(app.collections.orders, args);
    });
    await call(app, PATH, { sessionId: 'tie', rating: 'poor', orderNumber: 'GG-1' });
    const document = await db.collection('csatFeedback').findOne({ sessionId: 'tie' });
    t.equal(document?.score, 5);
    t.match(document?.deliveries, [{ to: 'crm', state: 'skipped' }]);
    t.equal(document?.deliveries.length, 1);
  },
);

t.test('csat: the team is told once of a customer who is not content, whatever follows', async (t) => {
  const sessionId = 'unhappy';
  const deliveries = async () => (await stored(sessionId))?.deliveries ?? [];
  await rate({ sessionId, rating: 'poor', notes: 'Nobody answers' });
  t.has(await stored(sessionId), { followUp: { status: 'open', at: start }, version: 1 });
  t.match(await deliveries(), [{ to: 'crm', kind: 'followup.create', state: 'pending' }]);

  at = later;
  await rate({ sessionId, rating: 'needs_follow_up' });
  t.has(await stored(sessionId), { score: 2, followUp: { status: 'open', at: later }, version: 2 });
  t.equal((await deliveries()).length, 1, 'and not again for another low rating');

  await rate({ sessionId, rating: 'great' });
  t.notOk((await stored(sessionId))?.followUp, 'a good rating closes it');
  t.match(await deliveries(), [{ state: 'skipped' }]);

  await rate({ sessionId, rating: 'poor' });
  t.match(await deliveries(), [{ state: 'skipped' }, { state: 'pending' }], 'who was not told yet is told');

  await ratings.updateOne(
    { sessionId },
    { $set: { deliveries: [{ ...(await deliveries())[1], state: 'done' }] } },
  );
  await rate({ sessionId, rating: 'great' });
  await rate({ sessionId, rating: 'poor' });
  t.match(await deliveries(), [{ state: 'done' }]);
  t.equal((await deliveries()).length, 1, 'who was told is not told again');
});

t.test('csat: calls are counted as events, without what names a person', async (t) => {
  const { app, db } = await build(t, { now: () => at });
  await db.collection('orders').insertOne({ orderNumber: 'GG-1' });
  const body = {
    sessionId: 'counted',
    rating: 'poor',
    notes: 'Call me: ada@example.com',
    orderNumber: 'GG-1',
  };
  const headers = { 'x-request-id': 'csat-counted-1', 'idempotency-key': 'counted-1' };
  await call(app, PATH, body, headers);
  await call(app, PATH, body, headers);
  await call(app, PATH, body, { ...headers, 'x-request-id': 'csat-counted-2' });
  await call(app, PATH, { sessionId: 'counted', rating: 'superb' });
  await app.analytics.flush();
  const [event, ...others] = await db.collection('analyticsEvents').find().toArray();
  t.same(others, [], 'repeats, and what is not valid, are not counted');
  const { _id, ...rest } = event ?? {};
  t.same(rest, {
    event: 'aurora_csat_submitted',
    day: '2099-05-01',
    at: start,
    createdAt: start,
    source: 'service',
    sessionId: 'counted',
    intent: 'csat',
    requestId: 'csat-counted-1',
    success: true,
    properties: { score: 1 },
    deliveries: [],
  });
});

t.test('csat: what is not a rating is refused with the field, and nothing is stored', async (t) => {
  const before = await ratings.countDocuments();
  const bad = { sessionId: 'bad', rating: 'good' };
  const cases: [name: string, body: unknown, path: string][] = [
    ['no rating', { sessionId: 'bad', notes: 'x' }, ''],
    ['an empty rating', { sessionId: 'bad', rating: '' }, '/rating'],
    ['an unknown word', { ...bad, rating: 'superb' }, '/rating'],
    ['a word that every object knows', { ...bad, rating: 'toString' }, '/rating'],
    ['0', { ...bad, rating: 0 }, '/rating'],
    ['6', { ...bad, rating: 6 }, '/rating'],
    ['-1', { ...bad, score: -1, rating: undefined }, '/score'],
    ['"6"', { ...bad, rating: '6' }, '/rating'],
    ['"4 stars"', { ...bad, rating: '4 stars' }, '/rating'],
    ['null', { ...bad, rating: null }, '/rating'],
    ['true', { ...bad, rating: true }, '/rating'],
    ['an operator', { ...bad, rating: { $gt: 0 } }, '/rating'],
    ['a list', { ...bad, rating: [5] }, '/rating'],
    ['no session', { rating: 'good' }, '/sessionId'],
    ['a blank session', { ...bad, sessionId: ' ' }, '/sessionId'],
    ['notes that are too long', { ...bad, notes: 'x'.repeat(2001) }, '/notes'],
    ['a comment that is an object', { ...bad, comment: {} }, '/comment'],
    ['an intent that is too long', { ...bad, intent: 'x'.repeat(65) }, '/intent'],
    ['an order number that is an operator', { ...bad, orderNumber: { $ne: '' } }, '/orderNumber'],
  ];
  for (const [name, body, path] of cases)
    refused(t, await rate(body), { status: 400, code: 'request.invalid', path }, name);
  t.equal(await ratings.countDocuments(), before);
});

t.test('csat: the same rating 20 times at once is one rating', async (t) => {
  await orders.insertOne({ orderNumber: 'GG-20' });
  const body = { sessionId: 'rush', rating: 'good', notes: 'Quick', orderNumber: 'GG-20' };
  const answers = await Promise.all(Array.from({ length: 20 }, () => rate(body)));
  t.equal(
    new Set(answers.map((answer) => `${answer.statusCode} ${JSON.stringify(bodyOf(answer))}`)).size,
    1,
    'one answer',
  );
  t.equal(answers[0]?.statusCode, 200);
  t.equal(await ratings.countDocuments({ sessionId: 'rush' }), 1);
  const document = await stored('rush');
  t.match(document?.deliveries, [{ state: 'done' }]);
  t.equal(document?.deliveries.length, 1);
  t.notOk(document && 'nextDeliveryAt' in document);
  t.equal((await order('GG-20'))?.csatRating, 4);
});
