import t from 'tap';
import type { CapsuleHold } from '../../src/domain/capsules/capsule-hold.js';
import type { Feedback } from '../../src/domain/csat/rating.js';
import type { Inspiration } from '../../src/domain/inspiration/inspiration.js';
import type { StylistTicket } from '../../src/domain/stylist/stylist-ticket.js';
import { deadTicket, hold, image, order, rating, rma, store, ticket } from './documents.js';
import { act, get, KEYS, stage } from './staff.js';

const NOW = new Date('2026-11-25T15:00:00Z');
const hoursAgo = (hours: number) => new Date(NOW.getTime() - hours * 3_600_000);

const start = stage(t, () => NOW);

const idsOf = (body: { items: { id: string }[] }) => body.items.map(({ id }) => id);

t.test('the queue: by priority, then by age, over all kinds', async (t) => {
  const { app, db } = await start();
  await store(db, 'stylistTickets', [
    ticket(hoursAgo(1), { ticketId: 'T-normal-young' }),
    ticket(hoursAgo(9), { ticketId: 'T-normal-old', status: 'in_progress', assignee: 'Margaux' }),
    ticket(hoursAgo(2), { ticketId: 'T-urgent', priority: 'urgent', priorityReasons: ['negative_csat'] }),
    ticket(hoursAgo(3), { ticketId: 'T-high', priority: 'high' }),
    ticket(hoursAgo(5), { ticketId: 'T-done', status: 'done' }),
    { ...deadTicket(hoursAgo(4)), ticketId: 'T-dead' },
  ]);
  await store(db, 'capsuleHolds', [
    hold(hoursAgo(8), { reservationId: 'C-active' }),
    hold(hoursAgo(60), { reservationId: 'C-ended' }),
    hold(hoursAgo(7), { reservationId: 'C-released', status: 'released' }),
  ]);
  await store(db, 'csatFeedback', [
    rating(hoursAgo(30), { feedbackId: 'F-two', score: 2 }),
    rating(hoursAgo(6), { feedbackId: 'F-one', score: 1, notes: 'Nobody answered', orderNumber: 'GG-1' }),
    rating(hoursAgo(6), { feedbackId: 'F-five', score: 5 }),
  ]);
  await store(db, 'widgetInspiration', [
    image(hoursAgo(10), { inspirationId: 'I-review' }),
    image(hoursAgo(11), { inspirationId: 'I-clean', moderationStatus: 'clean' }),
  ]);

  const { status, body } = await get(app, '/support/queue');
  t.equal(status, 200);
  const [urgent, ...rest] = body.items;
  t.equal(urgent.id, 'T-urgent');
  const dead = rest.find(({ kind }: { kind: string }) => kind === 'deliveries');
  t.strictSame(idsOf({ items: rest }), [
    'F-one',
    dead.id,
    'T-high',
    'F-two',
    'I-review',
    'T-normal-old',
    'C-active',
    'T-normal-young',
  ]);
  t.strictSame(body.counts, {
    tickets: 4,
    capsules: 1,
    feedback: 2,
    returns: 0,
    deliveries: 1,
    images: 1,
    overdue: 3,
    unassigned: 3,
  });
  t.match(urgent, {
    secondsLeft: 2 * 3600,
    version: 1,
    customer: 'A. S.',
    priorityReasons: ['negative_csat'],
  });
  t.match(dead, { title: 'ticket.create to crm has failed', detail: 'T-dead', version: 11 });
  t.equal(body.nextCursor, undefined);

  const only = async (query: string) => idsOf((await get(app, `/support/queue?${query}`)).body);
  t.strictSame(await only('kind=capsules'), ['C-active']);
  t.strictSame(await only('kind=deliveries'), [dead.id]);
  t.strictSame(await only('status=in_progress'), ['T-normal-old']);
  t.strictSame(await only('assignee=Margaux'), ['T-normal-old']);
  t.strictSame(await only('assignee=none'), ['T-urgent', 'T-high', 'T-normal-young']);
  t.strictSame(await only('due=overdue'), [dead.id, 'F-two', 'T-normal-old']);
  t.strictSame(await only('due=today&kind=capsules'), []);
  t.strictSame(await only('due=today&kind=images'), ['I-review']);
  t.strictSame(await only('status=done&kind=tickets'), ['T-dead', 'T-done'], 'newest first');
  t.equal((await get(app, '/support/queue?kind=orders')).status, 400);
  t.equal((await get(app, '/support/queue?cursor=nonsense')).body.code, 'request.invalid');
  t.equal((await get(app, '/support/queue', KEYS.other)).status, 403);
});

