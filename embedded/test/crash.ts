/*
 * Kills the embedded MongoDB fifty times in the middle of inserts, updates and compactions, and looks after each restart
 * whether everything acknowledged is there and whole. Then measures a restart with 100,000 documents.
 *
 *   npm run crash:embedded [-- <rounds> [<seed>]]
 */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MongoClient, ObjectId } from 'mongodb';
import { crashTrial, type KillDuring } from './mongodb/crash.js';
import { startProcess } from './mongodb/process.js';

const DURING: KillDuring[] = ['inserts', 'updates', 'compaction'];
const DOCUMENTS = 100_000;

const rounds = Number(process.argv[2] ?? 50);
const seed = process.argv[3] ?? randomBytes(6).toString('hex');
const folder = mkdtempSync(join(tmpdir(), 'embedded-crash-'));

try {
  console.log(`seed ${seed}`);
  await crashes();
  await restarts();
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function crashes(): Promise<void> {
  const { round, totals, known } = crashTrial(join(folder, 'crash'));
  for (let i = 0; i < rounds; i++) await round(DURING[i % DURING.length] ?? 'inserts', `${seed}-${i}`);
  await round('inserts', `${seed}-last`); // looks at what the last kill left
  console.log(`${rounds} kills, ${totals.inCompaction} of them while a new log was being written`);
  console.log(`${totals.acknowledged} writes acknowledged, none lost; nothing torn; ${known.size} documents`);
  console.log(`slowest start of the process: ${Math.round(totals.slowestMs)} ms`);
}

async function restarts(): Promise<void> {
  const path = join(folder, 'restart');
  const server = await startProcess(path);
  const client = await MongoClient.connect(server.uri);
  const items = client.db('crash').collection('items');
  await items.createIndexes([
    { key: { email: 1 } },
    { key: { state: 1, at: -1 } },
    { key: { due: 1 }, sparse: true },
  ]);
  const batch = 5000;
  for (let at = 0; at < DOCUMENTS; at += batch) {
    await items.insertMany(Array.from({ length: batch }, (_, i) => order(at + i)));
  }
  await client.close();
  await server.kill();
  for (let i = 0; i < 3; i++) {
    const again = await startProcess(path);
    const load = Math.round(again.loadMs);
    console.log(
      `start with ${DOCUMENTS} documents and three indexes: ${Math.round(again.readyMs)} ms, of them ${load} ms reading`,
    );
    await again.kill();
  }
}

function order(i: number) {
  return {
    _id: new ObjectId(),
    email: `customer-${i}@example.com`,
    state: ['open', 'paid', 'sent', 'done'][i % 4],
    at: new Date(1.7e12 + i * 1000),
    items: [{ sku: `sku-${i % 500}`, quantity: 1 + (i % 3) }],
    ...(i % 10 === 0 && { due: new Date(1.7e12 + i) }),
  };
}
