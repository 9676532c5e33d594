/*
 * What the pages of the dashboard cost on this machine: npm run bench:dashboard [-- 1000000 [insights]]
 *
 * A year of events, 50,000 tickets and 200,000 orders, or as many times less of each as there are less events, in the embedded MongoDB, which is a process of its own; the service and its client
 * are this one, over HTTP. Each page is opened one after the other by someone who has all rights. Beside the time that has passed stands
 * the processor time of both processes, which holds on a busy machine: of the service with its client, and of the database. Linux only.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Db, MongoClient } from 'mongodb';
import { buildApp } from '../src/app.js';
import { DEFINITIONS, openCollections } from '../src/collections.js';
import { loadConfig } from '../src/config/load.js';
import { createDailyRollUps } from '../src/domain/analytics/daily-roll-up.js';
import { searchTermsOf } from '../src/domain/stylist/search-terms.js';
import { createCalendar } from '../src/lib/calendar.js';
import { keyOf, STAFF_SCOPES } from '../src/platform/keys/keys.js';
import { ensureIndexes } from '../src/platform/mongodb/indexes.js';
import { event, hold, order, rating, rma, ticket } from '../test/dashboard/documents.js';
import { startDatabase } from './http/servers.js';

const EVENTS = Number(process.argv[2] ?? 1_000_000);
/** Only pages whose address has this in it. */
const ONLY = process.argv[3] ?? '';
const [TICKETS = 0, WAITING = 0, RATINGS = 0, ORDERS = 0, RETURNS = 0, ACTS = 0] = [
  50_000, 4000, 30_000, 200_000, 20_000, 100_000,
].map((count) => Math.ceil((count * EVENTS) / 1_000_000));
const BATCH = 5000;
const RUNS = 30;
const NOW = new Date();
const YEAR_MS = 365 * 24 * 60 * 60_000;
const KEY = 'key-of-the-staff-of-the-benchmark';
const AGENTS = ['Ada', 'Bo', 'Chi', 'Dara', 'Margaux'];
const NAMES = [
  'widget_open',
  'products_shown',
  'product_shortlisted',
  'capsule_reserved',
  'order_tracked',
] as const;
const INTENTS = ['find_product', 'track_order', 'return_exchange', 'shortlist'];
const TIME_ZONE = 'America/New_York';

const folder = mkdtempSync(join(tmpdir(), 'dashboard-bench-'));
const database = await startDatabase(folder);
const client = await MongoClient.connect(database.settings.MONGODB_URI ?? '', {
  ignoreUndefined: true,
  // on a busy machine it may be long before it is heard of
  connectTimeoutMS: 120_000,
});
try {
  const db = client.db('bench');
  await ensureIndexes(db, DEFINITIONS);
  await fill(db);
  const days = createDailyRollUps({
    collections: openCollections(db),
    calendar: createCalendar(TIME_ZONE),
    now: () => NOW,
  });
  const started = performance.now();
  await days.close();
  console.log(
    `the whole year counted, once, beside the requests: ${(performance.now() - started).toFixed(0)} ms`,
  );
  await measure();
} finally {
  await client.close();
  await database.stop();
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
    const by = AGENTS[n % AGENTS.length];
    const isDone = n < TICKETS - WAITING;
    const done = isDone ? ({ status: 'done', firstResponseAt: at, assignee: by } as const) : {};
    // of those that wait, every second is someone's, and few are nobody's among the oldest
    const taken = !isDone && n % 2 > 0 ? { assignee: by } : {};
    const customerName = `Ada${n % 1000} Sample${n % 700}`;
    const searchTerms = searchTermsOf(customerName, undefined);
    return ticket(at, { customerName, searchTerms, customerEmail: emailOf(n), ...done, ...taken });
  });
  await insert(db, 'csatFeedback', RATINGS, (n) => rating(moment(n, RATINGS), { score: 1 + (n % 5) }));
  await insert(db, 'returns', RETURNS, (n) =>
    rma(moment(n, RETURNS), n < RETURNS - RETURNS / 40 ? { status: 'completed' } : {}),
  );
  await insert(db, 'capsuleHolds', 500, () => hold(NOW));
  await insert(db, 'auditLog', ACTS, (n) => ({
    at: moment(n, ACTS),
    key: 'agent',
    by: AGENTS[n % AGENTS.length],
    action: ['tickets.done', 'tickets.assign', 'feedback.contacted'][n % 3],
    target: `ST-${n}`,
  }));
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

