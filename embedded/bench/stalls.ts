/*
 * How long the embedded MongoDB keeps a client waiting while it compacts its log and builds indexes, as seen from outside:
 * the server in a process of its own, the load in another, and in this one a client that pings the server every 5 ms.
 *
 *   npx tsx embedded/bench/stalls.ts [documents, 500000]
 *
 * The share of a busy machine is told by the pings while nothing is asked of the server, and left out of the processor's
 * time that the server's thread takes between two turns of its event loop: the longest is how long it stood still.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { MongoClient } from 'mongodb';
import { listen } from '../mongodb/server.js';

const PING_EVERY_MS = 5;
const BATCH = 2000;
const DOCUMENTS = Number(process.argv[2] ?? 500_000);

const [, , , role, where = ''] = process.argv;
if (role === 'load') await load(where);
else if (role === 'server') await serve(where);
else await watch();

interface Order {
  _id: number;
  n: number;
  email: string;
  text: string;
}

/** The server, and on demand the longest time that its thread was at work without a turn for others. */
async function serve(path: string): Promise<void> {
  const server = await listen({ path });
  const used = () =>
    Number(readFileSync(`/proc/self/task/${process.pid}/schedstat`, 'utf8').split(' ')[0]) / 1e6;
  let last = used();
  let longest = 0;
  const timer = setInterval(() => {
    const now = used();
    longest = Math.max(longest, now - last);
    last = now;
  }, 1);
  process.on('message', async (message) => {
    if (message === 'longest') process.send?.({ longest });
    if (message === 'longest') longest = 0;
    if (message !== 'end') return;
    clearInterval(timer);
    await server.stop();
    process.disconnect();
  });
  process.send?.({ uri: server.uri });
}

/** In the process beside: does what it is told, and says when it is done. */
async function load(uri: string): Promise<void> {
  const client = await MongoClient.connect(uri);
  const orders = client.db('bench').collection<Order>('orders');
  const text = 'a ring of fourteen carat yellow gold '.repeat(6);
  const tasks: Record<string, () => Promise<unknown>> = {
    fill: async () => {
      for (let at = 0; at < DOCUMENTS; at += BATCH) {
        await orders.insertMany(
          Array.from({ length: BATCH }, (_, i) => ({
            _id: at + i,
            n: at + i,
            email: `c${(at + i) % 9999}@example.com`,
            text,
          })),
        );
      }
    },
    change: async () => {
      for (let at = 0; at < DOCUMENTS * 1.3; at += 50) {
        const from = at % DOCUMENTS;
        await orders.updateMany({ _id: { $gte: from, $lt: from + 50 } }, { $inc: { n: DOCUMENTS } });
      }
    },
    index: () => orders.createIndex({ email: 1 }),
    'unique index': () => orders.createIndex({ n: 1 }, { unique: true }),
    'compound index': () => orders.createIndex({ email: 1, n: -1 }, { name: 'two' }),
  };
  process.on('message', async (name: string) => {
    if (name === 'end') {
      await client.close();
      process.disconnect();
      return;
    }
    await tasks[name]?.();
    process.send?.(name);
  });
  process.send?.('ready');
}

async function watch(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'embedded-stalls-'));
  const server = beside('server', folder);
  const { uri = '' } = await answer(server);
  const client = await MongoClient.connect(uri, { maxPoolSize: 1 });
  const admin = client.db('admin');
  const loader = beside('load', uri);
  const told = (name: string) =>
    new Promise<void>((resolve, reject) => {
      const hear = (message: unknown) => {
        if (message !== name) return;
        loader.off('message', hear);
        resolve();
      };
      loader.on('message', hear);
      loader.once('exit', () => reject(new Error('the load ended early')));
    });
  const ask = (name: string) => {
    const done = told(name);
    loader.send(name);
    return done;
  };
  const longest = async () => {
    server.send('longest');
    return (await answer(server)).longest ?? 0;
  };
  const size = () => statSync(join(folder, 'data.log')).size;

  /** Pings until the work is done, and says how long they took. */
  async function during(name: string, work: Promise<unknown>): Promise<void> {
    const times: number[] = [];
    let over = false;
    let shrunk = 0;
    let before = size();
    void work.finally(() => {
      over = true;
    });
    await longest();
    const started = performance.now();
    while (!over) {
      const start = performance.now();
      await admin.command({ ping: 1 });
      times.push(performance.now() - start);
      const now = size();
      if (now < before * 0.8) shrunk++;
      before = now;
      await sleep(Math.max(0, PING_EVERY_MS - (performance.now() - start)));
    }
    await work;
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    times.sort((a, b) => a - b);
    const at = (share: number) => (times[Math.floor(share * (times.length - 1))] ?? 0).toFixed(1);
    const slow = times.filter((ms) => ms > 20).length;
    console.log(
      `${name}: ${seconds} s, ${times.length} pings, median ${at(0.5)} ms, p99 ${at(0.99)}, p99.9 ${at(0.999)}, longest ${at(1)}, ` +
        `${slow} over 20 ms; longest at work ${(await longest()).toFixed(1)} ms${shrunk > 0 ? `; compacted ${shrunk} times` : ''}`,
    );
  }

  try {
    await told('ready');
    await during('nothing', sleep(5000));
    await during(`${DOCUMENTS} inserted`, ask('fill'));
    await during('nothing', sleep(5000));
    await during('an index', ask('index'));
    await during('a unique index', ask('unique index'));
    await during('a compound index', ask('compound index'));
    await during('changes until the log is compacted', ask('change'));
    await during('what is left of it', sleep(10_000));
  } finally {
    if (loader.connected) loader.send('end');
    await client.close();
    server.send('end');
    await new Promise((resolve) => server.once('exit', resolve));
    rmSync(folder, { recursive: true, force: true });
  }
}

function beside(part: string, place: string): ChildProcess {
  const execArgv = ['--import', import.meta.resolve('tsx')];
  return fork(fileURLToPath(import.meta.url), [String(DOCUMENTS), part, place], { execArgv });
}

function answer(child: ChildProcess): Promise<{ uri?: string; longest?: number }> {
  return new Promise((resolve) => child.once('message', resolve));
}
