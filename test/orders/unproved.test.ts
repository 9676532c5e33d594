import { randomUUID } from 'node:crypto';
import t, { type Test } from 'tap';
import { build, call, database } from '../helper.js';
import { declined } from '../problem.js';

const NOW = new Date('2026-08-20T15:00:00Z');
const OWNER = 'ada.owner@example.com';
const POSTAL_CODE = '10115';
const STATUS = '/api/concierge/orders/status';
const CSAT = '/api/analytics/csat';
const STYLIST = '/api/concierge/stylist';
const UPDATES = '/api/concierge/order-updates';

async function shop(t: Test, env: NodeJS.ProcessEnv = {}) {
  const db = await database(t);
  await db.collection('orders').insertOne({
    orderNumber: 'GG-501',
    customerEmail: OWNER,
    status: 'delivered',
    items: [{ lineId: 'a', sku: 'RNG-120', title: 'Ring', quantity: 1 }],
    shipping: { postalCode: POSTAL_CODE, deliveredAt: new Date('2026-08-15') },
    createdAt: new Date('2026-08-05'),
  });
  const { app } = await build(t, { db, now: () => NOW, env: { ORDERS_PROOF: 'required', ...env } });
  const post = (path: string, body: object) => call(app, path, body);
  const orderOf = () => db.collection('orders').findOne({ orderNumber: 'GG-501' });
  /** A session that has looked the order up by its number alone, or with what proves it. */
  async function session(isProved: boolean): Promise<string> {
    const sessionId = randomUUID();
    const proof = isProved ? { email: OWNER, postalCode: POSTAL_CODE } : {};
    await post(STATUS, { sessionId, orderNumber: 'GG-501', ...proof });
    return sessionId;
  }
  return { app, db, post, orderOf, session };
}

t.test('orders: a rating touches an order only for who has proved it', async (t) => {
  const { db, post, orderOf, session } = await shop(t);
  for (const sessionId of [randomUUID(), await session(false)]) {
    const rated = await post(CSAT, { sessionId, rating: 'poor', orderNumber: 'GG-501' });
    t.match(rated.json(), { ok: true, score: 1, needsFollowUp: true }, 'it is kept for the conversation');
    t.notOk((await db.collection('csatFeedback').findOne({ sessionId }))?.orderNumber);
  }
  t.notOk((await orderOf())?.csatRating);
  await post(CSAT, { sessionId: await session(true), rating: 'great', orderNumber: 'gg-501' });
  t.equal((await orderOf())?.csatRating, 5);
});

t.test('orders: of forty ratings of one order ten are put on it, and all are kept', async (t) => {
  const { db, post } = await shop(t, { ORDERS_PROOF: 'trusted' });
  for (let nth = 0; nth < 40; nth++)
    await post(CSAT, { sessionId: randomUUID(), rating: 1 + (nth % 5), orderNumber: 'GG-501' });
  t.equal(await db.collection('csatFeedback').countDocuments(), 40);
  t.equal(await db.collection('csatFeedback').countDocuments({ orderNumber: 'GG-501' }), 10);
});

t.test('orders: a ticket names an order that is not proved, and nothing of it belongs to it', async (t) => {
  const { db, post, orderOf, session } = await shop(t);
  const ask = async (isProved: boolean) => {
    const sessionId = await session(isProved);
    const { ticketId } = (await post(STYLIST, { sessionId, email: 'mallory@stranger.example' })).json();
    return db.collection('stylistTickets').findOne({ ticketId });
  };
  const unproved = await ask(false);
  t.match(unproved, { namedOrderNumber: 'GG-501', identity: 'claimed' });
  t.notOk(unproved?.orderNumber);
  t.notOk((await orderOf())?.supportTickets, 'the order knows nothing of it');
  const proved = await ask(true);
  t.match(proved, { orderNumber: 'GG-501', identity: 'verified' });
  t.notOk(proved?.namedOrderNumber);
  t.match((await orderOf())?.supportTickets, [proved?.ticketId]);
});

