import t from 'tap';
import { FIGURES_MINUTES } from '../../src/dashboard/insights/insights.js';
import { readTargets } from '../../src/dashboard/insights/targets.js';
import { creditOrders } from '../../src/domain/creators/credit-orders.js';
import { findConversions } from '../../src/domain/creators/find-conversions.js';
import { newSubscription } from '../../src/domain/order-updates/new-subscription.js';
import { createCalendar, listDays } from '../../src/lib/calendar.js';
import { event, hold, order, rating, store, ticket } from './documents.js';
import { createVisitor, ENABLED, get, KEYS, stage, start as startWith } from './staff.js';

const NOW = new Date('2026-11-25T15:00:00Z');
const start = stage(t, () => NOW);
const at = (time: string) => new Date(`${time}:00Z`);

t.test('dashboard: days begin and end by the clock of the shop', async (t) => {
  const newYork = createCalendar('America/New_York');
  t.equal(newYork.dayOf(at('2026-11-01T03:59')), '2026-10-31');
  t.equal(newYork.dayOf(at('2026-11-01T04:00')), '2026-11-01');
  t.strictSame(
    newYork.spanOf('2026-11-01'),
    { from: at('2026-11-01T04:00'), until: at('2026-11-02T05:00') },
    '25 hours',
  );
  t.strictSame(
    newYork.spanOf('2026-03-08'),
    { from: at('2026-03-08T05:00'), until: at('2026-03-09T04:00') },
    '23 hours',
  );
  // midnight is left out there
  const beirut = createCalendar('Asia/Beirut');
  t.strictSame(beirut.spanOf('2026-03-29').from, at('2026-03-28T22:00'));
  t.equal(newYork.hourOf(at('2026-11-01T04:59')), 0);
  t.equal(newYork.hourOf(at('2026-11-01T06:30')), 1, 'the hour that comes twice');
  t.equal(createCalendar('Pacific/Kiritimati').dayOf(at('2026-01-01T10:00')), '2026-01-02');
  for (const zone of ['America/New_York', 'Asia/Beirut', 'Europe/London', 'Australia/Lord_Howe']) {
    const { dayOf, spanOf } = createCalendar(zone);
    for (const day of listDays('2026-01-01', '2026-12-31')) {
      const { from, until } = spanOf(day);
      const edges = [dayOf(from), dayOf(new Date(until.getTime() - 1000))];
      if (edges.some((edge) => edge !== day) || dayOf(new Date(from.getTime() - 1000)) >= day)
        t.fail(`${zone} ${day} ${edges}`);
    }
  }
});

const rma = (rmaId: string, createdAt: Date, sessionId?: string) => ({
  rmaId,
  claims: [rmaId],
  orderNumber: 'GG-1',
  option: 'return',
  status: 'initiated',
  lines: [],
  history: [],
  deliveries: [],
  createdAt,
  sessionId,
});
const optIn = (createdAt: Date, channel: 'email' | 'sms', destination: string) =>
  newSubscription(
    { orderNumber: 'GG-1', channel, destination, consent: { given: true, requestId: 'r' }, sessionId: 's' },
    createdAt,
  );

