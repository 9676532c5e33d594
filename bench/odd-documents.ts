/*
 * 10,000 orders and 10,000 products in which any field is missing, of a wrong type, huge, negative or in another script, over HTTP to a service
 * in a process of its own:
 *
 *   npm run bench:odd-documents [-- seed]
 *
 * It ends with 1 when an answer was a 5xx or had a date outside 2000 to 2100, when one turn of the event loop kept the processor for more than
 * 50 ms, or the service grew by more than 50 MB. All of it in processor time: what a call waits for depends on what else the machine does.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
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
const MAX_TURN_MS = 50;
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
const folder = mkdtempSync(join(tmpdir(), 'concierge-odd-'));
const turns = join(folder, 'turns.json');
const env = {
  ...Object.fromEntries(LIMITS.map((name) => [name, '0'])),
  DISPATCHER: 'off',
  ORDERS_PROOF: 'trusted',
  TURNS_FILE: turns,
};
const MEASURED = '--expose-gc --import tsx --import ./bench/longest-turn.ts src/server.ts'.split(' ');
const target = await startTarget(env, MEASURED);
const faults: string[] = [];
const statuses: Record<string, number> = {};

async function post(path: string, body: object) {
  const { status, text } = await target.send(path, { key: 'widget', body });
  statuses[status] = (statuses[status] ?? 0) + 1;
  return { status, text };
}

/** The service's figures since the last time; see longest-turn.ts. */
async function figures(): Promise<{ longestMs: number; heapMb: number }> {
  rmSync(turns, { force: true });
  process.kill(target.pid, 'SIGUSR2');
  while (!existsSync(turns)) await wait(20);
  return JSON.parse(readFileSync(turns, 'utf8'));
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
  const before = await figures();
  await ask(WARM_UP, ALONE);
  await ask(ALONE, COUNT, ASKERS);
  const orders = await figures();
  const grown = orders.heapMb - before.heapMb;

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
  const products = await figures();
  for (const [what, { longestMs }] of Object.entries({ orders, products }))
    if (longestMs > MAX_TURN_MS) faults.push(`${what}: a turn of ${Math.round(longestMs)} ms`);
  if (grown > MAX_GROWN_MB) faults.push(`the heap has grown by ${Math.round(grown)} MB over the orders`);
  console.table({
    answers: JSON.stringify(statuses),
    'pieces on sale': total,
    'longest turn of the event loop, orders ms': Math.round(orders.longestMs),
    'the same, products ms': Math.round(products.longestMs),
    'heap grown over the orders MB': Math.round(grown),
    faults: faults.length,
  });
  for (const fault of faults.slice(0, 20)) console.log(`FAULT ${fault.slice(0, 500)}`);
} finally {
  await target.stop();
  rmSync(folder, { recursive: true });
}
process.exitCode = faults.length === 0 ? 0 : 1;

/** Resolves when the catalogue has been read anew. */
async function shown(): Promise<{ total: number }> {
  for (let total = 0; ; ) {
    const answer = await target.send('/api/concierge/products', { key: 'widget', body: { q: 'odd' } });
    const now = Number(answer.headers.get('x-total-count'));
    if (now > 0 && now === total) return { total };
    total = now;
    await wait(3000);
  }
}