t.test('dashboard: the queue by deadline and by age, and what is due within the hour', async (t) => {
  const { app, db } = await start();
  await store(db, 'stylistTickets', [
    ticket(hoursAgo(9), { ticketId: 'T-late', dueAt: hoursAgo(-30) }),
    ticket(hoursAgo(1), { ticketId: 'T-soon', dueAt: hoursAgo(-0.5) }),
    ticket(hoursAgo(2), { ticketId: 'T-urgent', priority: 'urgent', dueAt: hoursAgo(-3) }),
    {
      ticketId: 'T-shops',
      sessionId: 's',
      status: 'new',
      createdAt: hoursAgo(4),
      customerEmail: 'a@b.example',
    },
  ]);
  await store(db, 'capsuleHolds', [
    hold(hoursAgo(47.5), { reservationId: 'C-ending' }),
    hold(hoursAgo(3), { reservationId: 'C-long' }),
  ]);
  await store(db, 'csatFeedback', [rating(hoursAgo(20), { feedbackId: 'F-1', score: 1 })]);
  await store(db, 'returns', [
    rma(hoursAgo(22), { rmaId: 'R-new' }),
    rma(hoursAgo(80), { rmaId: 'R-sent', status: 'label_sent' }),
    rma(hoursAgo(5), { rmaId: 'R-received', status: 'received' }),
    rma(hoursAgo(6), { rmaId: 'R-done', status: 'completed' }),
  ]);
  const only = async (query: string) => idsOf((await get(app, `/support/queue?${query}`)).body);
  t.strictSame(await only('order=due'), [
    'T-shops',
    'C-ending',
    'T-soon',
    'R-new',
    'T-urgent',
    'F-1',
    'R-received',
    'T-late',
    'C-long',
  ]);
  t.strictSame(await only('order=age'), [
    'C-ending',
    'R-new',
    'F-1',
    'T-late',
    'R-received',
    'T-shops',
    'C-long',
    'T-urgent',
    'T-soon',
  ]);
  t.strictSame(await only('order=due&due=soon'), ['C-ending', 'T-soon']);
  t.strictSame(
    await only('kind=returns'),
    ['R-sent', 'R-new', 'R-received'],
    'what waits for a carrier is listed among returns alone',
  );
  t.strictSame(await only('kind=returns&status=done'), ['R-done']);
});

t.test('dashboard: a return is taken from one step to the next, and nowhere else', async (t) => {
  const { app, db } = await start();
  await store(db, 'orders', [order('GG-1', hoursAgo(50))]);
  await store(db, 'returns', [rma(hoursAgo(2), { rmaId: 'R-1', orderNumber: 'GG-1' })]);
  t.match((await get(app, '/support/returns/R-1')).body, {
    state: 'initiated',
    orderNumber: 'GG-1',
    actions: ['approved', 'label_sent', 'declined', 'cancelled'],
  });
  const steps: [action: string, version: number, status: number][] = [
    ['completed', 1, 409],
    ['approved', 1, 200],
    ['label_sent', 1, 409],
    ['label_sent', 2, 200],
    ['received', 3, 200],
    ['completed', 4, 200],
    ['declined', 5, 409],
  ];
  const parcel = { carrier: ' UPS ', trackingNumber: '1z 999 aa1' };
  for (const [action, version, expected] of steps) {
    const told = action === 'label_sent' ? parcel : { trackingNumber: '' };
    const { status } = await act(app, 'returns/R-1', { action, version, ...told });
    t.equal(status, expected, `${action} at ${version}`);
  }
  t.match(await db.collection('returns').findOne({ rmaId: 'R-1' }), {
    status: 'completed',
    history: [{}, { by: 'Margaux' }, {}, {}, {}],
    parcel: { carrier: 'UPS', trackingNumber: '1Z999AA1' },
  });
});

