import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import t from 'tap';
import type { AnalyticsEvent } from '../../src/domain/analytics/analytics-event.js';
import { countEvents, countSessions } from '../../src/domain/analytics/daily-pipelines.js';
import { createDailyRepository } from '../../src/domain/analytics/daily-repository.js';
import { createHashes } from '../../src/lib/hashes.js';
import { build, call, KEY, STAFF_KEY } from '../helper.js';
import { refused } from '../problem.js';

const PATH = '/api/analytics/events';
// later than the real time, so that nothing stored here is old enough to be swept away
const start = new Date('2099-05-10T16:00:00.000Z');
const DAY_MS = 24 * 60 * 60_000;
let at = start;
t.beforeEach(() => {
  at = start;
});

const { app, db } = await build(t, { now: () => at, staff: true });
const events = app.collections.analyticsEvents;
const report = (body: unknown) => call(app, PATH, body);
const stored = async (sessionId: string) => {
  const [event] = await events.find({ sessionId }).toArray();
  const { _id, ...rest } = event as AnalyticsEvent;
  return rest;
};
const summary = (query = '', key = STAFF_KEY) =>
  app.inject({ url: `/api/analytics/summary${query}`, headers: { authorization: `Bearer ${key}` } });

t.test('one event, and many, are counted once each', async (t) => {
  const event = { event: 'aurora_widget_open', sessionId: 'one', intent: 'greeting', success: true };
  const first = await report({ ...event, requestId: 'widget-open-1', timestamp: '2099-05-10T15:59:58Z' });
  t.equal(first.statusCode, 200);
  t.same(first.json(), { ok: true, accepted: 1, duplicates: 0, dropped: 0 });
  t.same(await stored('one'), {
    event: 'aurora_widget_open',
    day: '2099-05-10',
    at: new Date('2099-05-10T15:59:58Z'),
    createdAt: start,
    source: 'widget',
    sessionId: 'one',
    intent: 'greeting',
    success: true,
    requestId: 'widget-open-1',
    properties: {},
    deliveries: [],
  });
  const again = await report([
    { ...event, requestId: 'widget-open-1' },
    { ...event, requestId: 'widget-open-1' },
    { ...event, event: 'aurora_widget_close', requestId: 'widget-open-1' },
    { ...event, sessionId: 'without-id' },
    { ...event, sessionId: 'without-id' },
  ]);
  t.has(again.json(), { accepted: 3, duplicates: 2 }, 'what has no request id is never a repeat');
});

t.test('personal data is not kept, wherever it stands', async (t) => {
  const secrets = [
    'ada@example.com',
    '+1 202 555 0123',
    '2025550123',
    '+12025550123',
    'Ada Lovelace',
    'GG-12001',
    'Please call me at home',
  ];
  const names = [
    'productId',
    'step',
    'status',
    'query',
    'email',
    'name',
    'comment',
    '__proto__x',
    'a.b',
    '$x',
  ];
  const bodies = secrets.flatMap((secret, nth) => [
    ...names.map((name) => ({ event: 'aurora_probe', sessionId: `probe-${nth}`, [name]: secret })),
    { event: 'aurora_probe', sessionId: `probe-${nth}`, intent: secret },
    { event: 'aurora_probe', sessionId: secret === 'GG-12001' ? 'probe' : secret, requestId: secret },
    { event: 'aurora_probe', properties: { step: [secret], status: { secret }, [secret]: true } },
    { event: 'aurora_probe', orderNumber: secret, count: 2025550123 },
  ]);
  t.equal((await report(bodies)).statusCode, 200);
  const kept = await events.find({ event: 'aurora_probe' }).toArray();
  t.equal(kept.length, bodies.length, 'the events themselves are counted');
  const text = JSON.stringify(
    kept.map(({ properties: { productId, ...properties }, ...event }) => ({
      ...event,
      properties,
    })),
  );
  for (const secret of [...secrets, '2025550123']) t.notMatch(text, secret, `nothing of ${secret}`);
  const pieces = kept.flatMap(({ properties }) => properties.productId ?? []);
  t.same(pieces, ['GG-12001'], 'a SKU may look like an order number');
});

