/*
 * kill -9 in the middle of the work, again and again on one folder. Every writer knows what was acknowledged to it and
 * what it had sent last, so that after the restart each document has to be one of the two, and whole.
 */
import { existsSync, watch } from 'node:fs';
import { join } from 'node:path';
import { type Collection, MongoClient } from 'mongodb';
import { type Random, randomFrom } from './fuzz/random.js';
import { startProcess } from './process.js';

interface Item {
  _id: string;
  n: number;
  text: string;
}

/** What is known of a document: versions count from 1, and 0 is before the insert. */
interface Known {
  sent: number;
  acknowledged: number;
  deleting: boolean;
}

export type KillDuring = 'inserts' | 'updates' | 'compaction';

interface Totals {
  rounds: number;
  acknowledged: number;
  inCompaction: number;
  slowestMs: number;
}

interface Trial {
  known: Map<string, Known>;
  totals: Totals;
  round(during: KillDuring, seed: string): Promise<void>;
}

const WRITERS = 8;
const COMPACT_ABOVE = 400_000;

export function crashTrial(folder: string): Trial {
  const known = new Map<string, Known>();
  const totals: Totals = { rounds: 0, acknowledged: 0, inCompaction: 0, slowestMs: 0 };
  const round = async (during: KillDuring, seed: string) => {
    const server = await startProcess(folder, COMPACT_ABOVE);
    totals.slowestMs = Math.max(totals.slowestMs, server.readyMs);
    const client = new MongoClient(server.uri, { serverSelectionTimeoutMS: 2000 });
    try {
      const items = client.db('crash').collection<Item>('items');
      await verify(items, known);
      if (totals.rounds === 0) await items.createIndex({ n: 1 });
      const random = randomFrom(seed);
      const killed = kill(server.kill, folder, during, random);
      await Promise.all(
        Array.from({ length: WRITERS }, (_, i) =>
          write(items, known, `${totals.rounds}-${i}`, during, randomFrom(`${seed}-${i}`), totals),
        ),
      );
      await killed;
    } finally {
      await server.kill();
      await client.close();
    }
    if (existsSync(join(folder, 'data.log.new'))) totals.inCompaction++;
    totals.rounds++;
  };
  return { known, totals, round };
}

async function kill(
  end: () => Promise<void>,
  folder: string,
  during: KillDuring,
  random: Random,
): Promise<void> {
  if (during === 'compaction') await compacting(folder);
  await new Promise((resolve) =>
    setTimeout(resolve, during === 'compaction' ? random.below(4) : 60 + random.below(400)),
  );
  await end();
}

// Until a new log appears beside the old one, or long enough.
function compacting(folder: string): Promise<void> {
  return new Promise((resolve) => {
    const watcher = watch(folder, (_, name) => name === 'data.log.new' && done());
    const timer = setTimeout(() => done(), 8000);
    const done = () => {
      clearTimeout(timer);
      watcher.close();
      resolve();
    };
  });
}

const textOf = (n: number) => `${n}:${String(n % 10).repeat(100 + (n % 200))}`;

// Goes on until the server is gone. No two writers touch one document.
async function write(
  items: Collection<Item>,
  known: Map<string, Known>,
  name: string,
  during: KillDuring,
  random: Random,
  totals: Totals,
): Promise<void> {
  const mine: string[] = [];
  try {
    for (let i = 0; ; i++) {
      const insert = mine.length === 0 || random.chance(during === 'inserts' ? 0.9 : 0.2);
      if (insert) mine.push(await insertOne(items, known, `${name}-${i}`));
      else if (random.chance(0.05)) await deleteOne(items, known, mine.pop() ?? '');
      else await updateOne(items, known, random.pick(mine));
      totals.acknowledged++;
    }
  } catch (error) {
    if (!(error instanceof Error) || !error.name.startsWith('Mongo')) throw error;
  }
}

async function insertOne(items: Collection<Item>, known: Map<string, Known>, _id: string): Promise<string> {
  const state = { sent: 1, acknowledged: 0, deleting: false };
  known.set(_id, state);
  await items.insertOne({ _id, n: 1, text: textOf(1) });
  state.acknowledged = 1;
  return _id;
}

async function updateOne(items: Collection<Item>, known: Map<string, Known>, _id: string): Promise<void> {
  const state = known.get(_id);
  if (!state) return;
  const n = ++state.sent;
  await items.updateOne({ _id }, { $set: { n, text: textOf(n) } });
  state.acknowledged = n;
}

async function deleteOne(items: Collection<Item>, known: Map<string, Known>, _id: string): Promise<void> {
  const state = known.get(_id);
  if (!state) return;
  state.deleting = true;
  await items.deleteOne({ _id });
  known.delete(_id);
}

/** Throws when something acknowledged is missing, or something is torn, or something is there that was deleted. */
async function verify(items: Collection<Item>, known: Map<string, Known>): Promise<void> {
  const found = new Map((await items.find().toArray()).map((item) => [item._id, item]));
  for (const item of found.values()) {
    if (!known.has(item._id)) throw new Error(`${item._id} was deleted, and is back`);
    if (item.text !== textOf(item.n)) throw new Error(`${item._id} is torn: ${JSON.stringify(item)}`);
  }
  for (const [id, { sent, acknowledged, deleting }] of known) {
    const n = found.get(id)?.n ?? 0;
    const sound = n === acknowledged || n === sent || (deleting && n === 0);
    if (!sound) throw new Error(`${id} has version ${n}; ${acknowledged} was acknowledged, ${sent} was sent`);
    if (n === 0) known.delete(id);
    else known.set(id, { sent: n, acknowledged: n, deleting: false });
  }
  const byIndex = await items.countDocuments({ n: { $gte: 1 } });
  if (byIndex !== found.size) throw new Error(`the index has ${byIndex} of ${found.size} documents`);
}