t.test('dashboard: the queue goes page by page, nothing twice, nothing left out', async (t) => {
  const { app, db } = await start();
  // many of the same moment: the id decides
  const at = (n: number) => hoursAgo(100 - Math.floor(n / 10));
  const priorities = ['normal', 'high', 'urgent'] as const;
  await store(
    db,
    'stylistTickets',
    Array.from({ length: 90 }, (_, n) => ticket(at(n), { priority: priorities[n % 3] ?? 'normal' })),
  );
  await store(
    db,
    'widgetInspiration',
    Array.from({ length: 40 }, (_, n) => image(at(n))),
  );
  await store(
    db,
    'csatFeedback',
    Array.from({ length: 30 }, (_, n) => rating(at(n), { score: (n % 2) + 1, sessionId: `s-${n}` })),
  );
  await store(
    db,
    'stylistTickets',
    Array.from({ length: 20 }, (_, n) => deadTicket(at(n))),
  );

  const walk = async (query: string) => {
    const items: { id: string; priority: string; createdAt: string; dueAt: string }[] = [];
    const sizes: number[] = [];
    for (let cursor: string | undefined = ''; cursor !== undefined; ) {
      const { body } = await get(app, `/support/queue?${query}&cursor=${cursor}`);
      items.push(...body.items);
      sizes.push(body.items.length);
      cursor = body.nextCursor;
    }
    return { items, sizes };
  };
  for (const order of ['due', 'age']) {
    const { items } = await walk(`order=${order}`);
    t.equal(new Set(items.map(({ id }) => id)).size, 180, order);
    const times = items.map((item) => `${order === 'due' ? item.dueAt : item.createdAt} ${item.id}`);
    t.strictSame(times, [...times].sort(), order);
  }
  const { items, sizes } = await walk('');
  t.strictSame(sizes, [50, 50, 50, 30]);
  t.equal(new Set(items.map(({ id }) => id)).size, 180);
  const rank = { urgent: 0, high: 1, normal: 2 } as Record<string, number>;
  const places = items.map(({ priority, createdAt, id }) => `${rank[priority]} ${createdAt} ${id}`);
  t.strictSame(places, [...places].sort());
  const done = await walk('status=done');
  t.equal(done.items.length, 20);
});

t.test(
  'dashboard: a ticket with what belongs to it, its contact masked without the right to see it',
  async (t) => {
    const { app, db } = await start();
    await store(db, 'orders', [order('GG-1', hoursAgo(50))]);
    await store(db, 'widgetInspiration', [
      image(hoursAgo(2), {
        inspirationId: 'clean',
        sessionId: 's-images',
        moderationStatus: 'clean',
        reason: undefined,
        caption: 'Like this',
      }),
      image(hoursAgo(1), { inspirationId: 'later', sessionId: 's-images' }),
      image(hoursAgo(1), { inspirationId: 'of-another' }),
    ]);
    await store(db, 'stylistTickets', [
      ticket(hoursAgo(2), {
        ticketId: 'T-1',
        customerEmail: 'ada@example.com',
        customerName: 'Ada Sample',
        customerPhone: '+12025550101',
        notes: 'A ring for my mother',
        orderNumber: 'GG-1',
        sessionId: 's-images',
        inspirationIds: ['clean'],
        shortlist: [
          { id: 'RNG-101', title: 'Aurora Ring', price: 1250, image: 'https://tracker.example/ring.jpg' },
        ],
        transcript: [{ role: 'user', text: 'Hello', at: hoursAgo(2) }],
      }),
    ]);
    const masked = (await get(app, '/support/tickets/T-1')).body;
    t.strictSame(masked.contact, { email: 'a•••@example.com', name: 'A. S.', phone: '**0101' });
    t.equal(masked.contactMasked, true);
    t.match(masked, {
      notes: 'A ring for my mother',
      order: { orderNumber: 'GG-1', customer: 'a•••@example.com' },
    });
    t.equal(masked.order.total, undefined, 'no totals without the right to see them');
    t.match(masked.shortlist, [{ title: 'Aurora Ring', price: { amount: 1250 } }]);
    t.notMatch(JSON.stringify(masked), /tracker/, 'no address that a customer has given is loaded');
    t.match(
      masked.images,
      [
        { inspirationId: 'later', status: 'pending_review', reason: 'not_scanned' },
        { inspirationId: 'clean', status: 'clean', caption: 'Like this' },
      ],
      'all that the session has sent, also after the ticket was opened',
    );
    for (const { inspirationId, url } of masked.images)
      t.match(url, `/api/concierge/inspiration/${inspirationId}/picture?size=thumbnail&expires=`);
    t.match(masked.history, [{ by: 'customer', action: 'created' }]);
    t.strictSame(masked.actions, ['assign', 'in_progress', 'done', 'note', 'escalate', 'answered']);

    const whole = (await get(app, '/support/tickets/T-1', KEYS.all)).body;
    t.strictSame(whole.contact, { email: 'ada@example.com', name: 'Ada Sample', phone: '+12025550101' });
    t.strictSame(whole.order.total, { amount: 1300, currency: 'USD' });
    t.equal((await get(app, '/support/tickets/T-2')).body.code, 'dashboard.not_found');
  },
);

