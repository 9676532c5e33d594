/*
 * Troubles a small production under load, and looks whether anything that was acknowledged is lost:
 *
 *   npm run build && npm run chaos
 *
 * 1. a rolling restart of two services and a worker behind nginx: no call may fail;
 * 2. kill -9 of a service, the worker and the database in turn: no acknowledged write may be lost;
 *    then of one of the services at random, until 10,000 calls have been made: so many at once that they are batched;
 * 3. the database away for ten seconds: how long until calls are refused in order, and until they are answered again.
 *
 * None of the processes may end without having been told to.
 *
 * nginx and Redis are used when they are installed; without nginx the first part is left out, and said so.
 */
import '../../scripts/help.js';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { MongoClient } from 'mongodb';
import { seedCatalogue } from '../../scripts/seed.js';
import { KEY, missing, startLoad, storeOrders, summary } from './load.js';
import { balancer, database, isInstalled, type Program, redis, service, worker } from './processes.js';

const KILLS = Number(process.argv[2] ?? 20);
const CALLS = 10_000;
const CUSTOMERS = 12;
/** What they ask at once is read and written together. */
const CROWD = 96;
const AWAY_MS = 10_000;
/** Of what was lost. */
const SHOWN = 10;
/** Long enough for nginx to have looked at every connection that it keeps. */
const DRAIN_MS = 1000;

type Load = ReturnType<typeof startLoad>;

