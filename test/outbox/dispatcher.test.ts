import { setImmediate } from 'node:timers/promises';
import type { Db } from 'mongodb';
import t, { type Test } from 'tap';
import { OUTBOX_IDS, openCollections, outboxesOf } from '../../src/collections.js';
import type { Outcome } from '../../src/connectors/connector.js';
import type { EventReceiver } from '../../src/connectors/webhooks/event.js';
import { createWebhook } from '../../src/connectors/webhooks/webhook.js';
import type { Handler, Handlers } from '../../src/outbox/delivery-kind.js';
import { createDispatcher } from '../../src/outbox/dispatcher.js';
import { type Delivery, enqueueMore, type What, type WithDeliveries } from '../../src/outbox/enqueue.js';
import type { OutboxCollection, OutboxCollections } from '../../src/outbox/outbox-collections.js';
import { outbox, receiver, SCHEDULE, START, scripted } from './outbox.js';

const TICKET: What = { to: 'crm', kind: 'ticket.create' };
const MAIL: What = { to: 'email', kind: 'return.confirmation' };
const CHANGE: What = { to: 'orders', kind: 'order.change', payload: { orderNumber: 'GG-1' } };
const DOWN: Outcome = { outcome: 'retry', reason: 'answered 503' };
const after = (ms: number) => new Date(START.getTime() + ms);

t.test('outbox: what is delivered is done, with its attempt and the vendor’s reference', async (t) => {
  const { connector, asked } = scripted({ outcome: 'delivered', reference: 'ZD-1' });
  const { dispatcher, store, read } = await stored(t, [{ ...TICKET, payload: { a: 1 } }], { crm: connector });
  await dispatcher.drain();
  const [delivery] = store.queued.deliveries;
  t.match(asked, [{ id: delivery?.id, kind: TICKET.kind, attempt: 1, payload: { a: 1 } }]);
  t.equal(asked.length, 1);
  const document = asked[0]?.document ?? {};
  t.ok('ticketId' in document, 'the connector sees the document');
  t.same(
    ['deliveries', 'nextDeliveryAt', 'deadDeliveries'].filter((field) => field in document),
    [],
    'without what the outbox keeps on it',
  );
  const { deliveries, ...rest } = await read();
  t.same(deliveries, [
    { ...delivery, state: 'done', attempts: 1, lastAttemptAt: START, doneAt: START, reference: 'ZD-1' },
  ]);
  t.notOk('nextDeliveryAt' in rest || 'deadDeliveries' in rest, 'nothing is left to do');
  t.same(dispatcher.stats(), {
    crm: { attempts: 1, delivered: 1, retried: 0, dead: 0, skipped: 0, superseded: 0 },
  });
  await dispatcher.drain();
  t.equal(asked.length, 1, 'and nothing is done again');
});

t.test('outbox: what is not configured is skipped, with the reason', async (t) => {
  const { dispatcher, read } = await stored(t, [TICKET], {});
  await dispatcher.drain();
  const document = await read();
  t.match(document.deliveries, [
    { state: 'skipped', attempts: 0, lastError: 'Nothing is configured for crm' },
  ]);
  t.notOk('nextDeliveryAt' in document);
});

t.test('outbox: what is not due waits, and what is no longer wanted then is skipped', async (t) => {
  const { connector, asked } = scripted({ outcome: 'skipped', reason: 'the capsule is released' });
  const { dispatcher, store, move, read } = await stored(t, [TICKET, { ...MAIL, dueAt: after(60_000) }], {
    crm: connector,
    email: connector,
  });
  t.same(store.queued.deliveries[1]?.owedSince, after(60_000));
  await dispatcher.drain();
  t.equal(asked.length, 1);
  t.same((await read()).nextDeliveryAt, after(60_000));
  move(60_000);
  await dispatcher.drain();
  const document = await read();
  t.match(document.deliveries[1], {
    state: 'skipped',
    attempts: 0,
    lastError: 'the capsule is released',
    dueAt: undefined,
  });
  t.notOk('nextDeliveryAt' in document);
});