t.test(
  'dashboard: a ticket is worked from open to done, each step in its history, in the audit log and in the CRM',
  async (t) => {
    const { app, db } = await start();
    await store(db, 'stylistTickets', [ticket(hoursAgo(1), { ticketId: 'T-1' })]);
    const tickets = db.collection<StylistTicket>('stylistTickets');
    const steps: [body: object, after: object][] = [
      [{ action: 'assign' }, { assignee: 'Margaux', status: 'open' }],
      [{ action: 'escalate', note: 'A regular' }, { priority: 'high' }],
      [{ action: 'in_progress' }, { status: 'in_progress', firstResponseAt: undefined }],
      [{ action: 'answered', note: 'Called' }, { firstResponseAt: NOW }],
      [{ action: 'note', note: 'Prefers platinum' }, { status: 'in_progress' }],
      [{ action: 'assign', assignee: 'Jules' }, { assignee: 'Jules' }],
      [{ action: 'done' }, { status: 'done' }],
      [{ action: 'reopen' }, { status: 'open', assignee: 'Jules' }],
    ];
    for (const [index, [body, after]] of steps.entries()) {
      const answer = await act(app, 'tickets/T-1', { ...body, version: index + 1 });
      t.equal(answer.status, 200, JSON.stringify(answer.body));
      t.equal(answer.body.version, index + 2);
      t.match(await tickets.findOne({ ticketId: 'T-1' }), { ...after, version: index + 2 });
    }
    const stored = await tickets.findOne({ ticketId: 'T-1' });
    t.match(
      stored?.history.map(({ action, by, note }) => [action, by, note]),
      [
        ['created', 'customer', undefined],
        ['assign', 'Margaux', 'To Margaux'],
        ['escalate', 'Margaux', 'From normal. A regular'],
        ['in_progress', 'Margaux', undefined],
        ['answered', 'Margaux', 'Called'],
        ['note', 'Margaux', 'Prefers platinum'],
        ['assign', 'Margaux', 'To Jules'],
        ['done', 'Margaux', undefined],
        ['reopen', 'Margaux', undefined],
      ],
    );
    const updates = stored?.deliveries.filter(({ kind }) => kind === 'ticket.update') ?? [];
    t.equal(updates.length, steps.length, 'each of them is enqueued for the CRM');
    t.match(updates[1], {
      to: 'crm',
      state: 'pending',
      payload: { action: 'escalate', by: 'Margaux', priority: 'high', note: 'A regular' },
    });
    t.ok(stored?.nextDeliveryAt);
    const audit = await db.collection('auditLog').find({ target: 'T-1' }).toArray();
    t.equal(audit.length, steps.length);
    t.match(audit[0], { action: 'tickets.assign', key: 'agent', by: 'Margaux', requestId: String });
    t.notMatch(JSON.stringify(audit), 'Prefers platinum', 'what was written about a customer is not in it');

    const refusals: [body: object, status: number, code: string][] = [
      [{ action: 'reopen', version: 9 }, 409, 'dashboard.not_allowed'],
      [{ action: 'note', version: 9 }, 409, 'dashboard.not_allowed'],
      [{ action: 'extend', version: 9 }, 409, 'dashboard.not_allowed'],
      [{ action: 'done', version: 8 }, 409, 'dashboard.stale'],
      [{ action: 'done' }, 400, 'request.invalid'],
      [{ action: 'burn', version: 9 }, 400, 'request.invalid'],
    ];
    for (const [body, status, code] of refusals)
      t.match(await act(app, 'tickets/T-1', body), { status, body: { code } }, JSON.stringify(body));
    t.equal((await act(app, 'tickets/T-9', { action: 'done', version: 1 })).status, 404);
    t.equal((await act(app, 'tickets/T-1', { action: 'done', version: 9 }, KEYS.looker)).status, 403);
    t.match(await tickets.findOne({ ticketId: 'T-1' }), { version: 9, status: 'open' });
  },
);