async function measure(): Promise<void> {
  const settings = {
    ...database.settings,
    MONGODB_DB: 'bench',
    CONCIERGE_API_KEY: 'key-of-the-widget-of-the-benchmark',
    ANALYTICS_SALT: 'salt-of-the-benchmark',
    DASHBOARD_ENABLED: 'true',
    DASHBOARD_SESSION_SECRET: 'secret-of-the-sessions-of-the-benchmark',
    SHOP_TIMEZONE: TIME_ZONE,
    DISPATCHER: 'off',
    // a machine that does other things is no overload
    OVERLOAD_EVENT_LOOP_DELAY_MS: '0',
  };
  const config = loadConfig(settings, {});
  const app = await buildApp({ ...config, apiKeys: [...config.apiKeys, keyOf(KEY, STAFF_SCOPES)] });
  const address = await app.listen({ port: 0, host: '127.0.0.1' });
  try {
    const cookie = await signIn(address);
    const get = async (path: string) => {
      const response = await fetch(`${address}/dashboard/${path}`, {
        headers: { cookie },
        redirect: 'manual',
      });
      const body = await response.text();
      if (response.status >= 400) throw new Error(`${path}: ${response.status} ${/<h1>[^<]*/.exec(body)}`);
      return body;
    };
    const ticketId =
      /href="\/dashboard\/(support\/tickets\/[^?"]+)/.exec(await get('support?view=tickets'))?.[1] ?? '';
    const year = `from=${day(-364)}&to=${day(0)}`;
    const PAGES = [
      ...['support', 'support?view=unassigned', 'support?view=mine', 'support?order=due', 'support?view=due'],
      ...[ticketId, `customers/tickets/${ticketId.split('/')[2]}`],
      ...[
        'orders',
        `orders/GG-${100_000 + Math.floor(ORDERS / 2)}`,
        'creators',
        'insights',
        `insights?${year}`,
        'agents',
      ],
      ...[
        'lists/tickets',
        'lists/orders',
        'lists/audit',
        'lists/audit?by=Ada&action=tickets.done',
        'sessions',
      ],
      ...['GG-150000', '150000', 'ada12', 'ada12 sam', emailOf(12), 'nobody@example.com', '1Z999AA1'].map(
        (typed) => `search?q=${encodeURIComponent(typed)}`,
      ),
    ];
    console.log(
      'page: elapsed median / p95, processor of service and client median / p95, of the database median / p95, ms',
    );
    for (const path of PAGES.filter((one) => one.includes(ONLY))) await report(path, () => get(path));
  } finally {
    await app.close();
  }
}

function day(days: number): string {
  return new Date(NOW.getTime() + days * 24 * 60 * 60_000).toISOString().slice(0, 10);
}

async function signIn(address: string): Promise<string> {
  const url = `${address}/dashboard/sign-in`;
  const page = await fetch(url);
  const token = /name="_csrf" value="([^"]+)"/.exec(await page.text())?.[1] ?? '';
  const cookies = (response: Response) => response.headers.getSetCookie().map((one) => one.split(';')[0]);
  const before = cookies(page);
  const answer = await fetch(url, {
    method: 'POST',
    redirect: 'manual',
    headers: { cookie: before.join('; ') },
    body: new URLSearchParams({ _csrf: token, key: KEY, name: 'Margaux' }),
  });
  return [...before, ...cookies(answer)].join('; ');
}

async function report(what: string, run: () => Promise<unknown>): Promise<void> {
  // the first calls are compiled
  for (let n = 0; n < 3; n++) await run();
  const runs: [elapsed: number, service: number, database: number][] = [];
  for (let n = 0; n < RUNS; n++) {
    const [started, own, others] = [performance.now(), process.cpuUsage(), databaseMs()];
    await run();
    const { user, system } = process.cpuUsage(own);
    runs.push([performance.now() - started, (user + system) / 1000, databaseMs() - others]);
  }
  const figures = ([0, 1, 2] as const).map((nth) => {
    const sorted = runs.map((run) => run[nth]).sort((a, b) => a - b);
    const at = (share: number) => (sorted[Math.floor(RUNS * share)] ?? 0).toFixed(1);
    return `${at(0.5)} / ${at(0.95)}`;
  });
  console.log(`${what}: ${figures.join(', ')}`);
}

/** The processor time of the database so far, of all its threads, as the scheduler counts it in nanoseconds. */
function databaseMs(): number {
  const threads = `/proc/${database.pid}/task`;
  const times = readdirSync(threads).map((thread) =>
    Number(readFileSync(`${threads}/${thread}/schedstat`, 'utf8').split(' ')[0]),
  );
  return times.reduce((sum, one) => sum + one, 0) / 1e6;
}
