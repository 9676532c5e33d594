// Figures of the embedded MongoDB, through the official driver, the server in its worker thread.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { type Collection, MongoClient } from 'mongodb';
import { startMongodb } from '../mongodb/index.js';
import { listen } from '../mongodb/server.js';

interface Order {
  _id: string;
  email: string;
  state: string;
  total: number;
  at: Date;
  items: { sku: string; quantity: number }[];
}

const DOCUMENTS = 100_000;
const WRITERS = 16;
const SECONDS = 3;
const RUNS = 3;
const INDEXED = 50;

const id = (i: number) => `order-${i}`;

const order = (i: number): Order => ({
  _id: id(i),
  email: `customer-${i % 5000}@example.com`,
  state: ['open', 'paid', 'sent', 'done'][i % 4] ?? 'open',
  total: 1000 + (i % 977) * 5,
  at: new Date(1.7e12 + i * 1000),
  items: [{ sku: `sku-${i % 500}`, quantity: 1 + (i % 3) }],
});

export async function benchMongodb(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'embedded-bench-'));
  let started = performance.now();
  let server = await startMongodb({ path: folder });
  console.log(`MongoDB: ready in ${ms(started)} on an empty folder`);
  const client = await MongoClient.connect(server.uri, { maxPoolSize: WRITERS });
  try {
    const orders = client.db('bench').collection<Order>('orders');
    await rates(orders);
    await queries(orders);
  } finally {
    await client.close();
    await server.stop();
  }
  started = performance.now();
  server = await startMongodb({ path: folder });
  console.log(`  ready again in ${ms(started)}, of them ${Math.round(server.loadMs)} ms reading`);
  await server.stop();
  await memory(folder);
  rmSync(folder, { recursive: true, force: true });
}

// In this thread, where it can be told from everything else.
async function memory(folder: string): Promise<void> {
  const used = () => {
    setFlagsFromString('--expose-gc');
    runInNewContext('gc')();
    const { heapUsed, external } = process.memoryUsage();
    return heapUsed + external;
  };
  const before = used();
  const server = await listen({ path: folder });
  const megabytes = Math.round((used() - before) / 1e6);
  console.log(`  ${DOCUMENTS} documents with two indexes take ${megabytes} MB of memory`);
  await server.stop();
}

async function rates(orders: Collection<Order>): Promise<void> {
  let next = 0;
  const inserts = () => orders.insertOne(order(next++));
  const random = () => id(Math.floor(Math.random() * next));
  await report('inserts', 6000, inserts);
  await report('finds by key', 7000, () => orders.findOne({ _id: random() }));
  await report('updates by key', 5000, () => orders.updateOne({ _id: random() }, { $inc: { total: 1 } }));
  await orders.drop();
}

// Several runs, as other work on the machine disturbs single ones.
async function report(name: string, wanted: number, run: () => Promise<unknown>): Promise<void> {
  await rate(run, 0.5);
  const results: number[] = [];
  for (let i = 0; i < RUNS; i++) results.push(Math.round(await rate(run, SECONDS)));
  console.log(`  ${name}: ${results.join(', ')} a second (at least ${wanted}), ${WRITERS} at a time`);
}

async function rate(run: () => Promise<unknown>, seconds: number): Promise<number> {
  const started = performance.now();
  const end = started + seconds * 1000;
  let n = 0;
  const worker = async () => {
    for (; performance.now() < end; n++) await run();
  };
  await Promise.all(Array.from({ length: WRITERS }, worker));
  return (n * 1000) / (performance.now() - started);
}

async function queries(orders: Collection<Order>): Promise<void> {
  await orders.createIndexes([{ key: { email: 1 } }, { key: { state: 1, at: -1 } }]);
  const batch = 5000;
  for (let at = 0; at < DOCUMENTS; at += batch) {
    await orders.insertMany(Array.from({ length: batch }, (_, i) => order(at + i)));
  }
  const since = new Date(1.7e12 + (DOCUMENTS - 400) * 1000);
  await duration('20 by one indexed field', () =>
    orders.find({ email: 'customer-77@example.com' }).toArray(),
  );
  await duration('100 by two fields of an index', () =>
    orders.find({ state: 'paid', at: { $gte: since } }).toArray(),
  );
  await duration('the newest 50 of 25,000, by index', () =>
    orders.find({ state: 'paid' }).sort({ at: -1 }).limit(50).toArray(),
  );
  await duration('a filter without an index', () =>
    orders.find({ total: 1005, 'items.sku': 'sku-9' }).toArray(),
  );
}

async function duration(name: string, run: () => Promise<unknown[]>): Promise<void> {
  const times: number[] = [];
  for (let i = 0; i < INDEXED; i++) {
    const started = performance.now();
    await run();
    times.push(performance.now() - started);
  }
  times.sort((a, b) => a - b);
  const at = (share: number) => (times[Math.floor(share * (times.length - 1))] ?? 0).toFixed(2);
  console.log(`  of ${DOCUMENTS} documents, ${name}: median ${at(0.5)} ms, slowest of twenty ${at(0.95)} ms`);
}

const ms = (since: number) => `${Math.round(performance.now() - since)} ms`;