t.test('outbox: a document that is looked at too early has its time again', async (t) => {
  const dueAt = after(60_000);
  const { db, dispatcher, read } = await stored(t, [{ ...MAIL, dueAt }], {});
  await db.collection('stylistTickets').updateOne({}, { $set: { nextDeliveryAt: START } });
  await dispatcher.drain();
  t.match(await read(), { deliveries: [{ state: 'pending' }], nextDeliveryAt: dueAt });
});

t.test('outbox: the CRM is told of a document one thing after the other', async (t) => {
  const { connector, asked } = scripted(DOWN, { outcome: 'delivered' });
  const { dispatcher, move } = await stored(t, [TICKET, { ...TICKET, kind: 'ticket.update' }], {
    crm: connector,
  });
  await dispatcher.drain();
  t.equal(asked.length, 1, 'the update waits for the ticket');
  move(5000);
  await dispatcher.drain();
  t.same(
    asked.map(({ kind }) => kind),
    ['ticket.create', 'ticket.create', 'ticket.update'],
  );
});

t.test('outbox: a collection of the shop is left alone', async (t) => {
  const { db, dispatcher } = await outbox(t);
  const product = { name: 'Ring', nextDeliveryAt: START, deliveries: [] };
  await db.collection('products').insertOne({ ...product });
  await dispatcher.drain();
  t.match(await db.collection('products').findOne(), product);
});

t.test('outbox: what is rejected is dead at once', async (t) => {
  const { connector } = scripted({ outcome: 'rejected', reason: 'answered 422' });
  const { dispatcher, read, logged } = await stored(t, [TICKET], { crm: connector });
  await dispatcher.drain();
  const document = await read();
  t.match(document.deliveries, [
    { state: 'dead', attempts: 1, lastError: 'answered 422', lastAttemptAt: START },
  ]);
  t.notOk('nextDeliveryAt' in document);
  t.equal(document.deadDeliveries, 1);
  t.match(logged, [[{ delivery: String, to: 'crm', attempts: 1 }, 'delivery dead-lettered']]);
  t.notMatch(JSON.stringify(logged), '422', 'the reason stays out of the log');
});

t.test('outbox: retries keep to the schedule, under one id, and end as dead', async (t) => {
  const { connector, asked } = scripted(DOWN);
  const { dispatcher, store, read, now, move } = await stored(t, [TICKET], { crm: connector });
  for (const [index, step] of SCHEDULE.entries()) {
    await dispatcher.drain();
    const { deliveries, nextDeliveryAt } = await read();
    const due = new Date(now().getTime() + step);
    t.match(deliveries, [{ state: 'pending', attempts: index + 1, lastError: DOWN.reason, dueAt: due }]);
    t.same(nextDeliveryAt, due);
    move(step - 1);
    await dispatcher.drain();
    t.equal(asked.length, index + 1, 'not a millisecond early');
    move(1);
  }
  await dispatcher.drain();
  t.match(await read(), {
    deliveries: [{ state: 'dead', attempts: 11, lastError: DOWN.reason }],
    deadDeliveries: 1,
  });
  t.same(new Set(asked.map(({ id }) => id)), new Set([store.queued.deliveries[0]?.id]));
  t.same(
    asked.map(({ attempt }) => attempt),
    Array.from({ length: 11 }, (_, n) => n + 1),
  );
  t.match(dispatcher.stats(), { crm: { attempts: 11, retried: 10, dead: 1, delivered: 0 } });
});

t.test('outbox: Retry-After is honoured, and a success forgets the failure', async (t) => {
  const { connector, asked } = scripted({ ...DOWN, afterMs: 90_000 }, { outcome: 'delivered' });
  const { dispatcher, read, move } = await stored(t, [TICKET], { crm: connector });
  await dispatcher.drain();
  t.same((await read()).nextDeliveryAt, after(90_000));
  move(90_000);
  await dispatcher.drain();
  t.equal(asked.length, 2);
  const [delivery] = (await read()).deliveries;
  t.match(delivery, { state: 'done', attempts: 2, doneAt: after(90_000) });
  t.notOk(delivery && ('lastError' in delivery || 'dueAt' in delivery));
});