t.test('dashboard: every number of the insights equals one counted by hand', async (t) => {
  let clock = NOW;
  const { app, db } = await startWith(t, { now: () => clock });
  const [sat, sun, mon] = ['2026-10-31T23:30', '2026-11-01T12:00', '2026-11-02T12:00'].map(at) as [
    Date,
    Date,
    Date,
  ];
  // 31 October in New York: one ticket, answered a day later. 1 November: two. 2 November: one. 3 November 00:30 UTC is the 2nd.
  await store(db, 'stylistTickets', [
    ticket(sat, {
      sessionId: 'a',
      status: 'done',
      firstResponseAt: new Date(sat.getTime() + 12 * 3_600_000),
    }),
    ticket(sun, { sessionId: 'b', status: 'done', firstResponseAt: new Date(sun.getTime() + 30 * 60_000) }),
    ticket(at('2026-11-02T04:59'), { sessionId: 'c', status: 'done' }),
    ticket(at('2026-11-03T00:30'), {
      sessionId: 'd',
      status: 'done',
      firstResponseAt: at('2026-11-03T02:00'),
    }),
    // what waits now
    ticket(at('2026-11-25T14:30'), { sessionId: 'e' }),
    ticket(at('2026-11-25T12:30'), { sessionId: 'f', status: 'in_progress' }),
    ticket(at('2026-11-25T12:00'), { sessionId: 'g' }),
    ticket(at('2026-11-20T12:00'), { sessionId: 'h' }),
  ]);
  await store(db, 'csatFeedback', [
    rating(sun, { score: 5 }),
    rating(sun, { score: 5 }),
    rating(sun, { score: 1 }),
    rating(mon, { score: 4 }),
    rating(at('2026-11-03T04:59'), { score: 3 }),
    rating(at('2026-11-03T05:00'), { score: 2 }),
  ]);
  await store(db, 'returns', [
    rma('R1', sun, 'b'),
    rma('R2', sun, 'x'),
    rma('R3', sun),
    rma('R4', mon, 'b'),
    rma('R5', at('2026-11-04T12:00'), 'y'),
  ]);
  await store(db, 'capsuleHolds', [
    hold(sun, { activeSessionId: 'h1' }),
    hold(sun, {
      activeSessionId: 'h2',
      status: 'converted',
      history: [{ at: mon, by: 'customer', action: 'converted' }],
    }),
    hold(sat, { activeSessionId: 'h3' }),
  ]);
  await store(db, 'widgetOrderSubscriptions', [
    optIn(sun, 'email', 'a@example.com'),
    optIn(sun, 'sms', '+1'),
    optIn(mon, 'sms', '+2'),
    { ...optIn(sat, 'sms', '+3'), status: 'stopped', stopped: { at: mon, by: 'keyword' } },
  ]);
  const of = (sessionId: string, name: string, when: Date, facts: object = {}) =>
    event(when, { event: `aurora_${name}`, sessionId, ...facts });
  await store(db, 'analyticsEvents', [
    of('a', 'widget_open', sun),
    of('a', 'widget_open', sun),
    of('b', 'widget_open', sun),
    of('a', 'widget_open', mon),
    of('a', 'products_shown', sun, { intent: 'find_product', success: false }),
    of('a', 'products_shown', sun, { intent: 'find_product', success: true }),
    of('b', 'products_shown', sun, { intent: 'find_product', success: false }),
    of('a', 'products_shown', mon, { intent: 'find_product', success: true }),
    of('a', 'product_shortlisted', sun, { intent: 'shortlist', success: true }),
    of('a', 'capsule_reserved', mon, { intent: 'capsule_reservation', success: false }),
    of('b', 'stylist_ticket_created', sun, { intent: 'stylist_contact', success: true }),
    of('b', 'intent_detected', sun, { intent: 'track_order', success: true }),
    of('c', 'order_tracked', at('2026-11-01T03:59'), { intent: 'track_order', success: true }),
    event(sun, { event: 'aurora_products_shown', intent: 'find_product', success: true }),
  ]);

  const { status, body } = await get(app, '/metrics?from=2026-11-01&to=2026-11-02');
  t.equal(status, 200);
  // by the clock of New York: 19:30 on Saturday and on Monday, 7:00 on Sunday
  const hours: Record<number, object> = {
    7: { tickets: 1, averageMinutes: 30 },
    19: { tickets: 2, averageMinutes: (720 + 90) / 2 },
  };
  const responseHours = Array.from({ length: 24 }, (_, hour) => ({ hour, tickets: 0, ...hours[hour] }));
  const expected = {
    from: '2026-11-01',
    to: '2026-11-02',
    totals: {
      escalations: 3,
      csat: { ratings: 5, scores: [1, 0, 1, 1, 2], average: 3.6 },
      journeys: [
        { intent: 'find_product', journeys: 3, succeeded: 2, successRate: 2 / 3 },
        { intent: 'capsule_reservation', journeys: 1, succeeded: 0, successRate: 0 },
        { intent: 'shortlist', journeys: 1, succeeded: 1, successRate: 1 },
        { intent: 'stylist_contact', journeys: 1, succeeded: 1, successRate: 1 },
      ],
      returns: { opened: 4, automated: 3, automationRate: 0.75 },
      responses: { tickets: 3, averageMinutes: (720 + 30 + 90) / 3, inTimeRate: 2 / 3 },
      holds: { opened: 2, converted: 1, conversionRate: 0.5 },
      optIns: { email: 1, sms: 2 },
      optOuts: { email: 0, sms: 1 },
      responseHours,
      funnel: [
        // b was shown nothing that went well; a's capsule of the second day was refused
        { step: 'shown', sessions: 2 },
        { step: 'shortlisted', sessions: 1 },
        { step: 'reserved', sessions: 0 },
      ],
    },
    queueAge: [
      { label: 'under 1 h', tickets: 1 },
      { label: '1–4 h', tickets: 2 },
      { label: '4–24 h', tickets: 0 },
      { label: '1–3 days', tickets: 0 },
      { label: 'over 3 days', tickets: 1 },
    ],
  };
  const { days, requestId, ...rest } = body;
  t.type(requestId, 'string');
  t.strictSame(rest, expected);
  t.strictSame(days[0], {
    day: '2026-11-01',
    escalations: 2,
    csat: [1, 0, 0, 0, 2],
    journeys: [
      { intent: 'find_product', journeys: 2, succeeded: 1 },
      { intent: 'shortlist', journeys: 1, succeeded: 1 },
      { intent: 'stylist_contact', journeys: 1, succeeded: 1 },
    ],
    returns: { opened: 3, automated: 2 },
    responses: { tickets: 2, minutes: 750, inTime: 1 },
    holds: { opened: 2, converted: 0 },
    optIns: { email: 1, sms: 1 },
    optOuts: { email: 0, sms: 0 },
    funnel: { shown: 1, shortlisted: 1, reserved: 0 },
  });

  await t.test('on the page', async (t) => {
    const visitor = createVisitor(app);
    await visitor.signIn();
    const page = await visitor.open('/dashboard/insights?from=2026-11-01&to=2026-11-02');
    const text = textOf(page.body);
    for (const shown of [
      '3 Escalations stylist tickets',
      '3.6 Satisfaction of 5, 5 ratings',
      '4.7 h First response 66.7% in time, 3 tickets',
      '75% Returns automated 3 of 4',
      '50% Holds bought 1 of 2',
      '3 Opt-ins 1 email, 2 text; 1 ended',
      'Day Average Ratings Nov 1 3.7 3 Nov 2 3.5 2 Ratings',
      '1 of 5 1 2 of 5 0 3 of 5 1 4 of 5 1 5 of 5 2 Escalations by day',
      'Day Tickets Nov 1 2 Nov 2 1 First response by day',
      'Day Minutes Tickets Nov 1 375 2 Nov 2 90 1 First response by the hour',
      'Hour Minutes Tickets 0:00 – 0 1:00 – 0',
      '7:00 30 1 8:00 – 0',
      '19:00 405 2 20:00 – 0',
      '23:00 – 0 Age of the queue',
      'Waiting Tickets under 1 h 1 1–4 h 2 4–24 h 0 1–3 days 0 over 3 days 1 From a piece',
      'Step Sessions Saw pieces, 100% 2 Saved a piece, 50% 1 Held a capsule, 0% 0 What customers came for',
      'Finding a piece 2 1 Holding pieces 0 1 A shortlist 1 0 Speaking to a stylist 1 0 Returns by day',
      'Day Automated With a stylist Nov 1 2 1 Nov 2 1 0 Opt-ins by day',
      'Day Email Text Nov 1 1 1 Nov 2 0 1 Opt-outs by day',
      'Day Email Text Nov 1 0 0 Nov 2 0 1 Journeys',
      'Finding a piece 3 2 66.7% Holding pieces 1 0 0% A shortlist 1 1 100% Speaking to a stylist 1 1 100%',
    ])
      t.match(text, shown);
    const file = (await visitor.open('/dashboard/insights/csv?from=2026-11-01&to=2026-11-02')).body;
    const [names = [], first = []] = file.split('\r\n').map((line) => line.split(','));
    const told = Object.fromEntries(names.map((name, nth) => [name, first[nth]]));
    t.match(told, {
      Day: '2026-11-01',
      'First responses': '2',
      'Sessions: shown': '1',
      'Journeys: find_product': '2',
      'Went well: find_product': '1',
      'Journeys: capsule_reservation': '0',
    });
  });

  await t.test('a day that is over is counted once, and stays when its events are gone', async (t) => {
    t.match(await app.collections.analyticsDays.findOne({ _id: '2026-11-01' }), {
      escalations: 2,
      countedAt: NOW,
    });
    await db.collection('analyticsEvents').deleteMany({});
    await db.collection('stylistTickets').deleteMany({ status: 'done' });
    const again = (await get(app, '/metrics?from=2026-11-01&to=2026-11-02')).body;
    t.strictSame(again.days, days);
    await app.rollUps.close();
    const counted = await app.collections.analyticsDays.find().sort({ _id: 1 }).toArray();
    t.equal(counted.at(-1)?._id, '2026-11-22', 'three days back from today');
    const today = (await get(app, '/metrics?from=2026-11-25&to=2026-11-25')).body;
    t.equal(today.totals.escalations, 3);
    await store(db, 'stylistTickets', [ticket(NOW)]);
    const escalations = async () =>
      (await get(app, '/metrics?from=2026-11-25&to=2026-11-25')).body.totals.escalations;
    t.equal(await escalations(), 3, 'a day that is not over is counted a few times an hour');
    clock = new Date(NOW.getTime() + FIGURES_MINUTES * 60_000);
    t.equal(await escalations(), 4);
    clock = NOW;
  });

  for (const query of [
    'from=2026-11-03&to=2026-11-02',
    'from=2020-01-01',
    'from=yesterday',
    'from=2026-13-01',
  ])
    t.equal((await get(app, `/metrics?${query}`)).status, 400, query);
  t.equal((await get(app, '/metrics')).body.days.length, 30);
});

