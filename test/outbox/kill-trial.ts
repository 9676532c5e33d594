// Dispatchers in processes of their own, killed at random moments, and a receiver that counts what reaches it.
import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import type { Db } from 'mongodb';
import { enqueue, type WithDeliveries } from '../../src/outbox/enqueue.js';
import { built, clean, ROOT } from '../processes.js';

/** Signs what is sent to the receiver. */
export const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const WORKERS = 2;
/** A receiver is not instant: a kill may come between its work and our record. */
const SLOWEST_ANSWER_MS = 30;
const LONGEST_LIFE_MS = 150;

interface TrialOptions {
  db: Db;
  /** The environment of a worker on that database. */
  env: NodeJS.ProcessEnv;
  kills: number;
  deliveries: number;
}

interface TrialResult {
  /** Those that were stored. */
  deliveries: number;
  /** Calls that the receiver got. */
  calls: number;
  /** Different ids among them, and those that nobody had stored. */
  received: number;
  unknown: number;
  /** Deliveries by state, when nothing is left to do. */
  states: Record<string, number>;
  maxAttempts: number;
}

/** Stores deliveries while workers perform them and are killed; resolves when nothing is left to do. */
export async function killTrial({ db, env, kills, deliveries }: TrialOptions): Promise<TrialResult> {
  const { url, calls, close } = await startReceiver();
  const settings = {
    ...env,
    RENDER_WEBHOOK_URL: url,
    RENDER_WEBHOOK_SECRET: SECRET,
    CONNECTOR_TIMEOUT_MS: '200',
    DELIVERY_SCHEDULE: Array(20).fill('1s').join(' '),
    DELIVERY_POLL_MS: '20',
  };
  const workers = await Promise.all(Array.from({ length: WORKERS }, () => startWorker(settings)));
  const stored = new Set<string>();
  try {
    for (let round = 0; round < kills; round++) {
      const missing = Math.ceil((deliveries - stored.size) / (kills - round));
      for (const id of await storeHolds(db, missing)) stored.add(id);
      await wait(Math.random() * LONGEST_LIFE_MS);
      const victim = Math.floor(Math.random() * WORKERS);
      await kill(workers[victim]);
      workers[victim] = await startWorker(settings);
    }
    const holds = db.collection<WithDeliveries>('capsuleHolds');
    while (await holds.findOne({ nextDeliveryAt: { $gt: new Date(0) } })) await wait(20);
    return { ...summary(calls, stored), ...(await statesOf(db)) };
  } finally {
    await Promise.all(workers.map(kill));
    close();
  }
}

function summary(calls: string[], stored: Set<string>) {
  const received = new Set(calls);
  const unknown = [...received].filter((id) => !stored.has(id)).length;
  return { deliveries: stored.size, calls: calls.length, received: received.size, unknown };
}

async function statesOf(db: Db): Promise<Pick<TrialResult, 'states' | 'maxAttempts'>> {
  const states: Record<string, number> = {};
  let maxAttempts = 0;
  for await (const { deliveries } of db.collection<WithDeliveries>('capsuleHolds').find())
    for (const { state, attempts } of deliveries) {
      states[state] = (states[state] ?? 0) + 1;
      maxAttempts = Math.max(maxAttempts, attempts);
    }
  return { states, maxAttempts };
}

/** Holds with one delivery each; answers with the ids of these. */
export async function storeHolds(db: Db, count: number): Promise<string[]> {
  const at = new Date();
  const documents = Array.from({ length: count }, () => {
    const id = randomUUID();
    const names = { reservationId: id, sessionId: id, activeSessionId: id, items: [] };
    const expiresAt = new Date(at.getTime() + 3_600_000);
    return { ...names, createdAt: at, expiresAt, ...enqueue([{ to: 'render', kind: 'capsule.render' }], at) };
  });
  await db.collection('capsuleHolds').insertMany(documents);
  return documents.flatMap(({ deliveries }) => deliveries.map(({ id }) => id));
}

async function startReceiver() {
  const calls: string[] = [];
  const server = createServer((request, response) => {
    calls.push(String(request.headers['webhook-id']));
    request.resume();
    setTimeout(() => response.writeHead(204).end(), Math.random() * SLOWEST_ANSWER_MS);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, calls, close };
}

function startWorker(env: NodeJS.ProcessEnv): Promise<ChildProcess> {
  const child = spawn(process.execPath, [built('src/worker')], { cwd: ROOT, env: clean(env) });
  const last = () => child.kill('SIGKILL');
  process.once('exit', last);
  child.once('exit', () => process.off('exit', last));
  return new Promise((resolve, reject) => {
    let output = '';
    const read = (chunk: Buffer) => {
      output = `${output}${chunk}`.slice(-10_000);
      if (output.includes('worker ready')) resolve(child);
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.on('exit', (code) => reject(new Error(`the worker ended with ${code}: ${output}`)));
  });
}

async function kill(child: ChildProcess | undefined): Promise<void> {
  if (!child || child.exitCode !== null || child.signalCode !== null) return;
  const end = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await end;
}