t.test('outbox: an exception, and no answer in time, are failures like others', async (t) => {
  const deaf: Handler = { name: 'deaf', deliver: () => new Promise(() => {}) };
  const { connector } = scripted(new Error('no route'));
  const options = { handlers: { crm: connector, email: deaf }, timeoutMs: 20 };
  const { dispatcher, store } = await outbox(t, options);
  const { deliveries } = await store([TICKET, MAIL]);
  await dispatcher.drain();
  t.match(await deliveries(), [
    { state: 'pending', attempts: 1, lastError: 'no route' },
    { state: 'pending', attempts: 1, lastError: 'No answer within 20 ms' },
  ]);
});

t.test('outbox: one that fails does not delay the others', async (t) => {
  const crm = scripted(DOWN);
  const email = scripted(DOWN, { outcome: 'delivered' });
  const handlers = { crm: crm.connector, email: email.connector };
  const { dispatcher, read, move } = await stored(t, [TICKET, MAIL], handlers);
  await dispatcher.drain();
  move(5000);
  await dispatcher.drain();
  t.match((await read()).deliveries, [
    { state: 'pending', attempts: 2 },
    { state: 'done', attempts: 2 },
  ]);
  t.same((await read()).nextDeliveryAt, after(65_000), 'what is left has its own time');
  move(59_999);
  await dispatcher.drain();
  t.equal(crm.asked.length + email.asked.length, 4);
});

t.test('outbox: changes of an order are made one after the other', async (t) => {
  const made: string[] = [];
  let away = true;
  const orders: Handler = {
    name: 'orders',
    async deliver({ kind, payload }) {
      if (kind !== CHANGE.kind) return { outcome: 'rejected', reason: `nothing here performs ${kind}` };
      if (away) throw new Error('no primary');
      made.push((payload as { orderNumber: string }).orderNumber);
      return { outcome: 'delivered' };
    },
  };
  const { dispatcher, store, move } = await outbox(t, { handlers: { orders } });
  const { deliveries, read } = await store([
    CHANGE,
    { ...CHANGE, payload: { orderNumber: 'GG-2' } },
    { to: 'orders', kind: 'order.unheard_of' },
  ]);
  await dispatcher.drain();
  t.equal((await deliveries())[0]?.attempts, 0, 'the request has half a minute for them');
  move(30_000);
  await dispatcher.drain();
  t.match(await deliveries(), [{ attempts: 1, lastError: 'no primary' }, { attempts: 0 }, { attempts: 0 }]);
  away = false;
  move(5000);
  await dispatcher.drain();
  t.same(made, ['GG-1', 'GG-2']);
  t.match(await read(), {
    deliveries: [{ state: 'done' }, { state: 'done' }, { state: 'dead', lastError: /order\.unheard_of/ }],
  });
});

t.test('outbox: what is enqueued while a document is held neither frees it nor is lost', async (t) => {
  const soon = after(1000);
  const changes: [name: string, change: (more: What) => object, then: string][] = [
    ['more, due now', (more) => enqueueMore([more], START), 'done'],
    ['more, due later', (more) => enqueueMore([{ ...more, dueAt: soon }], START), 'pending'],
    [
      'more, and a time of its own',
      (more) => ({ $push: enqueueMore([more], START).$push, $set: { nextDeliveryAt: START } }),
      'done',
    ],
  ];
  for (const [name, change, then] of changes) {
    const asked: string[] = [];
    let answer = (_outcome: Outcome): void => {};
    const first = new Promise<Outcome>((resolve) => {
      answer = resolve;
    });
    const crm: Handler = {
      name: 'crm',
      deliver({ id }) {
        asked.push(id);
        return asked.length > 1 ? Promise.resolve({ outcome: 'delivered' }) : first;
      },
    };
    const one = await outbox(t, { handlers: { crm } });
    const other = await outbox(t, { handlers: { crm }, db: one.db });
    const { queued, insertedId, deliveries, read } = await one.store([TICKET]);
    const drained = one.dispatcher.drain();
    while (asked.length === 0) await setImmediate();
    await one.db
      .collection('stylistTickets')
      .updateOne({ _id: insertedId }, change({ ...TICKET, kind: 'ticket.update' }));
    await other.dispatcher.drain();
    t.equal(asked.length, 1, `${name}: another dispatcher leaves it alone`);
    answer({ outcome: 'delivered' });
    await drained;
    const [told, more] = await deliveries();
    t.match([told, more], [{ state: 'done' }, { kind: 'ticket.update', state: then }], name);
    t.same(
      asked,
      [queued.deliveries[0]?.id, ...(then === 'done' ? [more?.id] : [])],
      `${name}: each once, and at once`,
    );
    const { leasedUntil, nextDeliveryAt } = await read();
    t.same([leasedUntil, nextDeliveryAt], [undefined, then === 'done' ? undefined : soon], name);
    t.same(one.logged, [], name);
  }
});