t.test('what is known and harmless stays; orders are hashed, in whatever spelling', async (t) => {
  const response = await report({
    event: 'aurora_product_view',
    sessionId: 'kept',
    productId: 'RNG-101',
    position: 2,
    readyToShip: true,
    orderNumber: ' gg 12001',
    note: 'free text',
    properties: { priceBand: '<2500', price: 1250.5 },
  });
  t.equal(response.json().dropped, 1);
  const { properties } = await stored('kept');
  const orderHash = createHashes('salt-of-the-tests').order('GG-12001');
  t.same(properties, {
    productId: 'RNG-101',
    position: 2,
    readyToShip: true,
    priceBand: '<2500',
    price: 1250.5,
    orderHash,
  });
  t.not(orderHash, createHashes('another-salt').order('GG-12001'));
});

t.test('times: the day is that of the shop, and a clock that is wrong is not believed', async (t) => {
  const cases: [name: string, timestamp: unknown, day: string][] = [
    ['evening in New York', '2099-05-10T03:30:00Z', '2099-05-09'],
    ['in milliseconds', Date.parse('2099-05-09T16:00:00Z'), '2099-05-09'],
    ['none', undefined, '2099-05-10'],
    ['not a time', 'yesterday', '2099-05-10'],
    ['empty', '', '2099-05-10'],
    ['last year', '2098-05-10T12:00:00Z', '2099-05-10'],
    ['next year', '2100-05-10T12:00:00Z', '2099-05-10'],
  ];
  for (const [name, timestamp, day] of cases) {
    const sessionId = `time-${name.replaceAll(' ', '-')}`;
    await report({ event: 'aurora_timed', sessionId, timestamp });
    t.equal((await stored(sessionId)).day, day, name);
  }
});

t.test('what is not an event is refused with the field, and nothing is stored', async (t) => {
  const before = await events.countDocuments({});
  const good = { event: 'aurora_widget_open' };
  const cases: [name: string, body: unknown][] = [
    ['another name', { event: 'widget_open' }],
    ['a name in capitals', { event: 'aurora_Open' }],
    ['a long name', { event: `aurora_${'x'.repeat(58)}` }],
    ['no name', { sessionId: 's' }],
    ['success as a text', { ...good, success: 'yes' }],
    ['an object as a session', { ...good, sessionId: { $gt: '' } }],
    ['nothing', []],
    ['101', Array.from({ length: 101 }, () => good)],
    ['one bad among good ones', [good, { event: 'aurora_' }]],
  ];
  for (const [name, body] of cases)
    refused(t, await report(body), { status: 400, code: 'request.invalid' }, name);
  t.equal(await events.countDocuments({}), before);
});

t.test('the session of a search is learnt from the widget', async (t) => {
  const headers = { 'x-request-id': 'products-learnt' };
  await call(app, '/api/concierge/products', { category: 'ring' }, headers);
  await app.analytics.flush();
  const event = { event: 'aurora_products_shown', sessionId: 'learnt', requestId: 'products-learnt' };
  t.has((await report(event)).json(), { accepted: 0, duplicates: 1 });
  t.has(await stored('learnt'), { source: 'service', intent: 'find_product', success: true });
});

