/*
 * 10,000 orders and 10,000 products in which any field is missing, of a wrong type, huge, negative or in another script, over HTTP to a service
 * in a process of its own:
 *
 *   npm run bench:odd-documents [-- seed]
 *
 * It ends with 1 when an answer was a 5xx or had a date outside 2000 to 2100, or the service grew by more than 50 MB. What the event loop
 * waited for depends on what else the machine does; the processor time of the slowest call does not, but is counted in steps of 10 ms.
 */
import { readFileSync } from 'node:fs';
import { MongoBulkWriteError } from 'mongodb';
import { startTarget } from '../test/attack/target.js';
import { createRandom, oddProduct } from '../test/catalog/odd-products.js';
import { askOf, farDates, oddOrder } from '../test/orders/odd-orders.js';

const COUNT = 10_000;
const WARM_UP = 200;
const ALONE = 1000;
const ASKERS = 8;
const BATCH = 500;
const PAGE = 50;
const MAX_GROWN_MB = 50;
const SEARCHES = [
  'gold',
  'ring',
  'odd',
  'プラチナ',
  'not gold under $500',
  '14k white or yellow gold',
  'Weißgoldring',
];
const LIMITS = [
  'RATE_LIMIT_PER_SESSION RATE_LIMIT_PER_IP RATE_LIMIT_BURST RATE_LIMIT_PER_KEY RATE_LIMIT_RETURNS RATE_LIMIT_ORDER_MISSES',
  'RATE_LIMIT_ORDERS ORDER_MISSES_ALERT EMAIL_ORDERS_PER_ADDRESS',
].flatMap((names) => names.split(' '));

const seed = Number(process.argv[2] ?? 20_261_130);
const random = createRandom(seed);
const env = {
  ...Object.fromEntries(LIMITS.map((name) => [name, '0'])),
  DISPATCHER: 'off',
  ORDERS_PROOF: 'trusted',
};
const target = await startTarget(env);
const faults: string[] = [];
const statuses: Record<string, number> = {};
let isAlone = true;
let slowestMs = 0;
let slowest = '';

/** User and system time of the service. */
function cpuMs(): number {
  const fields = readFileSync(`/proc/${target.pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

async function post(path: string, body: object) {
  const before = cpuMs();
  const { status, text } = await target.send(path, { key: 'widget', body });
  const took = cpuMs() - before;
  if (isAlone && took > slowestMs) [slowestMs, slowest] = [took, `${path} ${JSON.stringify(body)}`];
  statuses[status] = (statuses[status] ?? 0) + 1;
  return { status, text };
}

/** Of the service's own figures; the delay of the event loop is that since the last time. */
async function figures() {
  const { text } = await target.send('/metrics', { key: 'staff' });
  const figure = (name: string) => Number(new RegExp(`^${name} (\\S+)`, 'm').exec(text)?.[1]);
  return {
    heapMb: figure('nodejs_heap_size_used_bytes') / 2 ** 20,
    lagMs: figure('nodejs_eventloop_lag_max_seconds') * 1000,
  };
}

async function leastHeapMb(): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  // collections of garbage come when they come: what stays is the least of some looks
  for (let look = 0; look < 40; look++) {
    await Promise.all(
      Array.from({ length: 25 }, () => target.send('/api/concierge/facets', { key: 'widget' })),
    );
    least = Math.min(least, (await figures()).heapMb);
  }
  return least;
}

const store = async (name: string, make: (at: number) => object) => {
  for (let from = 0; from < COUNT; from += BATCH)
    await target.db
      .collection(name)
      .insertMany(
        Array.from({ length: BATCH }, (_, n) => make(from + n)),
        { ordered: false },
      )
      // what no database takes, such as a number twice, is in no shop
      .catch((error) => {
        if (!(error instanceof MongoBulkWriteError)) throw error;
      });
};

try {
  console.log(`seed ${seed}`);
  await store('orders', (at) => oddOrder(random, at));
  const ask = async (from: number, to: number, askers = 1) => {
    let next = from;
    const askSome = async () => {
      for (let at = next++; at < to; at = next++) faults.push(...(await askOf(`GG-${100_000 + at}`, post)));
    };
    await Promise.all(Array.from({ length: askers }, askSome));
  };
  // what is loaded and compiled once is not the documents'
  await ask(0, WARM_UP);
  [slowestMs, slowest] = [0, ''];
  const before = await leastHeapMb();
  // one after the other, for the processor time of each; the others together
  await ask(WARM_UP, ALONE);
  isAlone = false;
  await ask(ALONE, COUNT, ASKERS);
  isAlone = true;
  const afterOrders = await figures();
  const grown = (await leastHeapMb()) - before;

  await store('products', (at) => oddProduct(random, at));
  const { total } = await shown();
  for (const q of [undefined, ...SEARCHES])
    for (let offset = 0; offset <= 5000; offset += PAGE) {
      const { status, text } = await post('/api/concierge/products', { q, offset, limit: PAGE });
      if (status >= 500) faults.push(`products ${q} ${offset}: ${status} ${text}`);
      const pieces = status < 400 ? JSON.parse(text) : [];
      faults.push(...farDates(pieces).map((date) => `products ${q} ${offset}: ${date}`));
      if (pieces.length < PAGE) break;
    }
  const afterProducts = await figures();
  if (grown > MAX_GROWN_MB) faults.push(`the heap has grown by ${Math.round(grown)} MB over the orders`);
  console.table({
    answers: JSON.stringify(statuses),
    'pieces on sale': total,
    'slowest call, ms of processor': `${slowestMs}, ${slowest}`.slice(0, 120),
    'event loop, longest delay over the orders ms': Math.round(afterOrders.lagMs),
    'the same over the products ms': Math.round(afterProducts.lagMs),
    'heap grown over the orders MB': Math.round(grown),
    faults: faults.length,
  });
  for (const fault of faults.slice(0, 20)) console.log(`FAULT ${fault.slice(0, 500)}`);
} finally {
  await target.stop();
}
process.exitCode = faults.length === 0 ? 0 : 1;

/** Resolves when the catalogue has been read anew. */
async function shown(): Promise<{ total: number }> {
  for (let total = 0; ; ) {
    const answer = await target.send('/api/concierge/products', { key: 'widget', body: { q: 'odd' } });
    const now = Number(answer.headers.get('x-total-count'));
    if (now > 0 && now === total) return { total };
    total = now;
    await new Promise((resolve) => setTimeout(resolve, 3000));
  }
}