t.test(
  'outbox: whoever finds their document held by another records beside it, and leaves the lease',
  async (t) => {
    let between = async (): Promise<unknown> => undefined;
    const crm: Handler = {
      name: 'crm',
      async deliver() {
        await between();
        return { outcome: 'delivered' };
      },
    };
    const { db, dispatcher, store, move, read } = await stored(t, [TICKET], { crm });
    const { deliveryClaims, ...more } = { ...store.queued.deliveries[0], id: 'one-more', deliveryClaims: 1 };
    const lease = after(90_000);
    between = async () => {
      between = async () => undefined;
      await db.collection<WithDeliveries>('stylistTickets').updateOne(
        { _id: store.insertedId },
        {
          $push: { deliveries: more as Delivery },
          $set: { nextDeliveryAt: lease, leasedUntil: lease, deliveryClaims },
        },
      );
    };
    await dispatcher.drain();
    const held = { leasedUntil: lease, nextDeliveryAt: lease, deliveryClaims: 1 };
    t.match(await read(), { ...held, deliveries: [{ state: 'done' }, { id: 'one-more', state: 'pending' }] });
    move(89_999);
    await dispatcher.drain();
    t.match(await read(), held);
    move(1);
    await dispatcher.drain();
    t.match(await read(), { leasedUntil: undefined, deliveries: [{ state: 'done' }, { state: 'done' }] });
  },
);

t.test(
  'outbox: of several dispatchers one holds a document; when its lease runs out, another takes over',
  async (t) => {
    const asked: string[] = [];
    let answer = (_outcome: Outcome): void => {};
    const crm: Handler = {
      name: 'crm',
      deliver({ id }) {
        asked.push(id);
        return asked.length > 1 ? Promise.resolve({ outcome: 'delivered', reference: 'second' }) : first;
      },
    };
    const first = new Promise<Outcome>((resolve) => {
      answer = resolve;
    });
    const one = await outbox(t, { handlers: { crm } });
    const other = await outbox(t, { handlers: { crm }, db: one.db });
    const { read } = await one.store([TICKET]);
    const drained = one.dispatcher.drain();
    while (asked.length === 0) await setImmediate();
    await other.dispatcher.drain();
    other.move(29_999);
    await other.dispatcher.drain();
    t.equal(asked.length, 1, 'it is held');
    other.move(1);
    await other.dispatcher.drain();
    t.match(await read(), { deliveries: [{ state: 'done', reference: 'second' }] });
    answer({ outcome: 'retry', reason: 'too late' });
    await drained;
    t.match(
      await read(),
      { deliveries: [{ state: 'done', reference: 'second' }] },
      'who comes late records nothing',
    );
    t.equal(asked[0], asked[1], 'both under the same id');
  },
);

