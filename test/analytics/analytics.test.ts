import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import t from 'tap';
import type { AnalyticsEvent } from '../../src/domain/analytics/analytics-event.js';
import { occurrences, sessionCounts } from '../../src/domain/analytics/count-events.js';
import { createHashes } from '../../src/lib/ids.js';
import { event } from '../dashboard/documents.js';
import { bodyOf, build, call, KEY, STAFF_KEY } from '../helper.js';
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

t.test('analytics: one event, and many, are counted once each', async (t) => {
  const event = { event: 'aurora_widget_open', sessionId: 'one', intent: 'greeting', success: true };
  const first = await report({ ...event, requestId: 'widget-open-1', timestamp: '2099-05-10T15:59:58Z' });
  t.equal(first.statusCode, 200);
  t.same(bodyOf(first), { ok: true, accepted: 1, duplicates: 0, dropped: 0 });
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

t.test('analytics: personal data is not kept, wherever it stands', async (t) => {
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
  const pieces = kept.map(({ properties }) => properties.productId).filter(Boolean);
  t.same(pieces, ['GG-12001'], 'a SKU may look like an order number');
});

t.test('analytics: what is known and harmless stays; orders are hashed, in whatever spelling', async (t) => {
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
  const { order } = createHashes('salt-of-the-tests');
  for (const spelling of ['Order no. GG-12001', '№ GG-12001', 'ＧＧ–１２００１'])
    t.equal(order(spelling), orderHash, spelling);
  t.not(order('1001-1'), order('10011'), 'which a look-up tells apart too');
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

t.test('analytics: what is not an event is refused with the field, and nothing is stored', async (t) => {
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

t.test('events: what contract.md lists is kept as it says', async (t) => {
  const filters = {
    category: 'ring',
    priceMax: 300,
    readyToShip: true,
    tags: ['gift', 'ada@example.com'],
    q: 'for Ada',
  };
  const reported = [
    {
      event: 'aurora_products_shown',
      productIds: ['RNG-101', 'NCK-7'],
      count: 2,
      readyToShipCount: 1,
      filters,
      offerId: 'offer-1',
    },
    {
      event: 'aurora_return_initiated',
      orderNumberHash: '9f86d081884c7d65',
      rmaId: 'RMA-7K3M-9QX4',
      option: 'return',
      eligibilityState: 'eligible',
      reasonCode: 'too_small',
      itemsCount: 1,
    },
    {
      event: 'aurora_stylist_ticket_created',
      ticketId: 'ST-7K3M-9QX4',
      priority: 'high',
      slaMinutes: 240,
      queuePosition: 3,
      contactEmailHash: 'ab12cd34',
    },
    {
      event: 'aurora_order_updates_subscribed',
      subscriptionId: 'sub_1',
      channel: 'sms',
      maskedDestination: '**0123',
    },
    { event: 'aurora_capsule_reserved', capsuleId: 'CAP-7K3M', expiresAt: '2099-05-12T16:00:00.000Z' },
    {
      event: 'aurora_inspiration_uploaded',
      inspirationId: 'insp_1',
      contentType: 'image/heic',
      sizeBytes: 10_485_760,
    },
    { event: 'aurora_intent_detected', intentConfidence: 0.82, environment: 'production' },
    { event: 'aurora_csat_submitted', rating: 'great', commentLength: 120 },
    { event: 'aurora_products_error', error: 'Request failed with status code 502' },
  ];
  for (const [nth, body] of reported.entries()) {
    const sessionId = `contract-${nth}`;
    await report({ ...body, sessionId });
    const { event: _, ...expected } = body;
    const kept = {
      ...expected,
      ...('filters' in body && {
        filters: { category: 'ring', priceMax: 300, readyToShip: true, tags: ['gift'] },
      }),
    };
    t.same((await stored(sessionId)).properties, kept, body.event);
  }
});

t.test('events: what names a person is not kept in lists, filters, masks and errors either', async (t) => {
  const dropped = [
    { productIds: 'RNG-101' },
    { productIds: ['ada@example.com', '+12025550123', { $gt: '' }] },
    { filters: { email: 'ada@example.com', q: 'a ring for Ada', filters: { category: 'ring' } } },
    { filters: ['ring'] },
    { maskedDestination: 'ada@example.com' },
    { maskedDestination: '+12025550123' },
    { maskedDestination: '•• 2025550123' },
    { error: 'No order GG-12001 for ada@example.com' },
    { error: 'No order GG-12001' },
    { error: 'Cannot text 202-555-0123' },
    { contentType: 'ada@example.com' },
    { expiresAt: 'when Ada comes' },
    { sizeBytes: 12_025_550_123 },
  ];
  for (const [nth, body] of dropped.entries()) {
    const sessionId = `dropped-${nth}`;
    await report({ event: 'aurora_secret', sessionId, ...body });
    t.same((await stored(sessionId)).properties, {}, JSON.stringify(body));
  }
});

const happened = (
  day: string,
  sessionId: string | undefined,
  name: string,
  facts: Partial<AnalyticsEvent> = {},
) =>
  event(new Date(`${day}T12:00:00Z`), {
    event: `aurora_${name.replace('!', '')}`,
    success: !name.includes('!'),
    source: 'service',
    sessionId,
    ...facts,
  });

t.test('the summary: counts, ratings, escalations, funnels, automation', async (t) => {
  const { app, db } = await build(t, { now: () => at, staff: true });
  const happen = (sessionId: string, day: string, ...names: string[]) =>
    db
      .collection<AnalyticsEvent>('analyticsEvents')
      .insertMany(names.map((name) => happened(day, sessionId, name)));
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
        { step: 'shortlisted', sessions: 2 },
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
    bodyOf(
      await app.inject({
        url: '/api/analytics/summary?from=2099-05-09&to=2099-05-10',
        headers: { authorization: `Bearer ${STAFF_KEY}` },
      }),
    );
  t.same(await read(), expected);

  t.test('a day that is closed says the same, without its events, and is not counted twice', async (t) => {
    at = new Date('2099-05-12T16:00:00.000Z');
    t.equal(await app.rollUps.close(), 1, 'events of the day before may still come');
    t.equal(await app.rollUps.close(), 0);
    await db.collection('analyticsEvents').deleteMany({ day: '2099-05-09' });
    t.same(await read(), expected);
    at = new Date('2099-05-15T16:00:00.000Z');
    t.equal(await app.rollUps.close(), 3, 'days without events are closed too');
    await db.collection('analyticsEvents').deleteMany({});
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

t.test(
  'events: what the service notes itself is counted once, whatever the widget reports beside it',
  async (t) => {
    const { app, db } = await build(t, { now: () => at, staff: true });
    const day = '2099-05-10';
    // a search has no session; the widget reports under a request id of its own what came of it
    await call(app, '/api/concierge/products', { category: 'ring' }, { 'x-request-id': 'products-6f9619ff' });
    const sessionId = 'f3a1c2d4-0000-4000-8000-000000000001';
    await app.analytics.flush();
    await call(app, PATH, [
      {
        event: 'aurora_products_shown',
        sessionId,
        success: true,
        requestId: 'widget-1',
        timestamp: at.toISOString(),
      },
      // without a session
      { event: 'aurora_product_view', productId: 'RNG-101' },
      // the form was opened: nothing has been returned
      { event: 'aurora_return_initiated', sessionId, requestId: 'widget-2' },
      { event: 'aurora_order_tracked', sessionId, success: true, requestId: 'widget-3' },
      { event: 'aurora_order_tracked', sessionId, success: true, requestId: 'widget-3' },
    ]);
    t.equal(
      await db.collection('analyticsEvents').countDocuments({ source: 'widget' }),
      4,
      'all of them are kept',
    );
    const told = (
      await app.inject({
        url: `/api/analytics/summary?from=${day}&to=${day}`,
        headers: { authorization: `Bearer ${STAFF_KEY}` },
      })
    ).json();
    t.same(
      told.events.map(({ event, count }: { event: string; count: number }) => [event, count]),
      [
        ['aurora_product_view', 1],
        ['aurora_products_shown', 1],
      ],
    );
    t.match(told.funnels, {
      engagement: [
        { step: 'shown', sessions: 1 },
        { step: 'shortlisted', sessions: 0 },
      ],
      support: [
        { step: 'asked', sessions: 1 },
        { step: 'answered', sessions: 1 },
      ],
      returns: [{ step: 'asked', sessions: 0 }],
    });
  },
);

t.test('roll-ups: days that earlier versions have counted are read, and become whole', async (t) => {
  const { app, db } = await build(t, { now: () => new Date('2099-05-20T16:00:00Z'), staff: true });
  await db.collection<{ _id: string }>('analyticsDays').insertOne({
    _id: '2099-05-09',
    events: [{ event: 'aurora_product_view', count: 7, succeeded: 7 }],
    sessions: 5,
    escalated: 2,
    funnels: { engagement: [5, 4, 3, 1], support: [2, 2, 1, 0], returns: [1, 1, 0] },
  } as never);
  await db.collection('dailyFigures').insertOne({
    day: '2099-05-09',
    escalations: 2,
    csat: [0, 1, 0, 0, 3],
    journeys: [{ intent: 'find_product', journeys: 3, succeeded: 2 }],
    returns: { opened: 1, automated: 1 },
    responses: { tickets: 0, minutes: 0, inTime: 0 },
    holds: { opened: 1, converted: 0 },
    optIns: { email: 1, sms: 0 },
    funnel: { opened: 9, shown: 5, shortlisted: 3, held: 1, escalated: 2 },
    countedAt: new Date(),
  });
  const [day] = await app.rollUps.read('2099-05-09', '2099-05-09');
  const expected = {
    day: '2099-05-09',
    events: [{ event: 'aurora_product_view', count: 7, succeeded: 7 }],
    sessions: 5,
    escalated: 2,
    funnels: {
      engagement: { shown: 5, shortlisted: 3, reserved: 1 },
      support: { asked: 2, answered: 2, resolved: 1, rated: 0 },
      returns: { asked: 1, opened: 1, rated: 0 },
    },
    escalations: 2,
    csat: [0, 1, 0, 0, 3],
    journeys: [{ intent: 'find_product', journeys: 3, succeeded: 2 }],
    returns: { opened: 1, automated: 1 },
    responses: { tickets: 0, minutes: 0, inTime: 0 },
    holds: { opened: 1, converted: 0 },
    optIns: { email: 1, sms: 0 },
  };
  t.same(day, expected);
  await db.collection('dailyFigures').deleteMany({});
  t.same((await app.rollUps.read('2099-05-09', '2099-05-09'))[0], expected, 'one document has all of it now');
});

t.test('analytics: a period that is none is refused', async (t) => {
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

t.test('analytics: every query is an index scan', async (t) => {
  for (const [name, filter] of [
    ['events', occurrences('2099-05-10')[0]],
    ['sessions', sessionCounts('2099-05-10')[0]],
  ] as const) {
    const plan = await db
      .collection('analyticsEvents')
      .find((filter as { $match: object }).$match)
      .explain();
    t.match(JSON.stringify(plan), /IXSCAN.*day_1_event_1/, name);
  }
  const scores = await db
    .collection('csatFeedback')
    .find({ day: { $gte: '2099-05-01' } })
    .explain();
  t.match(JSON.stringify(scores), /IXSCAN.*day_1_score_1/);
});

t.test('analytics: with a receiver, events are forwarded, and without personal data', async (t) => {
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

t.test('jobs: one process runs each when it is due, and a failure is tried again', async (t) => {
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
  await app.runJobs();
  await feedback.insertMany([
    comment('old', new Date(start.getTime() + DAY_MS - 1)),
    comment('new', new Date(start.getTime() + DAY_MS + 1)),
  ]);
  await app.runJobs();
  t.equal(await feedback.countDocuments({ notes: { $exists: true } }), 2, 'not before the next day');
  at = new Date(start.getTime() + DAY_MS);
  await Promise.all([app.runJobs(), app.runJobs()]);
  t.same(await feedback.findOne({ feedbackId: 'old' }, { projection: { _id: 0 } }), {
    feedbackId: 'old',
    sessionId: 'old',
    intent: 'general',
    score: 3,
  });
  t.equal((await feedback.findOne({ feedbackId: 'new' }))?.notes, 'My name is Ada');
  const jobs = await db.collection('jobs').find().toArray();
  const dueIn = (name: string) =>
    jobs.find(({ _id }) => String(_id) === name)?.dueAt.getTime() - at.getTime();
  t.equal(dueIn('feedback.forget-comments'), DAY_MS);
  t.equal(dueIn('analytics.close-days'), DAY_MS);
  t.equal(dueIn('creators.find-conversions'), 5 * 60_000, 'each after its own time');

  t.capture(app.collections.csatFeedback, 'updateMany', async () => {
    throw new Error('away');
  });
  at = new Date(start.getTime() + 2 * DAY_MS);
  await app.runJobs();
  at = new Date(at.getTime() + 15 * 60_000);
  t.capture(app.collections.csatFeedback, 'updateMany', feedback.updateMany.bind(feedback));
  await app.runJobs();
  t.notOk((await feedback.findOne({ feedbackId: 'new' }))?.notes, 'after its lease');
});
