/*
 * Figures of the dashboard on this machine, with the embedded MongoDB: npm run bench:dashboard [-- 1000000]
 *
 * A year of events, tickets, ratings and orders; then: how long the whole year takes to be counted, which happens once, beside the
 * requests; how long a year of figures takes when it has been; and a page of the queue and of the orders. In process, without HTTP.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Db, MongoClient } from 'mongodb';
import { startEmbedded } from '../embedded/index.js';
import { DEFINITIONS, openCollections } from '../src/collections.js';
import { createPersonRecords } from '../src/dashboard/customers/person-records.js';
import { createMetrics } from '../src/dashboard/insights/insights.js';
import { createOrderFinder } from '../src/dashboard/orders/order-finder.js';
import { createOrdersView } from '../src/dashboard/orders/orders-view.js';
import { createQueue } from '../src/dashboard/queue/queue.js';
import { createSearch } from '../src/dashboard/search/search.js';
import { createDailyRollUps } from '../src/domain/analytics/daily-roll-up.js';
import { createPictureAddresses } from '../src/domain/inspiration/picture-address.js';
import { createRepositories } from '../src/domain/repositories.js';
import { searchTermsOf } from '../src/domain/stylist/search-terms.js';
import { addDays, createCalendar } from '../src/lib/calendar.js';
import { ensureIndexes } from '../src/platform/mongodb/indexes.js';
import { event, order, rating, ticket } from '../test/dashboard/documents.js';

const EVENTS = Number(process.argv[2] ?? 1_000_000);
const [TICKETS, WAITING, RATINGS, ORDERS] = [50_000, 2000, 30_000, 200_000];
const BATCH = 5000;
const RUNS = 20;
const NOW = new Date();
const YEAR_MS = 365 * 24 * 60 * 60_000;
const NAMES = [
  'widget_open',
  'products_shown',
  'product_shortlisted',
  'capsule_reserved',
  'order_tracked',
] as const;
const INTENTS = ['find_product', 'track_order', 'return_exchange', 'shortlist'];
const SHOP = { timeZone: 'America/New_York', locale: 'en-US', currency: 'USD' };
const VIEWER = { key: 'bench', name: 'bench', scopes: [] };

const folder = mkdtempSync(join(tmpdir(), 'dashboard-bench-'));
const { settings, stop } = await startEmbedded({ dataDir: folder, s3: false });
const client = await MongoClient.connect(settings.MONGODB_URI ?? '', { ignoreUndefined: true });
try {
  const db = client.db('bench');
  await ensureIndexes(db, DEFINITIONS);
  await fill(db);
  await measure(db);
} finally {
  await client.close();
  await stop();
  rmSync(folder, { recursive: true, force: true });
}

/** Of some 20,000 customers, each has a few. */
function emailOf(n: number): string {
  return `customer${n % 20_000}@example.com`;
}

/** The nth of so many moments spread evenly over the year. */
function moment(n: number, of: number): Date {
  return new Date(NOW.getTime() - YEAR_MS + ((n + 0.5) / of) * YEAR_MS);
}

async function fill(db: Db): Promise<void> {
  await insert(db, 'analyticsEvents', EVENTS, (n) =>
    event(moment(n, EVENTS), {
      event: `aurora_${NAMES[n % NAMES.length] ?? 'widget_open'}`,
      sessionId: `session-${Math.floor(n / 8)}`,
      intent: INTENTS[n % INTENTS.length] ?? 'shortlist',
      success: n % 7 > 0,
    }),
  );
  await insert(db, 'stylistTickets', TICKETS, (n) => {
    const at = moment(n, TICKETS);
    const done = n < TICKETS - WAITING ? ({ status: 'done', firstResponseAt: at } as const) : {};
    const customerName = `Ada${n % 1000} Sample${n % 700}`;
    const searchTerms = searchTermsOf(customerName, undefined);
    return ticket(at, { customerName, searchTerms, customerEmail: emailOf(n), ...done });
  });
  await insert(db, 'csatFeedback', RATINGS, (n) => rating(moment(n, RATINGS), { score: 1 + (n % 5) }));
  await insert(db, 'orders', ORDERS, (n) =>
    order(`GG-${100_000 + n}`, moment(n, ORDERS), { customerEmail: emailOf(n) }),
  );
  console.log(`${EVENTS} events, ${TICKETS} tickets (${WAITING} wait), ${RATINGS} ratings, ${ORDERS} orders`);
}

async function insert(db: Db, name: string, count: number, make: (n: number) => object): Promise<void> {
  for (let from = 0; from < count; from += BATCH) {
    const documents = Array.from({ length: Math.min(BATCH, count - from) }, (_, n) => make(from + n));
    await db.collection(name).insertMany(documents, { ordered: false });
  }
}

async function measure(db: Db): Promise<void> {
  const collections = openCollections(db);
  const now = () => NOW;
  const calendar = createCalendar(SHOP.timeZone);
  const days = createDailyRollUps({ collections, calendar, now });
  const metrics = createMetrics({ collections, calendar, days, now });
  const queue = createQueue({ db, collections, pictures: createPictureAddresses(['bench']), now });
  const catalogue = () => {
    throw new Error('no order is looked at in detail');
  };
  const { orderLookups } = createRepositories(collections, { shop: SHOP, orders: {}, salt: 'bench' });
  const finder = createOrderFinder(collections.orders, orderLookups);
  const orders = createOrdersView({ collections, catalogue, now, shop: SHOP, finder });
  const to = calendar.dayOf(NOW);
  const year = { from: addDays(to, -364), to };

  await report('the whole year counted, once', 1, () => days.close());
  await report('figures of a year', RUNS, () => metrics.figures(year));
  await report('figures of 30 days', RUNS, () => metrics.figures({}));
  await report('first page of the queue', RUNS, () => queue.page(VIEWER, {}, undefined));
  await report('the same by deadline, as the inbox', RUNS, () =>
    queue.inbox(VIEWER, { order: 'due' }, undefined),
  );
  await report('the counts of its views', RUNS, () => queue.counts(VIEWER));
  await report('first page of the orders', RUNS, () => orders.list(VIEWER, {}));
  const search = createSearch({
    collections,
    finder,
    recordsOf: createPersonRecords(collections, finder),
    now,
    shop: SHOP,
  });
  for (const typed of ['GG-150000', 'GG150000', 'ada12', 'ada12 sam', emailOf(12), 'nobody@example.com'])
    await report(`search for ${typed}`, RUNS, () => search(VIEWER, typed));
}

async function report(what: string, runs: number, run: () => Promise<unknown>): Promise<void> {
  const times: number[] = [];
  for (let n = 0; n < runs; n++) {
    const started = performance.now();
    await run();
    times.push(performance.now() - started);
  }
  times.sort((a, b) => a - b);
  const at = (share: number) =>
    (times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0).toFixed(1);
  console.log(runs === 1 ? `${what}: ${at(0)} ms` : `${what}: median ${at(0.5)} ms, p95 ${at(0.95)} ms`);
}