t.test(
  'outbox: a destination that is down is left alone, nothing dies of it, and all goes on when it is back',
  async (t) => {
    const outcomes = Array<Outcome>(6).fill(DOWN);
    const { connector, asked } = scripted(...outcomes, { outcome: 'delivered' });
    const { dispatcher, store, db, move, logged } = await outbox(t, {
      handlers: { crm: connector },
      concurrency: 1,
      schedule: [10_000, 10_000],
    });
    for (let n = 0; n < 20; n++) await store([TICKET]);
    const count = (fields: object) =>
      db.collection('stylistTickets').countDocuments({ deliveries: { $elemMatch: fields } });
    await dispatcher.drain();
    t.equal(asked.length, 5, 'after five failures there are no more calls');
    t.equal(await count({ state: 'pending', attempts: 0, heldFor: 'crm', lastError: /^Not called/ }), 15);
    t.match(dispatcher.stats(), { crm: { attempts: 5, retried: 5 } });
    for (let turn = 0; turn < 2; turn++) {
      move(10_000);
      await dispatcher.drain();
    }
    t.equal(asked.length, 5);
    t.equal(await count({ state: 'pending' }), 20);
    move(10_000);
    await dispatcher.drain();
    t.equal(asked.length, 6, 'a probe, which fails');
    t.equal(await count({ state: 'pending' }), 20);
    move(60_000);
    await dispatcher.drain();
    t.equal(await count({ state: 'done' }), 20, 'a probe that succeeds opens the way for all at once');
    const told = logged.map(([, message]) => message);
    t.match(told, [/paused/, /go on/]);
    t.equal(told.length, 2);
  },
);

const REFUSED: Outcome = { outcome: 'misconfigured', reason: 'answered 401' };

t.test('outbox: a wrong configuration kills nothing, however long it lasts, within a week', async (t) => {
  const { connector, asked } = scripted(...Array<Outcome>(20).fill(REFUSED), { outcome: 'delivered' });
  const { dispatcher, store, move } = await outbox(t, {
    handlers: { crm: connector },
    schedule: [1000],
    random: Math.random,
  });
  const tickets = [];
  for (let n = 0; n < 4; n++) tickets.push(await store([TICKET]));
  for (let minutes = 0; minutes < 100; minutes++) {
    await dispatcher.drain();
    move(60_000);
  }
  t.ok(asked.length < 30, `probed ${asked.length} times`);
  for (const { deliveries } of tickets)
    t.match(await deliveries(), [{ state: 'done', lastError: undefined, heldFor: undefined }]);

  const never = await outbox(t, { handlers: { crm: scripted(REFUSED).connector } });
  const lost = await never.store([TICKET]);
  for (let days = 0; days < 9; days++) {
    await never.dispatcher.drain();
    never.move(24 * 3_600_000);
  }
  t.match(await lost.deliveries(), [{ state: 'dead', lastError: 'answered 401, for seven days' }]);
});

t.test('outbox: one that is refused while others go through is refused for itself', async (t) => {
  let asked = 0;
  const crm: Handler = {
    name: 'crm',
    async deliver({ payload }) {
      asked += 1;
      return payload ? REFUSED : { outcome: 'delivered' };
    },
  };
  const { dispatcher, store, move } = await outbox(t, { handlers: { crm } });
  const poison = await store([{ ...TICKET, payload: { odd: true } }]);
  const others = [];
  for (let minutes = 0; minutes < 90; minutes++) {
    others.push(await store([TICKET]));
    await dispatcher.drain();
    move(60_000);
  }
  t.match(await poison.deliveries(), [
    { state: 'dead', strikes: 2, lastError: 'answered 401, while others go through' },
  ]);
  await dispatcher.drain();
  for (const { deliveries } of others) t.match(await deliveries(), [{ state: 'done' }]);
  const [{ refused = 0 } = {}] = await poison.deliveries();
  t.ok(refused < 8, `called ${refused} times`);
  t.equal(asked, 90 + refused, 'the others once each');
});

