/*
 * The processor time that the embedded MongoDB takes for what the service asks of it most often: the server in a process of its
 * own, its time as the kernel counts it, so that the figures hold on a busy machine.
 *
 *   npx tsx embedded/bench/service.ts [the folder of another version of this repository, to be measured by turns with this one]
 *   ONLY=<part of a name> PROFILE=<file for the server's profile> npx tsx embedded/bench/service.ts
 */
import { type ChildProcess, fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { Session } from 'node:inspector/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { MongoClient } from 'mongodb';
import { fillOrders, orderNumber } from '../../bench/http/data.js';
import { type Collections, DEFINITIONS, openCollections } from '../../src/collections.js';
import { ORDER_PROJECTION } from '../../src/domain/orders/read-order.js';
import { spellings } from '../../src/domain/orders/spellings.js';
import { joined, upsertOf } from '../../src/domain/sessions/pending-writes.js';
import { ensureIndexes } from '../../src/platform/mongodb/indexes.js';

const ROUNDS = 9;
/** By number and not by time, in which a busy machine does too little to say anything. */
const COMMANDS = 300;
const WARM_UP = 3000;
const ORDERS = 10_000;
const SESSIONS = Array.from({ length: 500 }, () => randomUUID());
const HERE = fileURLToPath(new URL('../..', import.meta.url));

interface Task {
  /** How many statements or documents it has, over which its time is spread. */
  of: number;
  run(): Promise<unknown>;
}

interface Arm {
  client: MongoClient;
  server: ChildProcess;
  tasks: Record<string, Task>;
}

async function serve(root: string, path: string): Promise<void> {
  const { listen } = await import(pathToFileURL(join(root, 'embedded/mongodb/server.ts')).href);
  const server = await listen({ path });
  const profiler = new Session();
  profiler.connect();
  await profiler.post('Profiler.enable');
  process.on('message', async (message) => {
    if (message === 'used') process.send?.(process.cpuUsage());
    if (message === 'profile') await profiler.post('Profiler.start');
    if (message === 'profiled')
      writeFileSync(
        process.env.PROFILE ?? '',
        JSON.stringify((await profiler.post('Profiler.stop')).profile),
      );
    if (message !== 'end') return;
    await server.stop();
    process.disconnect();
  });
  process.send?.(server.uri);
}

async function compare(roots: string[]): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'embedded-service-'));
  const arms: Arm[] = [];
  try {
    for (const [n, root] of roots.entries()) arms.push(await start(root, join(folder, String(n))));
    for (const name of Object.keys(arms[0]?.tasks ?? {})) {
      if (name.includes(process.env.ONLY ?? '')) console.log(`${name}: ${await figures(arms, name)}`);
    }
  } finally {
    for (const { client, server } of arms) {
      await client.close();
      server.send('end');
      await new Promise((resolve) => server.once('exit', resolve));
    }
    rmSync(folder, { recursive: true, force: true });
  }
}

async function start(root: string, path: string): Promise<Arm> {
  const execArgv = ['--import', import.meta.resolve('tsx')];
  const server = fork(fileURLToPath(import.meta.url), ['server', root, path], { execArgv });
  const client = await MongoClient.connect(await answer<string>(server), {
    maxPoolSize: 4,
    ignoreUndefined: true,
    writeConcern: { w: 'majority' },
  });
  const db = client.db('shop');
  await ensureIndexes(db, DEFINITIONS);
  await fillOrders(db, 0, ORDERS);
  const tasks = tasksOf(openCollections(db), client);
  for (const name of ['update of a shortlist, 32 in a bulk', 'touch of a session, 25 in a bulk']) {
    for (let n = 0; n < 5 * SESSIONS.length; n += 25) await tasks[name]?.run();
  }
  return { client, server, tasks };
}

const answer = <T>(server: ChildProcess): Promise<T> =>
  new Promise((resolve) => server.once('message', (message) => resolve(message as T)));

/** Medians of the rounds in microseconds, and of the ratios of each round. */
async function figures(arms: readonly Arm[], name: string): Promise<string> {
  for (const arm of arms) await microseconds(arm, name, WARM_UP);
  if (process.env.PROFILE) arms[0]?.server.send('profile');
  const rounds: number[][] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const times: number[] = [];
    for (const arm of arms) times.push(await microseconds(arm, name, COMMANDS));
    rounds.push(times);
  }
  if (process.env.PROFILE) arms[0]?.server.send('profiled');
  const us = arms.map((_, n) => `${median(rounds.map((times) => times[n] ?? 0)).toFixed(1)} µs`);
  const [, ...others] = arms;
  const ratios = others.map((_, n) => median(rounds.map(([own = 0, ...rest]) => own / (rest[n] ?? 0))));
  return [...us, ...ratios.map((ratio) => `ratio ${ratio.toFixed(2)}`)].join(', ');
}