t.test(
  'orders: the open return of an order makes a ticket urgent only for who has proved the order',
  async (t) => {
    const { db, post, session } = await shop(t);
    const owner = await session(true);
    await post('/api/concierge/orders/returns', {
      option: 'return',
      orderNumber: 'GG-501',
      sessionId: owner,
    });
    const priorityFor = async (sessionId: string) => {
      const { ticketId } = (await post(STYLIST, { sessionId, email: 'someone@example.com' })).json();
      return (await db.collection('stylistTickets').findOne({ ticketId }))?.priorityReasons;
    };
    t.same(await priorityFor(await session(false)), []);
    t.same(await priorityFor(owner), ['open_return']);
  },
);

const FOREIGN: [what: string, contact: unknown, consent?: boolean][] = [
  ['an email as a text', 'mallory@stranger.example'],
  ['an email by channel', { channel: 'email', value: 'mallory@stranger.example' }],
  ['a number', '+1 202 555 0123', true],
  ['a number by channel', { channel: 'sms', phone: '+12025550123' }, true],
];

t.test('orders: news of an order goes to no address but its own for who has not proved it', async (t) => {
  const { db, post, session } = await shop(t);
  const subscriptions = db.collection('widgetOrderSubscriptions');
  for (const [what, contact, consent] of FOREIGN) {
    const sessionId = await session(false);
    declined(
      t,
      await post(UPDATES, { sessionId, orderNumber: 'GG-501', contact, consent }),
      'proof_required',
      what,
    );
  }
  t.equal(await subscriptions.countDocuments(), 0);
  const own = await post(UPDATES, { sessionId: await session(false), orderNumber: 'GG-501' });
  t.match(own.json(), { ok: true, message: /the email address of the order/ });
  t.notMatch(own.body, /\bada\b/);
  const typed = await post(UPDATES, {
    sessionId: await session(false),
    orderNumber: 'GG-501',
    contact: ` ${OWNER.toUpperCase()}`,
  });
  t.match(typed.json(), { ok: true, channel: 'email' }, 'its own address, typed');
  t.equal(await subscriptions.countDocuments({ destination: OWNER }), 1);
  for (const [what, contact, consent] of FOREIGN) {
    const answer = await post(UPDATES, {
      sessionId: await session(true),
      orderNumber: 'GG-501',
      contact,
      consent,
    });
    t.match(answer.json(), { ok: true }, `${what}, proved`);
  }
});

t.test(
  'orders: 120 addresses for the news of one order, for a shop that vouches for its callers: ten hear of it',
  async (t) => {
    const { db, post } = await shop(t, { ORDERS_PROOF: 'trusted' });
    const reasons = new Map<string, number>();
    for (let nth = 0; nth < 120; nth++) {
      const contact = `friend-${nth}@example.com`;
      const { ok, reason = 'subscribed' } = (
        await post(UPDATES, { sessionId: randomUUID(), orderNumber: 'GG-501', contact })
      ).json();
      reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
      t.equal(ok, nth < 10);
    }
    t.same(Object.fromEntries(reasons), { subscribed: 10, too_many_addresses: 110 });
    const again = await post(UPDATES, {
      sessionId: randomUUID(),
      orderNumber: 'GG-501',
      contact: 'friend-3@example.com',
    });
    t.equal(again.json().ok, true, 'one of them asks again');
    t.equal(
      (await post(UPDATES, { sessionId: randomUUID(), orderNumber: 'GG-501' })).json().ok,
      true,
      'the order has its own',
    );
    t.equal(await db.collection('widgetOrderSubscriptions').countDocuments(), 11);
  },
);

