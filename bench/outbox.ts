/*
 * Figures of the outbox on this machine, with the embedded MongoDB and receivers on 127.0.0.1:
 *
 *   npm run bench:outbox [-- <deliveries> [<done documents> [<requests>]]]
 */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { type Db, MongoClient } from 'mongodb';
import { startEmbedded } from '../embedded/index.js';
import { buildApp } from '../src/app.js';
import { DEFINITIONS, openCollections, outboxesOf } from '../src/collections.js';
import { loadConfig } from '../src/config/load.js';
import { createWebhook } from '../src/connectors/webhooks/webhook.js';
import { DELIVERY_KINDS, type DeliveryTools } from '../src/domain/deliveries.js';
import { createHandlers } from '../src/outbox/delivery-kind.js';
import { createDispatcher } from '../src/outbox/dispatcher.js';
import { enqueue } from '../src/outbox/enqueue.js';
import { ensureIndexes } from '../src/platform/mongodb/indexes.js';

const [DELIVERIES = 5000, DONE = 100_000, REQUESTS = 200] = process.argv.slice(2).map(Number);
const BATCH = 1000;
/** A busy hour of a shop's widget, in which nothing waits for anything. */
const REQUEST_INTERVAL_MS = 20;
const KEY = 'bench-key-of-the-widget';
const SECRET_KEY = Buffer.alloc(32, 7);
const SECRET = `whsec_${SECRET_KEY.toString('base64')}`;

const PIECE = {
  name: 'Ring',
  category: 'rings',
  pricing: { basePrice: 1200, currency: 'USD' },
  inventory: { sku: 'RNG-1', isCustomMade: true },
  media: { primary: 'https://shop.example/ring.jpg' },
  metadata: { status: 'active' },
};

// the image runs a newer Node
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

const folder = mkdtempSync(join(tmpdir(), 'outbox-bench-'));
const { settings, stop } = await startEmbedded({ dataDir: folder });
const client = await MongoClient.connect(settings.MONGODB_URI ?? '', { ignoreUndefined: true });

try {
  const db = client.db('bench');
  await ensureIndexes(db, DEFINITIONS);
  const before = await throughput(db);
  await storeDone(db);
  const after = await throughput(db);
  const done = DONE.toLocaleString('en');
  console.log(
    `deliveries a second, one process: ${before.perSecond}; beside ${done} done documents: ${after.perSecond}`,
  );
  console.log(
    `a claim that finds nothing: ${before.claimMs} ms; beside ${done} done documents: ${after.claimMs} ms`,
  );
  await delays();
  await whileDown();
} finally {
  await client.close();
  await stop();
  rmSync(folder, { recursive: true, force: true });
}

async function throughput(db: Db): Promise<{ perSecond: string; claimMs: string }> {
  const holds = db.collection('capsuleHolds');
  await holds.insertMany(Array.from({ length: DELIVERIES }, () => hold()));
  const { url, close } = await startReceiver();
  const dispatcher = createDispatcher({
    collections: outboxesOf(openCollections(db)),
    handlers: createHandlers(DELIVERY_KINDS, {} as DeliveryTools, {
      render: createWebhook({ url, keys: [SECRET_KEY] }, 10_000),
    }),
    schedule: [5000],
    pollMs: 200,
    timeoutMs: 20_000,
    concurrency: 64,
    now: () => new Date(),
    log: { warn: console.warn, info: () => {}, debug: () => {} },
  });
  const started = performance.now();
  const used = process.cpuUsage();
  dispatcher.start();
  while ((dispatcher.stats().render?.delivered ?? 0) < DELIVERIES) await wait(5);
  const { user, system } = process.cpuUsage(used);
  const rate = Math.round(DELIVERIES / ((performance.now() - started) / 1000));
  // dispatcher, receiver and database together: on a busy machine the rate says less than this
  const perSecond = `${rate} (${((user + system) / 1000 / DELIVERIES).toFixed(2)} ms of processor time each)`;
  await dispatcher.stop();
  close();
  return { perSecond, claimMs: await claimMs(db) };
}

async function claimMs(db: Db): Promise<string> {
  const filter = { nextDeliveryAt: { $lte: new Date() } };
  const set = { $set: { nextDeliveryAt: new Date() } };
  const times: number[] = [];
  for (let n = 0; n < 500; n++) {
    const started = performance.now();
    await db.collection('capsuleHolds').findOneAndUpdate(filter, set, { sort: { nextDeliveryAt: 1 } });
    times.push(performance.now() - started);
  }
  return percentile(times, 0.5).toFixed(2);
}

