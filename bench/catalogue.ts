/*
 * Figures of the catalogue on this machine, with the embedded MongoDB: npm run bench:catalogue [-- 100 1000 10000 100000]
 *
 * Calls are made in process, through the endpoints with their validation and serialisation, without a network. The event loop's
 * delay is looked at while calls go on during a replacement: it is what such a call may have to wait.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';
import Fastify, { type InjectOptions } from 'fastify';
import { type Db, type Document, MongoClient } from 'mongodb';
import { startEmbedded } from '../embedded/index.js';
import catalog from '../plugins/endpoints/products.js';
import neon from '../plugins/shop/catalog.js';
import facets from '../plugins/shop/facets.js';
import { SHARED_SCHEMAS } from '../schemas/common.js';
import { Problem } from '../schemas/problem.js';
import { seedCatalogue } from '../scripts/seed.js';
import { products } from '../scripts/seed-data/products.js';
import { DEFINITIONS } from '../src/collections.js';
import { type Catalogue, createCatalogue } from '../src/domain/catalog/catalogue.js';
import { searchProducts } from '../src/domain/catalog/search.js';
import { serverOptions } from '../src/platform/http/server-options.js';
import { ensureIndexes } from '../src/platform/mongodb/indexes.js';

const SIZES = [100, 1000, 10_000, 100_000];
const BATCH = 2000;
const CALLS = 1500;
const SEARCHES = [
  'ring',
  'gold ring',
  'engagement ring white gold',
  'diamond',
  'saphire necklace',
  'gift for her',
  'lab grown diamond studs',
  'pave band',
  'ear',
  'platinum eternity',
];
const WISHES: Record<string, unknown>[] = [
  {},
  { category: 'ring', metal: '14k_yellow', priceMax: 2500, priceLt: 2500, readyToShip: true },
  { category: 'Earrings', tags: ['gift'], priceBand: '<2500', sortBy: 'price-asc' },
  { stone: 'emerald', sortBy: 'newest' },
  { materials: ['platinum', 'silver'], priceMin: 500, sortBy: 'price-desc', offset: 40 },
  { featured: true, limit: 50 },
  { category: 'necklace', metal: 'titanium', priceMax: 10, relax: true },
];

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
const folder = mkdtempSync(join(tmpdir(), 'catalogue-bench-'));
const { settings, stop } = await startEmbedded({ dataDir: folder, s3: false });
const client = await MongoClient.connect(settings.MONGODB_URI ?? '', { ignoreUndefined: true });
const given = process.argv.slice(2).map(Number);
try {
  const rows: Record<string, string | number>[] = [];
  for (const size of given.length > 0 ? given : SIZES)
    rows.push(await measure(client.db(`bench${size}`), size));
  console.table(rows.map(({ pieces, ...calls }) => ({ pieces, ...pick(calls, /µs|search/) })));
  console.table(rows.map(({ pieces, ...calls }) => ({ pieces, ...pick(calls, /ms|MB/, /search/) })));
} finally {
  await client.close();
  await stop();
  rmSync(folder, { recursive: true, force: true });
}

function pick(row: Record<string, string | number>, wanted: RegExp, but?: RegExp) {
  return Object.fromEntries(Object.entries(row).filter(([key]) => wanted.test(key) && !but?.test(key)));
}

async function measure(db: Db, size: number) {
  await ensureIndexes(db, DEFINITIONS);
  await seedCatalogue(db);
  await db.collection('products').deleteMany({});
  for (let at = 0; at < size; at += BATCH)
    await db
      .collection('products')
      .insertMany(Array.from({ length: Math.min(BATCH, size - at) }, (_, index) => variation(at + index)));

  collectGarbage();
  const before = memoryMb();
  const silent = { info() {}, warn: console.warn };
  const shop = {
    products: db.collection<Document>('products'),
    materials: db.collection<Document>('materials'),
    gemstones: db.collection<Document>('gemstones'),
  };
  const catalogue = createCatalogue(shop, { currency: 'USD', log: silent });
  const first = await timed(() => catalogue.refresh());
  collectGarbage();
  const memory = memoryMb() - before;
  const app = await serve(catalogue);
  const call = async (options: InjectOptions | string) => {
    const answer = await app.inject(options);
    if (answer.statusCode !== 200) throw new Error('a call failed');
  };
  const found = await times(async (n) =>
    call({ method: 'POST', url: '/api/concierge/products', payload: WISHES[n % WISHES.length] ?? {} }),
  );
  const browsed = await times(async (n) =>
    call({
      url: `/api/neon/catalog?category=ring&sortBy=${['newest', 'price-asc', ''][n % 3]}&priceMax=3000`,
    }),
  );
  const counted = await times(async (n) =>
    call({ url: `/api/concierge/facets?${['', 'category=ring', 'metal=platinum&priceMax=3000'][n % 3]}` }),
  );
  const searched = await times(async (n) => {
    searchProducts(catalogue.current(), { text: SEARCHES[n % SEARCHES.length] ?? '', price: {}, limit: 20 });
  });

  const replaced = await whileCalling(call, async () => {
    await db
      .collection<Document>('products')
      .updateOne({ 'inventory.sku': 'B-7' }, { $set: { 'metadata.featured': true, updatedAt: new Date() } });
    const same = catalogue.current();
    await catalogue.refresh();
    if (catalogue.current() === same) throw new Error('the change was not seen');
  });
  const reread = await whileCalling(call, async () => {
    const later = Date.now() + 120_000;
    const { now } = Date;
    Date.now = () => later;
    await catalogue.refresh().finally(() => {
      Date.now = now;
    });
  });
  await app.close();
  return {
    pieces: size,
    'products µs p50 / p95': figures(found, 1000),
    'catalogue µs p50 / p95': figures(browsed, 1000),
    'facets µs p50 / p95': figures(counted, 1000),
    'search alone ms p50 / p95': figures(searched, 1, 2),
    'first reading ms': Math.round(first),
    'a change: ms to swap': Math.round(replaced.ms),
    'loop delay then, ms': replaced.delayMs,
    'longest call then, ms': replaced.longestMs,
    'full reading ms': Math.round(reread.ms),
    'its loop delay, ms': reread.delayMs,
    'memory MB': Math.round(memory),
  };
}

/** The seeds again and again, each with a name, a number and a price of its own. */
function variation(at: number): Document {
  const product = products[at % products.length];
  const { _id, ...rest } = product ?? products[0] ?? {};
  const sku = `B-${at}`;
  const price = 40 + ((at * 7919) % 12_000);
  const day = new Date(Date.UTC(2024, 0, 1) + (at % 900) * 86_400_000);
  return {
    ...rest,
    name: `${product?.name} ${['Petite', 'Grande', 'Noir', 'Aurea', 'Luxe', 'Mini', 'Duo'][at % 7]} ${at}`,
    pricing: { basePrice: price, currency: 'USD' },
    inventory: { ...product?.inventory, sku },
    seo: { slug: `piece-${at}` },
    // a shop's pieces have not all their tags in common
    metadata: {
      ...product?.metadata,
      status: 'active',
      featured: at % 23 === 0,
      tags: [...(product?.metadata.tags ?? []), `look ${at % 40}`, `edit ${at % 97}`],
    },
    createdAt: day,
    updatedAt: day,
  };
}