t.test(
  'orders: sixty tickets of strangers under one address: five are opened, and its owner is answered',
  async (t) => {
    const { db, post, session } = await shop(t, { STYLIST_TICKETS_PER_ADDRESS: '5' });
    const tickets = db.collection('stylistTickets');
    const ask = async (sessionId: string, notes: string, email = OWNER) =>
      (await post(STYLIST, { sessionId, email, notes })).json();
    const outcomes = new Map<string, number>();
    for (let nth = 0; nth < 60; nth++) {
      const { ok, reason, message } = await ask(randomUUID(), `flood ${nth}`);
      const outcome = reason ?? (/added this/.test(message) ? 'joined' : String(ok));
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
      if (nth !== 5) continue;
      const own = await ask(randomUUID(), 'Is my ring ready?');
      t.match(
        own,
        { ok: true, ticketId: /^ST-/, message: /added this to what you have asked/ },
        'who has the address',
      );
      const ticket = await tickets.findOne({ ticketId: own.ticketId });
      t.match(ticket?.history.at(-1), { by: 'customer', action: 'note', note: 'Is my ring ready?' });
      t.equal(ticket?.version, ticket?.history.length);
    }
    t.equal(outcomes.get('true'), 5);
    t.ok(Number(outcomes.get('joined')) > 40, 'the stylists read the rest on those five');
    t.equal(await tickets.countDocuments(), 5);
    t.match(await ask(await session(true), 'I have proved the order'), {
      ok: true,
      message: /A stylist will write/,
    });
    t.match(await ask(randomUUID(), 'Hello', 'someone@else.example'), {
      ok: true,
      message: /A stylist will write/,
    });
    await tickets.updateMany({}, { $set: { status: 'done' } });
    t.match(
      await ask(randomUUID(), 'Once more'),
      { message: /A stylist will write/ },
      'when they are answered',
    );
  },
);

t.test(
  'orders: twenty tickets about one order, for a shop that vouches for its callers: ten belong to it',
  async (t) => {
    const { db, post } = await shop(t, { ORDERS_PROOF: 'trusted' });
    for (let nth = 0; nth < 20; nth++) {
      const sessionId = randomUUID();
      await post(STATUS, { sessionId, orderNumber: 'GG-501' });
      await post(STYLIST, { sessionId, email: `friend-${nth}@example.com` });
    }
    const tickets = db.collection('stylistTickets');
    t.equal(await tickets.countDocuments({ orderNumber: 'GG-501' }), 10);
    t.equal(await tickets.countDocuments({ namedOrderNumber: 'GG-501' }), 10, 'the others name it');
  },
);

t.test(
  'orders: strangers make one address hear of some of its orders a day, never keep its owner out',
  async (t) => {
    const { db, post } = await shop(t, { EMAIL_ORDERS_PER_ADDRESS: '2' });
    const orders = db.collection('orders');
    const [first] = await orders.find({}, { projection: { _id: 0 } }).toArray();
    await orders.insertMany([502, 503, 504].map((number) => ({ ...first, orderNumber: `GG-${number}` })));
    const subscribe = (number: number, sessionId = randomUUID()) =>
      post(UPDATES, { sessionId, orderNumber: `GG-${number}` });
    const statuses = [];
    for (const number of [501, 502, 502, 503, 504]) statuses.push((await subscribe(number)).statusCode);
    t.same(statuses, [201, 201, 200, 429, 429]);
    const sessionId = randomUUID();
    await post(STATUS, { sessionId, orderNumber: 'GG-503', email: OWNER, postalCode: POSTAL_CODE });
    t.equal((await subscribe(503, sessionId)).statusCode, 201, 'who has proved it');
  },
);

t.test(
  'orders: news that its reader has ended by the link begin again only for who has proved the order',
  async (t) => {
    const { db, post, session } = await shop(t);
    await post(UPDATES, { sessionId: randomUUID(), orderNumber: 'GG-501' });
    const subscriptions = db.collection('widgetOrderSubscriptions');
    await subscriptions.updateMany({}, { $set: { status: 'stopped', stopped: { at: NOW, by: 'link' } } });
    declined(
      t,
      await post(UPDATES, { sessionId: await session(false), orderNumber: 'GG-501' }),
      'proof_required',
    );
    t.equal(await subscriptions.countDocuments({ status: 'stopped' }), 1);
    t.match((await post(UPDATES, { sessionId: await session(true), orderNumber: 'GG-501' })).json(), {
      ok: true,
    });
    t.equal(await subscriptions.countDocuments({ status: 'active' }), 1);
  },
);