t.test('targets: on the page, in the plots, and whether they are reached', async (t) => {
  const env = {
    ...ENABLED,
    DASHBOARD_TARGETS: ' satisfaction=4.5; response=60;automated=50; bought=30; in-time=90 ',
  };
  const { app, db } = await startWith(t, { now: () => NOW, env });
  await store(db, 'csatFeedback', [rating(NOW, { score: 4 })]);
  await store(db, 'stylistTickets', [
    ticket(new Date(NOW.getTime() - 45 * 60_000), { status: 'done', firstResponseAt: NOW }),
  ]);
  const visitor = createVisitor(app);
  await visitor.signIn();
  const { body } = await visitor.open('/dashboard/insights');
  const text = textOf(body);
  for (const shown of [
    'target: 4.5, missed',
    'target: 60 min, reached',
    'target: 90% in time, reached',
    // of nothing there is nothing to say
    'target: 50% – Holds bought',
    'target: 30% 0 Opt-ins',
  ])
    t.match(text, shown);
  t.match(body, /data-plot="line" data-target="4.5"/);
  t.match(body, /data-plot="bar" data-target="60" data-shown="1"/);
  const none = createVisitor((await start()).app);
  await none.signIn();
  t.notMatch((await none.open('/dashboard/insights')).body, /data-target|target:/);

  const LISTS: [list: string, targets: object | undefined][] = [
    ['', {}],
    [' ; ', {}],
    ['satisfaction=4.5', { satisfaction: 4.5 }],
    ['in-time=95;bought=30;', { 'in-time': 95, bought: 30 }],
    ['satisfaction', undefined],
    ['satisfaction=good', undefined],
    ['satisfaction=-1', undefined],
    ['constructor=1', undefined],
    ['speed=1', undefined],
  ];
  for (const [list, targets] of LISTS) t.same(readTargets(list), targets, list);
});