async function serve(catalogue: Catalogue) {
  const app = Fastify(serverOptions({ http: { trustProxy: false, requestTimeoutMs: 30_000 } }, false));
  for (const schema of [...SHARED_SCHEMAS, Problem]) app.addSchema(schema);
  app.decorate('catalogue', catalogue);
  await app.register(catalog);
  await app.register(neon);
  await app.register(facets);
  await app.ready();
  return app;
}

async function timed(work: () => Promise<void>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

async function times(work: (n: number) => Promise<void>): Promise<number[]> {
  const measured: number[] = [];
  for (let n = -CALLS / 3; n < CALLS; n++) {
    const ms = await timed(() => work(n + CALLS));
    if (n >= 0) measured.push(ms);
  }
  return measured;
}

async function whileCalling(call: (options: string) => Promise<void>, work: () => Promise<void>) {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  let going = true;
  let longest = 0;
  const calls = (async () => {
    while (going) {
      longest = Math.max(longest, await timed(() => call('/api/neon/catalog?category=ring')));
      await wait(5);
    }
  })();
  delay.enable();
  const ms = await timed(work);
  delay.disable();
  going = false;
  await calls;
  return { ms, delayMs: Math.round(delay.max / 1e5) / 10, longestMs: Math.round(longest * 10) / 10 };
}

function figures(measured: number[], factor: number, digits = 0): string {
  const sorted = measured.toSorted((a, b) => a - b);
  const at = (part: number) =>
    ((sorted[Math.floor(sorted.length * part)] ?? Number.NaN) * factor).toFixed(digits);
  return `${at(0.5)} / ${at(0.95)}`;
}

/** With `--expose-gc`, as the command has it. */
function collectGarbage(): void {
  globalThis.gc?.();
}

function memoryMb(): number {
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return (heapUsed + arrayBuffers) / 2 ** 20;
}