async function storeDone(db: Db): Promise<void> {
  for (let at = 0; at < DONE; at += BATCH) {
    const documents = Array.from({ length: BATCH }, () => {
      const { nextDeliveryAt: _, deliveries, ...rest } = hold();
      return { ...rest, deliveries: deliveries.map((one) => ({ ...one, state: 'done', attempts: 1 })) };
    });
    await db.collection('capsuleHolds').insertMany(documents);
  }
}

function hold() {
  const id = randomUUID();
  const at = new Date();
  const names = { reservationId: id, sessionId: id, activeSessionId: id, items: [] };
  const expiresAt = new Date(at.getTime() + 48 * 3_600_000);
  return { ...names, createdAt: at, expiresAt, ...enqueue([{ to: 'render', kind: 'capsule.render' }], at) };
}

/** From the answer of a request to the arrival of its deliveries; the service is idle in between. */
async function delays(): Promise<void> {
  for (const [name, nudged] of [
    ['after a request to the same process', true],
    ['found by polling', false],
  ] as const) {
    let arrived = (): void => {};
    const { url, close } = await startReceiver(() => arrived());
    const serving = await start(
      randomUUID(),
      nudged ? { RENDER_WEBHOOK_URL: url } : { DISPATCHER: 'off' },
      url,
    );
    const times: number[] = [];
    for (let n = 0; n < REQUESTS; n++) {
      const arrival = new Promise<void>((resolve) => {
        arrived = resolve;
      });
      await serving.request();
      const accepted = performance.now();
      await arrival;
      times.push(performance.now() - accepted);
      await wait(Math.random() * 50);
    }
    console.log(`delay to the first attempt, ${name}: ${figures(times)}`);
    await serving.close();
    close();
  }
}

async function whileDown(): Promise<void> {
  const closed = await startReceiver();
  closed.close();
  for (const [name, env] of [
    ['without a dispatcher', { DISPATCHER: 'off' }],
    ['with one, and the receiver down', { DISPATCHER: 'inline' }],
  ] as const) {
    const { request, close } = await start(randomUUID(), { ...env, RENDER_WEBHOOK_URL: closed.url });
    const times: number[] = [];
    for (let n = 0; n < 3 * REQUESTS; n++) {
      times.push(await request());
      await wait(REQUEST_INTERVAL_MS);
    }
    // the first ones warm it up
    console.log(`a request ${name}: ${figures(times.slice(REQUESTS))}`);
    await close();
  }
}

/** A service, and with `pollFor` a second one beside it that has the dispatcher. */
async function start(database: string, env: NodeJS.ProcessEnv, pollFor?: string) {
  const common = {
    ...settings,
    CONCIERGE_API_KEY: KEY,
    ANALYTICS_SALT: 'salt-of-the-measurement',
    MONGODB_DB: database,
    RATE_LIMIT_BURST: '0',
    RATE_LIMIT_PER_SESSION: '0',
    // what is asked here is how long it takes, however busy the machine
    OVERLOAD_EVENT_LOOP_DELAY_MS: '0',
    RENDER_WEBHOOK_SECRET: SECRET,
  };
  const build = async (more: NodeJS.ProcessEnv) => {
    const app = await buildApp(loadConfig({ ...common, ...more }, {}));
    await app.ready();
    return app;
  };
  // made to order: as many as are asked for
  await client
    .db(database)
    .collection('products')
    .insertOne({ ...PIECE });
  const app = await build({ RENDER_WEBHOOK_URL: 'http://127.0.0.1:9/', ...env });
  const beside = env.DISPATCHER === 'off' && pollFor ? [await build({ RENDER_WEBHOOK_URL: pollFor })] : [];
  const request = async (): Promise<number> => {
    const payload = { sessionId: randomUUID(), shortlist: [{ id: PIECE.inventory.sku }] };
    const headers = { authorization: `Bearer ${KEY}` };
    const started = performance.now();
    const answer = await app.inject({ method: 'POST', url: '/api/concierge/capsule', headers, payload });
    if (answer.statusCode >= 300) throw new Error(answer.body);
    return performance.now() - started;
  };
  const close = async () => {
    await Promise.all([app, ...beside].map((one) => one.close()));
  };
  return { request, close };
}

async function startReceiver(onCall: () => void = () => {}) {
  const server = createServer((request, response) => {
    onCall();
    request.resume();
    response.writeHead(204).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  return { url, close };
}

function percentile(times: number[], part: number): number {
  return times.toSorted((a, b) => a - b)[Math.floor(times.length * part)] ?? Number.NaN;
}

function figures(times: number[]): string {
  return [0.5, 0.95, 0.99]
    .map((part) => `p${part * 100} ${percentile(times, part).toFixed(1)} ms`)
    .join(', ');
}