const textOf = (html: string): string =>
  html
    .replace(/<(script|style)[\s\S]*?<\/\1>/g, ' ')
    .replace(/<[^>]+>/g, ' ')
    .replace(/\s+/g, ' ');

t.test('dashboard: orders, newest first, whatever their dates look like', async (t) => {
  const { app, db } = await start();
  const dates = Array.from({ length: 40 }, (_, n) => new Date(NOW.getTime() - Math.floor(n / 3) * 3_600_000));
  await store(db, 'orders', [
    ...dates.map((date, n) => order(`GG-${1000 + n}`, date, { customerEmail: `c${n}@example.com` })),
    ...Array.from({ length: 25 }, (_, n) =>
      order(`TX-${100 + n}`, `2026-11-${String(1 + (n % 9)).padStart(2, '0')}T00:00:00Z`),
    ),
    order('NO-1', undefined),
    order('NO-2', 1_700_000_000_000),
    { ...order('BAD-1', NOW), items: 'none', statusHistory: 7, totals: null, shipping: 3 },
    order('No. 77–A', '2025-01-01', { customerEmail: 'Odd@Example.com' }),
  ]);
  await store(
    db,
    'widgetOrderSubscriptions',
    [optIn(NOW, 'sms', '+1'), optIn(NOW, 'email', 'a@b')].map((one) => ({ ...one, orderNumber: 'GG-1000' })),
  );
  const seen: string[] = [];
  const sizes: number[] = [];
  for (let cursor: string | undefined = ''; cursor !== undefined; ) {
    const { body } = await get(app, `/orders?cursor=${cursor}`);
    seen.push(...body.orders.map(({ orderNumber }: { orderNumber: string }) => orderNumber));
    sizes.push(body.orders.length);
    cursor = body.nextCursor;
  }
  t.strictSame(sizes, [30, 30, 9]);
  t.equal(new Set(seen).size, 69);
  t.strictSame(seen.slice(0, 5), ['GG-1002', 'GG-1001', 'GG-1000', 'BAD-1', 'GG-1005']);
  t.strictSame(seen.slice(-2), ['NO-2', 'NO-1']);

  const search = async (text: string, key = KEYS.agent) =>
    (await get(app, `/orders?search=${encodeURIComponent(text)}`, key)).body.orders;
  t.match(await search('gg 1000'), [
    {
      orderNumber: 'GG-1000',
      customer: 'c•••@example.com',
      channels: ['email', 'sms'],
      step: { label: String },
    },
  ]);
  t.equal((await search('C7@example.com')).length, 1);
  t.equal((await search('GG-101')).length, 10, 'by the beginning of the number');
  for (const text of ['no 77-a', 'odd@example.com', ' ODD@EXAMPLE.COM '])
    t.match(await search(text), [{ orderNumber: 'No. 77–A' }], `${text}: spelled in an odd way`);
  t.equal((await get(app, `/orders/${encodeURIComponent('No.77-a')}`)).status, 200);
  t.strictSame(await search('.*'), []);
  t.strictSame((await search('GG-1000', KEYS.all))[0].total, { amount: 1300, currency: 'USD' });
  t.equal((await search('GG-1000'))[0].total, undefined);
  t.equal((await get(app, '/orders?cursor=x')).status, 400);
});