async function main(): Promise<boolean> {
  if (!existsSync('dist/src/server.js')) throw new Error('There is no built service: npm run build');
  const folder = mkdtempSync(join(tmpdir(), 'concierge-chaos-'));
  const db = await database(folder);
  const started: Program[] = [];
  const start = async <P extends Program>(one: P): Promise<P> => {
    await one.start();
    started.unshift(one);
    return one;
  };
  await start(db);
  const client = await MongoClient.connect(db.env.MONGODB_URI ?? '', { ignoreUndefined: true });
  const data = client.db(db.env.MONGODB_DB ?? '');
  try {
    await seedCatalogue(data);
    const orders = await storeOrders(data, 5000);
    const env = {
      ...db.env,
      ...settings(isInstalled('redis-server') && (await start(await redis(folder))).url),
    };
    const services = [
      await start(await service('service 1', env)),
      await start(await service('service 2', env)),
    ];
    const workers = await start(await worker(env));
    const front = isInstalled('nginx') && (await start(await balancer(folder, services)));
    const addresses = front ? [front.address] : services.map(({ address }) => address);
    const load = (customers = CUSTOMERS) => startLoad(addresses, orders, customers);

    const results = [
      front
        ? await rollingRestart(load(), [...services, workers])
        : skipped('the rolling restart needs nginx'),
      await kills(load(), inTurn([...services, workers, db]), data),
      await kills(load(CROWD), atRandom(services), data, CALLS),
      await outage(load(), db, data),
    ];
    const crashes = started.flatMap((one) => one.crashes);
    for (const crash of crashes) console.log(crash);
    return results.every(Boolean) && crashes.length === 0;
  } finally {
    await client.close();
    for (const one of started) await one.end('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  }
}

const settings = (redisUrl: string | false): NodeJS.ProcessEnv => ({
  CONCIERGE_API_KEY: KEY,
  ANALYTICS_SALT: 'salt-of-the-trial',
  LOG_LEVEL: 'warn',
  DISPATCHER: 'off',
  DRAIN_MS: String(DRAIN_MS),
  RATE_LIMIT_BURST: '0',
  // a return that nobody has proved is kept apart until its customer confirms it
  ORDERS_PROOF: 'trusted',
  ...(redisUrl && { RATE_LIMIT_REDIS_URL: redisUrl }),
});

function skipped(why: string): boolean {
  console.log(`Skipped: ${why}`);
  return true;
}

async function rollingRestart(load: Load, programs: Program[]): Promise<boolean> {
  await sleep(1000);
  for (const one of programs) {
    await one.end('SIGTERM');
    await one.start();
    await sleep(500);
  }
  await sleep(1000);
  await load.stop();
  const failed = load.outcomes.filter(({ status }) => status < 200 || status > 299);
  console.log(
    `Rolling restart of ${programs.map(({ name }) => name).join(', ')}: ${failed.length} calls failed`,
  );
  console.log(`  ${summary(load.outcomes)}`);
  return failed.length === 0;
}

interface Victims {
  named: string;
  choose(nth: number): Program | undefined;
}

const namesOf = (programs: Program[]) => programs.map(({ name }) => name).join(', ');
const inTurn = (programs: Program[]): Victims => ({
  named: `${namesOf(programs)} in turn`,
  choose: (nth) => programs[nth % programs.length],
});
const atRandom = (programs: Program[]): Victims => ({
  named: `${namesOf(programs)} at random`,
  choose: () => programs[Math.floor(Math.random() * programs.length)],
});

async function kills(
  load: Load,
  victims: Victims,
  data: Parameters<typeof missing>[0],
  calls = 0,
): Promise<boolean> {
  let kill = 0;
  for (; kill < KILLS || load.outcomes.length < calls; kill++) {
    const victim = victims.choose(kill);
    await sleep(200 + Math.random() * 800);
    await victim?.end('SIGKILL');
    await victim?.start();
  }
  await load.stop();
  const lost = await missing(data, load.ledger);
  const untold = await outbox(data);
  for (const { kind, filter } of lost.slice(0, SHOWN)) console.log(kind, JSON.stringify(filter));
  console.log(`kill -9, ${kill} times, of ${victims.named}`);
  console.log(
    `  ${load.ledger.length} acknowledged, ${lost.length} lost or answered with another's; orders not told of their RMA: ${untold}`,
  );
  console.log(`  ${summary(load.outcomes)}`);
  return lost.length === 0 && untold === 0 && load.ledger.length > 0;
}

/** RMAs whose order does not know of them, when the worker has had time to finish what the killed ones began. */
async function outbox(data: Parameters<typeof missing>[0]): Promise<number> {
  for (let left = Number.POSITIVE_INFINITY, tries = 0; ; tries++) {
    left = await data.collection('returns').countDocuments({
      deliveries: { $elemMatch: { to: 'orders', state: { $ne: 'done' } } },
    });
    if (left === 0 || tries > 300) return left;
    await sleep(500);
  }
}

async function outage(load: Load, db: Program, data: Parameters<typeof missing>[0]): Promise<boolean> {
  await sleep(2000);
  const gone = performance.now();
  await db.end('SIGKILL');
  await sleep(AWAY_MS);
  await db.start();
  const back = performance.now();
  await sleep(8000);
  await load.stop();
  const during = load.outcomes.filter(({ at }) => at > gone && at < back);
  const refused = during.filter(({ status }) => status === 503);
  const ended = (one: { at: number; tookMs: number }) => one.at + one.tookMs;
  const firstRefusal = Math.min(...refused.map(ended)) - gone;
  const failures = load.outcomes.filter(({ at, status }) => at >= back && status >= 500);
  const recovered = failures.length === 0 ? 0 : Math.max(...failures.map(ended)) - back;
  const other = during.filter(({ status }) => status !== 503 && (status === 0 || status >= 300));
  const lost = await missing(data, load.ledger);
  console.log(`The database away for ${AWAY_MS / 1000} s`);
  console.log(
    `  first 503 after ${Math.round(firstRefusal)} ms, the slowest after ${longest(refused)} ms; ${other.length} answers of another kind`,
  );
  console.log(
    `  the last failure ${Math.round(recovered)} ms after its return; ${load.ledger.length} acknowledged, ${lost.length} lost`,
  );
  console.log(`  ${summary(load.outcomes)}`);
  return lost.length === 0 && refused.length > 0 && other.length === 0;
}

const longest = (outcomes: readonly { tookMs: number }[]): number =>
  Math.round(Math.max(0, ...outcomes.map(({ tookMs }) => tookMs)));

process.exitCode = (await main()) ? 0 : 1;