t.test(
  'outbox: a delivery that ends its process is dead after three times, and takes no other with it',
  async (t) => {
    const attempts: [kind: string, attempt: number][] = [];
    const dyings = () => attempts.filter(([kind]) => kind === MAIL.kind).length;
    const handler: Handler = {
      name: 'crm',
      deliver({ kind, attempt }) {
        attempts.push([kind, attempt]);
        return kind === MAIL.kind ? new Promise(() => {}) : Promise.resolve({ outcome: 'delivered' });
      },
    };
    const first = await outbox(t);
    const { deliveries } = await first.store([MAIL, TICKET]);
    for (let process = 1; process <= 6; process++) {
      // each dies in the midst of its work: nothing is recorded
      const { dispatcher, move } = await outbox(t, {
        handlers: { crm: handler, email: handler },
        db: first.db,
        collections: process <= 3 ? mute(first.db) : undefined,
      });
      move(process * 60_000);
      const before = dyings();
      const drained = dispatcher.drain();
      // nobody is left to hear how it ends
      if (process <= 3) drained.catch(() => undefined);
      if (process <= 3) while (dyings() === before) await setImmediate();
      else await drained;
    }
    t.match(await deliveries(), [
      { kind: MAIL.kind, state: 'dead', lastError: /ended 3 times/ },
      { kind: TICKET.kind, state: 'done' },
    ]);
    t.same(
      attempts.filter(([kind]) => kind === MAIL.kind),
      [
        [MAIL.kind, 1],
        [MAIL.kind, 2],
        [MAIL.kind, 3],
      ],
    );
  },
);

t.test('outbox: of a series on one document only the last is sent, and the others say so', async (t) => {
  const asked: string[] = [];
  let outcome: Outcome = DOWN;
  const email: Handler = {
    name: 'email',
    seriesOf: (kind) => (kind === 'return.step' ? kind : undefined),
    async deliver({ kind, payload }) {
      asked.push(`${kind} ${(payload as { n?: number })?.n ?? ''}`);
      return outcome;
    },
  };
  const { dispatcher, store, move } = await outbox(t, { handlers: { email } });
  const step = (n: number): What => ({ to: 'email', kind: 'return.step', payload: { n } });
  const { deliveries } = await store([MAIL, step(1), step(2), step(3)]);
  await dispatcher.drain();
  t.same(asked, ['return.confirmation '], 'the first goes before the others');
  outcome = { outcome: 'delivered' };
  move(60_000);
  await dispatcher.drain();
  t.same(asked.slice(1), ['return.confirmation ', 'return.step 3']);
  t.match(await deliveries(), [
    { state: 'done' },
    { state: 'superseded', attempts: 0, lastError: /later one/ },
    { state: 'superseded' },
    { state: 'done' },
  ]);
});

t.test('a real receiver: every delivery ends as done or dead, with its reason', async (t) => {
  const seen = new Map<string, number>();
  const url = await receiver(t, (request, response) => {
    const id = String(request.headers['webhook-id']);
    const times = (seen.get(id) ?? 0) + 1;
    seen.set(id, times);
    const passing = times < 3 ? 503 : 204;
    response.writeHead({ '/broken': 500, '/refused': 422 }[request.url ?? ''] ?? passing).end();
  });
  const webhook = (path: string) =>
    toHandler(createWebhook({ url: `${url}${path}`, keys: [Buffer.alloc(24, 1)] }, 5000));
  const handlers = { render: webhook('broken'), crm: webhook('refused'), fulfilment: webhook('passing') };
  let dice = 1;
  const random = () => {
    dice = (dice * 16_807) % 2_147_483_647;
    return dice / 2_147_483_647;
  };
  const { dispatcher, store, move, db } = await outbox(t, { handlers, random });
  const enqueued = (['render', 'crm', 'fulfilment'] as const).map((to) => ({ to, kind: 'thing' }));
  for (let n = 0; n < 10; n++) await store(enqueued);
  for (let turn = 0; turn < 250; turn++) {
    await dispatcher.drain();
    move(3_600_000);
  }
  const tickets = db.collection('stylistTickets');
  t.equal(await tickets.countDocuments({ nextDeliveryAt: { $exists: true } }), 0, 'nothing is left');
  const count = (fields: object) => tickets.countDocuments({ deliveries: { $elemMatch: fields } });
  t.equal(await count({ to: 'render', state: 'dead', lastError: /^answered 500/ }), 10);
  t.equal(
    await count({ to: 'crm', state: 'dead', attempts: 1, lastError: /^answered 422: it does not take/ }),
    10,
  );
  t.equal(await count({ to: 'fulfilment', state: 'done', attempts: 3 }), 10);
  t.match(dispatcher.stats(), { render: { dead: 10 }, crm: { dead: 10 }, fulfilment: { delivered: 10 } });
});