t.test('dashboard: an order with what the concierge did about it', async (t) => {
  const { app, db } = await start();
  await store(db, 'orders', [
    order('GG-1', at('2026-11-20T12:00'), {
      csatRating: 2,
      supportTickets: ['ST-1', { ticketId: 'ST-2' }],
      shipping: { carrier: 'UPS', trackingNumber: '1Z999AA10123456784' },
    }),
  ]);
  await store(db, 'stylistTickets', [
    ticket(NOW, { ticketId: 'ST-1', orderNumber: 'GG-1', sessionId: 's1' }),
  ]);
  await store(db, 'returns', [rma('RMA-1', NOW, 's1')]);
  await store(db, 'csatFeedback', [
    rating(NOW, { score: 2, orderNumber: 'GG-1', sessionId: 's2', notes: 'Late' }),
  ]);
  await store(db, 'widgetOrderSubscriptions', [optIn(NOW, 'sms', '+12025550101')]);
  await store(db, 'widgetSessions', [
    {
      sessionId: 's1',
      createdAt: NOW,
      lastSeenAt: NOW,
      identity: 'verified',
      intents: [{ intent: 'track_order', at: NOW }],
      messages: [{ id: '1', role: 'user', text: 'private' }],
    },
  ]);
  const { body } = await get(app, '/orders/gg-1');
  t.match(body, {
    orderNumber: 'GG-1',
    csatRating: 2,
    supportTickets: ['ST-1', 'ST-2'],
    customerName: 'A. S.',
    items: [{ title: 'Aurora Ring', quantity: 1, sku: 'RNG-101' }],
    timeline: { reference: 'GG-1', tracking: '**6784' },
    returns: [{ rmaId: 'RMA-1', option: 'return' }],
    tickets: [{ ticketId: 'ST-1', status: 'open' }],
    subscriptions: [{ channel: 'sms', messages: [{ kind: 'subscription.created', state: 'pending' }] }],
    ratings: [{ score: 2, notes: 'Late' }],
    sessions: [{ identity: 'verified', intents: ['track_order'], messages: 1 }],
  });
  t.notMatch(JSON.stringify(body), /2025550101|private|1300|1250|ada@/);
  t.match((await get(app, '/orders/GG-1', KEYS.all)).body, {
    customerName: 'Ada Sample',
    subscriptions: [{ destination: '+12025550101' }],
    total: { amount: 1300 },
    items: [{ price: { amount: 1250 } }],
  });
  t.equal((await get(app, '/orders/GG-2')).body.code, 'order.not_found');
});