t.test(
  'dashboard: of two agents who act on one ticket at once, one wins and the other is told',
  async (t) => {
    const { app, db } = await start();
    const tickets = Array.from({ length: 20 }, () => ticket(hoursAgo(1)));
    await store(db, 'stylistTickets', tickets);
    for (const { ticketId } of tickets) {
      const answers = await Promise.all([
        act(app, `tickets/${ticketId}`, { action: 'in_progress', version: 1, by: 'Margaux' }),
        act(app, `tickets/${ticketId}`, { action: 'done', version: 1, by: 'Jules' }, KEYS.all),
      ]);
      const statuses = answers.map(({ status }) => status).sort();
      t.strictSame(statuses, [200, 409]);
      const lost = answers.find(({ status }) => status === 409);
      t.match(lost?.body, { code: 'dashboard.stale', detail: /Someone else has acted/ });
      const stored = await db.collection<StylistTicket>('stylistTickets').findOne({ ticketId });
      t.equal(stored?.version, 2);
      t.equal(stored?.history.length, 2);
      t.equal(stored?.assignee, answers[0].status === 200 ? 'Margaux' : 'Jules');
    }
  },
);

t.test('dashboard: a CRM that has no copy of a ticket is told nothing', async (t) => {
  const { app, db } = await start();
  const one = ticket(hoursAgo(1), { ticketId: 'T-1' });
  const deliveries = one.deliveries.map((delivery) => ({ ...delivery, state: 'skipped' as const }));
  const { nextDeliveryAt: _, ...rest } = one;
  await store(db, 'stylistTickets', [{ ...rest, deliveries }]);
  t.equal((await act(app, 'tickets/T-1', { action: 'done', version: 1 })).status, 200);
  const stored = await db.collection<StylistTicket>('stylistTickets').findOne({ ticketId: 'T-1' });
  t.equal(stored?.deliveries.length, 1);
  t.equal(stored?.nextDeliveryAt, undefined);
});

t.test('dashboard: a hold is extended twice at most, and released once', async (t) => {
  const { app, db } = await start();
  await store(db, 'capsuleHolds', [hold(hoursAgo(20), { reservationId: 'C-1', items: [{ id: 'RNG-101' }] })]);
  const holds = db.collection<CapsuleHold>('capsuleHolds');
  const until = (hours: number) => new Date(hoursAgo(20).getTime() + hours * 3_600_000);
  t.match((await get(app, '/support/capsules/C-1')).body, {
    state: 'active',
    extensions: 0,
    actions: ['extend', 'convert', 'release'],
  });
  t.equal((await act(app, 'capsules/C-1', { action: 'extend', version: 1 })).status, 200);
  t.match(await holds.findOne({ reservationId: 'C-1' }), { version: 2, extensions: 1, expiresAt: until(72) });
  t.equal((await act(app, 'capsules/C-1', { action: 'extend', version: 1 })).body.code, 'dashboard.stale');
  t.equal((await act(app, 'capsules/C-1', { action: 'extend', version: 2 })).status, 200);
  t.strictSame((await get(app, '/support/capsules/C-1')).body.actions, ['convert', 'release']);
  t.equal(
    (await act(app, 'capsules/C-1', { action: 'extend', version: 3 })).body.code,
    'dashboard.not_allowed',
  );
  const releases = await Promise.all(
    [1, 2].map(() => act(app, 'capsules/C-1', { action: 'release', version: 3 })),
  );
  t.strictSame(releases.map(({ status }) => status).sort(), [200, 409]);
  t.match(await holds.findOne({ reservationId: 'C-1' }), {
    status: 'released',
    version: 4,
    history: [{}, { action: 'extended', by: 'Margaux' }, {}, { action: 'released', by: 'Margaux' }],
  });
  t.strictSame((await get(app, '/support/capsules/C-1')).body.actions, []);
});

