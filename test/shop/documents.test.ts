import type { Db } from 'mongodb';
import t, { type Test } from 'tap';
import { build, call, database, STAFF_KEY } from '../helper.js';
import { buildShop, createShopIndexes } from './database.js';

const NOW = new Date();
const SESSION = 'widget-6f1c8a52-3f0e-4f8e-9a53-0c7d1b8f2a11';

t.test('a shop that comes after us: its scripts work on a database that we started on', async (t) => {
  const db = await database(t);
  const { app } = await build(t, { db });
  await createShopIndexes(db, 'newest');
  const saved = await call(app, '/api/concierge/shortlist', { sessionId: SESSION, items: [] });
  t.equal(saved.statusCode, 200);
});

/** A shop whose earlier pages have been used, and the service on it. */
async function used(t: Test) {
  const db = await database(t);
  // its unique index on the session would end the start
  await buildShop(db, 'newest', NOW, 'widgetOrderSubscriptions');
  await db
    .collection('orders')
    .updateOne({ orderNumber: 'GG-12001' }, { $set: { supportTickets: ['TKT-1001'], csatRating: 2 } });
  const { app } = await build(t, { db, staff: true });
  const headers = { authorization: `Bearer ${STAFF_KEY}` };
  const get = async (url: string) => (await app.inject({ url, headers })).json();
  const post = (url: string, payload: object) => app.inject({ method: 'POST', url, headers, payload });
  return { app, db, get, post };
}

t.test('earlier documents: the staff see the tickets, and take them up', async (t) => {
  const { db, get, post } = await used(t);
  const { items } = await get('/api/dashboard/support/queue?kind=tickets');
  t.match(items, [{ id: 'TKT-1001', status: 'open', priority: 'normal', title: 'A ring for my sister' }]);
  const ticket = await get('/api/dashboard/support/tickets/TKT-1001');
  t.match(ticket, {
    ticketId: 'TKT-1001',
    contact: { email: 'ada@example.com', name: 'Ada Lovelace', phone: '+12025550142' },
    transcript: [],
    version: 0,
  });
  const act = (version: number) =>
    post('/api/dashboard/support/tickets/TKT-1001/actions', {
      action: 'in_progress',
      version,
      by: 'Jo',
    });
  t.equal((await act(0)).statusCode, 200);
  t.match(await db.collection('stylistTickets').findOne({ ticketId: 'TKT-1001' }), {
    customerEmail: 'ada@example.com',
    status: 'in_progress',
    version: 1,
    assignee: 'Jo',
  });
  t.equal((await act(0)).statusCode, 409, 'what was seen is no longer so');
});

t.test('earlier documents: an order shows its ticket, its rating and who is told of it', async (t) => {
  const { get } = await used(t);
  const order = await get('/api/dashboard/orders/GG-12001');
  t.match(order, {
    tickets: [{ ticketId: 'TKT-1001', status: 'open' }],
    csatRating: 2,
    channels: ['email', 'sms'],
  });
  t.equal(order.subscriptions.length, 2);
});

t.test(
  'earlier documents: ratings and opt-ins count on their day, also where the day is a text',
  async (t) => {
    const { get } = await used(t);
    const day = (n: number) => new Date(NOW.getTime() - n * 24 * 60 * 60_000).toISOString().slice(0, 10);
    const { csat } = await get(`/api/analytics/summary?from=${day(5)}&to=${day(0)}`);
    t.same(csat.distribution, { 1: 0, 2: 1, 3: 0, 4: 1, 5: 1 });
    const figures = await get('/api/dashboard/metrics');
    t.same(figures.totals.optIns, { email: 2, sms: 1 });
  },
);

t.test(
  'earlier documents: a rating and a list of the same session stand beside them, or take them over',
  async (t) => {
    const { app, db } = await used(t);
    const rated = await call(app, '/api/analytics/csat', {
      sessionId: 'early-1',
      intent: 'track_order',
      rating: 4,
    });
    t.equal(rated.statusCode, 200);
    const ratings = await db.collection('csatFeedback').find({ sessionId: 'early-1' }).toArray();
    t.equal(ratings.length, 3, 'the earlier ones stay');
    const ours = ratings.find(({ feedbackId }) => feedbackId);
    t.match(ours, { score: 4, timestamp: Date }, 'under the names of the shop’s pages');
    t.notOk(ours && 'updatedAt' in ours);
    const held = await call(app, '/api/concierge/capsule', { sessionId: 'early-1' });
    t.match(held.json(), { shortlistCount: 1 }, 'the earlier list is the session’s');
    const saved = await call(app, '/api/concierge/shortlist', {
      sessionId: 'early-1',
      items: [{ id: 'RNG-101' }, { id: 'RNG-401' }],
    });
    t.match(saved.json(), { ok: true, totalItems: 2, shortlistId: /^list/ });
    const lists = await db.collection('widgetShortlists').find({ sessionId: 'early-1' }).toArray();
    t.match(lists, [{ shortlistId: saved.json().shortlistId }], 'one list a session');
    t.ok(lists[0]?.expiresAt > NOW);
  },
);

t.test('earlier documents: a person is exported and erased with them', async (t) => {
  const { db, post } = await used(t);
  const who = { email: 'ADA@example.com', phone: '+1 202 555 0142' };
  const { data } = (await post('/api/concierge/privacy/export', who)).json();
  t.same(
    Object.fromEntries(Object.entries<unknown[]>(data).map(([name, documents]) => [name, documents.length])),
    {
      analyticsEvents: 1,
      csatFeedback: 2,
      stylistTickets: 1,
      widgetOrderSubscriptions: 1,
      widgetShortlists: 1,
    },
  );
  t.equal((await post('/api/concierge/privacy/erase', who)).json().status, 'done');
  t.same(await left(db, /\bada\b|Lovelace|early-1|5550142|555-0142|too slow/i), [], 'nothing is left');
  t.equal(await db.collection('csatFeedback').countDocuments(), 3, 'the scores count on');
  t.equal(await db.collection('stylistTickets').countDocuments(), 1, 'of others nothing is missing');
});

/** Where something is found, but in the shop's own collections. */
async function left(db: Db, mark: RegExp): Promise<string[]> {
  const found: string[] = [];
  for (const { name } of await db.listCollections().toArray()) {
    if (['orders', 'creators', 'products'].includes(name)) continue;
    for (const document of await db.collection(name).find().toArray())
      if (mark.test(JSON.stringify(document))) found.push(`${name}: ${JSON.stringify(document)}`);
  }
  return found;
}