async function microseconds({ server, tasks }: Arm, name: string, commands: number): Promise<number> {
  const { run = async () => {}, of = 1 } = tasks[name] ?? {};
  const before = await used(server);
  for (let n = 0; n < commands; n++) await run();
  return ((await used(server)) - before) / commands / of;
}

async function used(server: ChildProcess): Promise<number> {
  const told = answer<NodeJS.CpuUsage>(server);
  server.send('used');
  const { user, system } = await told;
  return user + system;
}

const median = (all: number[]): number => all.sort((a, b) => a - b)[all.length >> 1] ?? 0;
const one = <T>(all: readonly T[]): T => all[Math.floor(Math.random() * all.length)] as T;
const many = <T>(n: number, make: () => T): T[] => Array.from({ length: n }, make);

/** As the service's own repositories ask. */
function tasksOf(collections: Collections, client: MongoClient): Record<string, Task> {
  const { orders, widgetShortlists, widgetSessions, analyticsEvents, csatFeedback } = collections;
  const now = () => new Date();
  const later = (days: number) => new Date(Date.now() + days * 86_400_000);
  const ordersOf = (n: number) => () => {
    const numbers = many(n, () => spellings(orderNumber(Math.floor(Math.random() * ORDERS)))).flat();
    return orders
      .find({ orderNumber: { $in: numbers } }, { projection: ORDER_PROJECTION })
      .limit(14 * n + 1)
      .toArray();
  };
  const shortlistsOf = (n: number) => () =>
    widgetShortlists
      .find({ sessionId: { $in: many(n, () => one(SESSIONS)) } }, { projection: { _id: 0 } })
      .limit(n + 1)
      .toArray();
  const sessionsOf = (n: number) => () =>
    widgetSessions.bulkWrite(
      many(n, () => upsertOf(one(SESSIONS), joined(undefined, { intent: 'track_order' }, now()))),
      { ordered: false },
    );
  return {
    'a ping': { of: 1, run: () => ping() },
    'an order by its number': { of: 1, run: ordersOf(1) },
    'an order of 32 in one query': { of: 32, run: ordersOf(32) },
    'a shortlist by its session': { of: 1, run: shortlistsOf(1) },
    'a shortlist of 32 in one query': { of: 32, run: shortlistsOf(32) },
    'update of a shortlist': { of: 1, run: () => putLists(1) },
    'update of a shortlist, 32 in a bulk': { of: 32, run: () => putLists(32) },
    'touch of a session': { of: 1, run: sessionsOf(1) },
    'touch of a session, 25 in a bulk': { of: 25, run: sessionsOf(25) },
    'an event, 25 in one insert': {
      of: 25,
      run: () => analyticsEvents.insertMany(many(25, event), { ordered: false }),
    },
    'a rating, 32 in one insert': {
      of: 32,
      run: () => csatFeedback.insertMany(many(32, rating), { ordered: false }),
    },
  };

  function ping() {
    return client.db('admin').command({ ping: 1 });
  }

  function putLists(n: number) {
    return widgetShortlists.bulkWrite(
      many(n, () => {
        const arrival = `${now().toISOString()}/000000000/5f0c2a`;
        const piece = () => ({
          id: `SKU-${Math.floor(Math.random() * 1000)}`,
          slug: 'aurora-halo-ring',
          title: 'Aurora Halo Ring',
          price: 1890.5,
          currency: 'USD',
          imageUrl: 'https://shop.example.com/images/aurora-halo-ring.jpg',
          category: 'ring',
          metal: '14k_yellow',
          readyToShip: true,
          tags: ['lab grown', 'halo', 'ready to ship'],
          badges: ['Bestseller'],
          savedAt: now(),
        });
        const set = {
          shortlistId: 'list_01HV3S6Q2M',
          items: many(3, piece),
          updatedAt: now(),
          expiresAt: later(30),
          arrival,
        };
        return {
          updateOne: {
            filter: { sessionId: one(SESSIONS), arrival: { $not: { $gt: arrival } } },
            update: { $set: set },
            upsert: true,
          },
        };
      }),
      { ordered: false },
    );
  }

  function event() {
    return {
      _id: randomUUID(),
      event: 'aurora_order_tracked' as const,
      day: '2026-11-30',
      at: now(),
      createdAt: now(),
      source: 'service' as const,
      sessionId: one(SESSIONS),
      intent: 'track_order',
      success: true,
      requestId: randomUUID(),
      properties: { orderHash: randomUUID(), carrier: 'UPS', durationMs: 12 },
      deliveries: [],
    };
  }

  function rating() {
    return {
      feedbackId: randomUUID(),
      sessionId: randomUUID(),
      intent: 'track_order',
      score: 5,
      needsFollowUp: false,
      day: '2026-11-30',
      createdAt: now(),
      timestamp: now(),
      version: 1,
      history: [],
      deliveries: [],
    };
  }
}

if (process.argv[2] === 'server') await serve(process.argv[3] ?? '', process.argv[4] ?? '');
else await compare([HERE, ...process.argv.slice(2)]);