t.test('dashboard: ratings are followed up, images reviewed, dead deliveries let go again', async (t) => {
  const { app, db } = await start();
  await store(db, 'csatFeedback', [
    rating(hoursAgo(6), { feedbackId: 'F-1', score: 1, notes: 'Nobody answered' }),
    rating(hoursAgo(6), { feedbackId: 'F-5', score: 5 }),
  ]);
  await store(db, 'widgetInspiration', [
    image(hoursAgo(2), { inspirationId: 'I-good' }),
    image(hoursAgo(2), { inspirationId: 'I-bad' }),
    image(hoursAgo(2), { inspirationId: 'I-unread', reason: 'not_scanned' }),
  ]);
  const dead = deadTicket(hoursAgo(4));
  const deliveryId = dead.deliveries[0]?.id ?? '';
  await store(db, 'stylistTickets', [dead]);

  t.match((await get(app, '/support/feedback/F-5')).body, {
    state: 'no follow-up',
    status: 'done',
    actions: [],
  });
  t.match((await get(app, '/support/feedback/F-1')).body, {
    notes: 'Nobody answered',
    state: 'open',
    actions: ['contacted'],
  });
  t.equal((await act(app, 'feedback/F-1', { action: 'contacted', version: 1, note: 'Called' })).status, 200);
  const followed = await db.collection<Feedback>('csatFeedback').findOne({ feedbackId: 'F-1' });
  t.match(followed, { version: 2, followUp: { status: 'contacted', by: 'Margaux', at: NOW } });
  t.match(followed?.history.at(-1), { action: 'contacted', by: 'Margaux', note: 'Called' });
  t.equal((await act(app, 'feedback/F-1', { action: 'contacted', version: 1 })).body.code, 'dashboard.stale');
  t.equal(
    (await act(app, 'feedback/F-1', { action: 'contacted', version: 2 })).body.code,
    'dashboard.not_allowed',
  );
  t.equal(
    (await act(app, 'feedback/F-5', { action: 'contacted', version: 1 })).body.code,
    'dashboard.not_allowed',
  );

  t.match((await get(app, '/support/images/I-good')).body, {
    url: /^\/api\/concierge\/inspiration\/I-good\/picture/,
    actions: ['approve', 'reject'],
  });
  t.match(await act(app, 'images/I-good', { action: 'approve', version: 1 }), {
    status: 200,
    body: { status: 'clean' },
  });
  t.match(await act(app, 'images/I-bad', { action: 'reject', version: 1 }), {
    status: 200,
    body: { status: 'rejected' },
  });
  t.match(await db.collection<Inspiration>('widgetInspiration').findOne({ inspirationId: 'I-bad' }), {
    version: 2,
    history: [{}, { by: 'Margaux', action: 'rejected' }],
  });
  t.equal(
    (await act(app, 'images/I-bad', { action: 'approve', version: 2 })).body.code,
    'dashboard.not_allowed',
  );

  t.match((await get(app, `/support/deliveries/${deliveryId}`)).body, {
    lastError: 'answered 403',
    attempts: 11,
  });
  const replays = await Promise.all(
    [1, 2].map(() => act(app, `deliveries/${deliveryId}`, { action: 'replay', version: 11 })),
  );
  t.strictSame(replays.map(({ status }) => status).sort(), [200, 409]);
  const replayed = await db.collection<StylistTicket>('stylistTickets').findOne({ ticketId: dead.ticketId });
  t.match(replayed?.deliveries[0], { state: 'pending', attempts: 0 });
  t.equal((await get(app, `/support/deliveries/${deliveryId}`)).status, 404);
  t.match(await db.collection('auditLog').findOne({ target: deliveryId }), {
    action: 'deliveries.replay',
    by: 'Margaux',
  });
});