t.test('outbox: it looks by itself, soon when it is nudged, and no more once it is stopped', async (t) => {
  const { connector, asked } = scripted({ outcome: 'delivered' });
  const { dispatcher, store } = await outbox(t, { handlers: { crm: connector }, pollMs: 60_000 });
  await store([TICKET]);
  dispatcher.start();
  while (asked.length < 1) await setImmediate();
  await store([TICKET]);
  dispatcher.nudge('stylistTickets');
  while (asked.length < 2) await setImmediate();
  await dispatcher.stop();
  const { deliveries } = await store([TICKET]);
  dispatcher.nudge('stylistTickets');
  await dispatcher.drain();
  t.match(await deliveries(), [{ state: 'pending', attempts: 0 }]);
  t.equal(asked.length, 2);
});

t.test('outbox: when it stops, what is under way is finished and recorded', async (t) => {
  let answer = (_outcome: Outcome): void => {};
  let reached = (): void => {};
  const underWay = new Promise<void>((resolve) => {
    reached = resolve;
  });
  const crm: Handler = {
    name: 'crm',
    deliver: () =>
      new Promise((resolve) => {
        answer = resolve;
        reached();
      }),
  };
  const { dispatcher, store } = await outbox(t, { handlers: { crm } });
  const { deliveries } = await store([TICKET]);
  dispatcher.start();
  await underWay;
  const stopped = dispatcher.stop();
  answer({ outcome: 'delivered' });
  await stopped;
  t.match(await deliveries(), [{ state: 'done' }]);
});

t.test('outbox: a database that is away is told of once, and waited for', async (t) => {
  let calls = 0;
  const logged: unknown[] = [];
  const away = {
    findOneAndUpdate: () => Promise.reject(new Error(`away ${++calls}`)),
    updateOne: () => Promise.reject(new Error('away')),
  };
  const names = Object.keys(OUTBOX_IDS);
  const collections = Object.fromEntries(names.map((name) => [name, away])) as unknown as OutboxCollections;
  const log = {
    warn: (...line: [object, string]) => void logged.push(line),
    info: () => {},
    debug: () => {},
  };
  const settings = { schedule: SCHEDULE, pollMs: 1, timeoutMs: 1000, concurrency: 4 };
  const lost = createDispatcher({ ...settings, collections, handlers: {}, now: () => START, log });
  lost.start();
  while (calls < 2 * names.length + 1) await new Promise((resolve) => setTimeout(resolve, 1));
  await lost.stop();
  t.equal(logged.length, names.length, 'once a collection');
});

async function stored(t: Test, what: What[], handlers: Handlers) {
  const { store: put, ...rest } = await outbox(t, { handlers });
  const store = await put(what);
  return { ...rest, store, read: store.read };
}

/** Sends whatever is delivered as an event. */
const toHandler = (receiver: EventReceiver): Handler => ({
  name: receiver.name,
  deliver: ({ id, kind, attempt, document }, signal) =>
    receiver.send({ type: kind, data: document }, { id, number: attempt, signal }),
});

/** The collections of a process that dies before it can record anything, but for what it notes before it begins. */
function mute(db: Db): OutboxCollections {
  const collections: [string, OutboxCollection][] = Object.entries(outboxesOf(openCollections(db)));
  const muted = collections.map(([name, collection]) => [
    name,
    {
      findOneAndUpdate: (...args: Parameters<OutboxCollection['findOneAndUpdate']>) =>
        collection.findOneAndUpdate(...args),
      updateOne: (filter: object, update: object) =>
        JSON.stringify(update).includes('suspectDelivery":"')
          ? collection.updateOne(filter, update)
          : new Promise(() => {}),
    },
  ]);
  return Object.fromEntries(muted);
}