t.test('the summary: counts, ratings, escalations, funnels, automation', async (t) => {
  const { app, db } = await build(t, { now: () => at, staff: true });
  const happen = (sessionId: string, day: string, ...names: string[]) =>
    call(
      app,
      PATH,
      names.map((name) => ({
        event: `aurora_${name.replace('!', '')}`,
        sessionId,
        success: !name.includes('!'),
        timestamp: `${day}T12:00:00Z`,
      })),
    );
  await happen(
    'a',
    '2099-05-09',
    'products_shown',
    'product_view',
    'product_shortlisted',
    'capsule_reserved',
  );
  await happen('b', '2099-05-09', 'products_shown', 'products_shown', 'product_shortlisted');
  await happen('c', '2099-05-09', 'order_tracked', 'stylist_ticket_created');
  await happen('d', '2099-05-10', 'order_tracked!');
  await happen('e', '2099-05-10', 'return_initiated', 'csat_submitted');
  await happen('f', '2099-05-10', 'widget_open');
  const rating = { day: '2099-05-10', intent: 'general', deliveries: [] };
  await db
    .collection('csatFeedback')
    .insertMany(
      [5, 5, 2].map((score, nth) => ({ ...rating, score, sessionId: `r${nth}`, feedbackId: `r${nth}` })),
    );

  const expected = {
    from: '2099-05-09',
    to: '2099-05-10',
    timeZone: 'America/New_York',
    events: [
      ['2099-05-09', 'capsule_reserved', 1, 1],
      ['2099-05-09', 'order_tracked', 1, 1],
      ['2099-05-09', 'product_shortlisted', 2, 2],
      ['2099-05-09', 'product_view', 1, 1],
      ['2099-05-09', 'products_shown', 3, 3],
      ['2099-05-09', 'stylist_ticket_created', 1, 1],
      ['2099-05-10', 'csat_submitted', 1, 1],
      ['2099-05-10', 'order_tracked', 1, 0],
      ['2099-05-10', 'return_initiated', 1, 1],
      ['2099-05-10', 'widget_open', 1, 1],
    ].map(([day, name, count, succeeded]) => ({ day, event: `aurora_${name}`, count, succeeded })),
    csat: {
      responses: 3,
      average: 4,
      distribution: { 1: 0, 2: 1, 3: 0, 4: 0, 5: 2 },
      trend: [{ day: '2099-05-10', responses: 3, average: 4 }],
    },
    escalations: { stylistTickets: 1, lowRatings: 1 },
    funnels: {
      engagement: [
        { step: 'shown', sessions: 2 },
        { step: 'viewed', sessions: 1 },
        { step: 'shortlisted', sessions: 1 },
        { step: 'reserved', sessions: 1 },
      ],
      support: [
        { step: 'asked', sessions: 3 },
        { step: 'answered', sessions: 2 },
        { step: 'resolved', sessions: 1 },
        { step: 'rated', sessions: 1 },
      ],
      returns: [
        { step: 'asked', sessions: 1 },
        { step: 'opened', sessions: 1 },
        { step: 'rated', sessions: 1 },
      ],
    },
    automation: { sessions: 5, escalated: 1, rate: 0.8 },
  };
  const read = async () =>
    (
      await app.inject({
        url: '/api/analytics/summary?from=2099-05-09&to=2099-05-10',
        headers: { authorization: `Bearer ${STAFF_KEY}` },
      })
    ).json();
  t.same(await read(), expected);

  t.test('a day that is closed says the same, without its events, and is not counted twice', async (t) => {
    const days = createDailyRepository(app.collections.analyticsEvents, app.collections.analyticsDays);
    t.equal(await days.close('2099-05-09'), 1);
    t.equal(await days.close('2099-05-09'), 0);
    await db.collection('analyticsEvents').deleteMany({ day: '2099-05-09' });
    t.same(await read(), expected);
    t.equal(await days.close('2099-05-12'), 3, 'a day without events is closed too');
    t.same(await read(), expected);
  });

  t.test('nothing at all', async (t) => {
    const empty = (await summary('?from=2090-01-01&to=2090-01-31')).json();
    t.match(empty, {
      events: [],
      csat: { responses: 0, average: null, trend: [] },
      automation: { rate: null },
    });
  });
});

t.test('a period that is none is refused', async (t) => {
  for (const [query, path] of [
    ['?from=2099-05-11&to=2099-05-10', '/from'],
    ['?from=2098-01-01&to=2099-05-10', '/from'],
    ['?from=2099-02-30', '/from'],
    ['?to=2099-13-01', '/to'],
    ['?to=today', '/to'],
  ] as const)
    refused(t, await summary(query), { status: 400, code: 'request.invalid', path }, query);
  refused(t, await summary('', KEY), { status: 403, code: 'auth.missing_scope' });
  const { from, to } = (await summary()).json();
  t.same([from, to], ['2099-04-11', '2099-05-10'], 'thirty days to today');
});