t.test(
  'dashboard: an order is put down to whom its customer came through last, within 30 days',
  async (t) => {
    const day = (n: number) => new Date(NOW.getTime() - n * 86_400_000);
    const touches = [
      { creatorCode: 'FIRST', at: day(40), sessionId: 's' },
      { creatorCode: 'SECOND', at: day(10), sessionId: 's' },
      { creatorCode: 'THIRD', at: day(5), email: 'Ada@example.com' },
    ];
    const credit = (placed: number, facts: { sessionIds?: string[]; email?: string }) =>
      creditOrders(touches, [{ orderNumber: 'GG-1', placedAt: day(placed), sessionIds: [], ...facts }])[0]
        ?.creatorCode;
    t.equal(credit(3, { sessionIds: ['s'] }), 'SECOND');
    t.equal(credit(3, { sessionIds: ['s'], email: 'ada@EXAMPLE.com' }), 'THIRD');
    t.equal(credit(20, { sessionIds: ['s'] }), 'FIRST');
    t.equal(credit(41, { sessionIds: ['s'] }), undefined, 'placed before');
    t.equal(credit(-21, { sessionIds: ['s'] }), undefined, 'too late');
    t.equal(credit(3, { sessionIds: ['other'] }), undefined);
  },
);

t.test('creators: what came of those whom they sent', async (t) => {
  const { app, db } = await start();
  const day = (n: number) => new Date(NOW.getTime() - n * 86_400_000);
  await store(db, 'creators', [
    { creatorCode: 'AURORA10', displayName: 'Ines', commissionRate: 0.1, status: 'active' },
    { creatorCode: 'PEARL', displayName: 'Wren', commissionRate: '0.08' },
    { displayName: 'Without a code' },
  ]);
  await store(db, 'stylistTickets', [
    ticket(day(3), { creatorCode: 'AURORA10', ticketId: 'ST-1', customerEmail: 'bo@example.com' }),
    ticket(day(40), { creatorCode: 'AURORA10', ticketId: 'ST-2' }),
  ]);
  await store(db, 'analyticsEvents', [
    event(day(8), { sessionId: 's1', properties: { creatorCode: 'pearl' } }),
  ]);
  await store(db, 'widgetSessions', [{ sessionId: 's1', lastOrderNumber: 'GG-2' }]);
  await store(db, 'orders', [
    order('GG-1', day(2), { customerEmail: 'bo@example.com', totals: { total: '1,000.00' } }),
    order('GG-2', day(7).toISOString(), { totals: { total: 500 } }),
    order('GG-3', day(1), { customerEmail: 'bo@example.com', status: 'cancelled', totals: { total: 700 } }),
    order('GG-4', day(9), { customerEmail: 'bo@example.com' }),
  ]);
  await findConversions(app.collections, NOW);
  await findConversions(app.collections, NOW);
  t.equal(await db.collection('creatorConversions').countDocuments(), 3, 'each once');
  const { body } = await get(app, '/creators', KEYS.all);
  t.match(body.creators, [
    {
      creatorCode: 'AURORA10',
      conversions: 3,
      escalations: 1,
      orders: 2,
      revenue: { amount: 1000, currency: 'USD' },
      commission: { amount: 100 },
      trend: { before: 1 },
    },
    {
      creatorCode: 'PEARL',
      conversions: 1,
      escalations: 0,
      orders: 1,
      revenue: { amount: 500 },
      commission: { amount: 40 },
    },
  ]);
  t.equal(body.creators[0].trend.weeks.at(-1), 3);
  t.equal(
    (await get(app, '/creators')).body.creators[0].revenue,
    undefined,
    'no totals without the right to see them',
  );
  const one = (await get(app, '/creators/aurora10', KEYS.all)).body;
  t.match(one.credits, [
    { kind: 'order', reference: 'GG-3', status: 'cancelled' },
    { reference: 'GG-1', total: { amount: 1000 } },
    { kind: 'escalation', reference: 'ST-1' },
    { reference: 'ST-2' },
  ]);
  t.equal(one.weeks.length, 12);
  t.equal((await get(app, '/creators/nobody')).status, 404);
});