t.test('every query is an index scan', async (t) => {
  const days = { from: '2099-05-01', to: '2099-05-10' };
  for (const [name, filter] of [
    ['events', countEvents(days)[0]],
    ['sessions', countSessions(days)[0]],
  ] as const) {
    const plan = await db
      .collection('analyticsEvents')
      .find((filter as { $match: object }).$match)
      .explain();
    t.match(JSON.stringify(plan), /IXSCAN.*day_1_event_1/, name);
  }
  const scores = await db
    .collection('csatFeedback')
    .find({ day: { $gte: days.from } })
    .explain();
  t.match(JSON.stringify(scores), /IXSCAN.*day_1_score_1/);
});

t.test('with a receiver, events are forwarded, and without personal data', async (t) => {
  const bodies: string[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    bodies.push(body);
    response.end('{}');
  }).listen(0, '127.0.0.1');
  t.teardown(() => server.close());
  await new Promise((resolve) => server.once('listening', resolve));
  const env = {
    DISPATCHER: 'inline',
    ANALYTICS_WEBHOOK_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    ANALYTICS_WEBHOOK_SECRET: `whsec_${Buffer.alloc(32, 1).toString('base64')}`,
  };
  const { app, db } = await build(t, { now: () => at, env });
  await call(app, PATH, { event: 'aurora_order_tracked', sessionId: 'sent', orderNumber: 'GG-12001' });
  await app.dispatcher.drain();
  t.match(await db.collection('analyticsEvents').findOne({ sessionId: 'sent' }), {
    deliveries: [{ to: 'analytics', state: 'done' }],
  });
  const sent = bodies.join();
  t.match(sent, /aurora_order_tracked/);
  t.notMatch(sent, /GG-12001|_id|deliveries/);
});

t.test('daily jobs: one process runs each once a day, and a failure is tried again', async (t) => {
  const { app, db } = await build(t, { now: () => at, env: { DISPATCHER: 'inline' } });
  const feedback = db.collection('csatFeedback');
  const comment = (feedbackId: string, notesUntil: Date) => ({
    feedbackId,
    sessionId: feedbackId,
    intent: 'general',
    score: 3,
    notes: 'My name is Ada',
    notesUntil,
  });
  await app.runDailyJobs();
  await feedback.insertMany([
    comment('old', new Date(start.getTime() + DAY_MS - 1)),
    comment('new', new Date(start.getTime() + DAY_MS + 1)),
  ]);
  await app.runDailyJobs();
  t.equal(await feedback.countDocuments({ notes: { $exists: true } }), 2, 'not before the next day');
  at = new Date(start.getTime() + DAY_MS);
  await Promise.all([app.runDailyJobs(), app.runDailyJobs()]);
  t.same(await feedback.findOne({ feedbackId: 'old' }, { projection: { _id: 0 } }), {
    feedbackId: 'old',
    sessionId: 'old',
    intent: 'general',
    score: 3,
  });
  t.equal((await feedback.findOne({ feedbackId: 'new' }))?.notes, 'My name is Ada');
  const jobs = await db.collection('jobs').find().toArray();
  t.ok(jobs.length >= 2 && jobs.every(({ dueAt }) => dueAt.getTime() === at.getTime() + DAY_MS));

  t.capture(app.collections.csatFeedback, 'updateMany', async () => {
    throw new Error('away');
  });
  at = new Date(start.getTime() + 2 * DAY_MS);
  await app.runDailyJobs();
  at = new Date(at.getTime() + 15 * 60_000);
  t.capture(app.collections.csatFeedback, 'updateMany', feedback.updateMany.bind(feedback));
  await app.runDailyJobs();
  t.notOk((await feedback.findOne({ feedbackId: 'new' }))?.notes, 'after its lease');
});
