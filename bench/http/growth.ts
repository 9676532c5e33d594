import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { MongoClient } from 'mongodb';
import { DEFINITIONS } from '../../src/collections.js';
import { ensureIndexes } from '../../src/platform/mongodb/indexes.js';
import { type Arms, WARM_UP_FACTOR } from './compare.js';
import { CALLS, type Call, type CallName, fillOrders, fillProducts, orderNumber } from './data.js';
import { closedLoop, median, type Throughput } from './load.js';
import { type Server, startDatabase, startService } from './servers.js';

/** The embedded database keeps everything in memory: a million orders are 3 GB of it. */
const HEAP_MB = 6144;
const HAS_ROOM = totalmem() >= 8 * 2 ** 30;
const PIECES = [1000, 10_000, 100_000, 200_000];
const ORDERS = [1000, 10_000, 100_000, ...(HAS_ROOM ? [1_000_000] : [])];
const CONNECTIONS = [1, 4, 16, 64, 256];
const ROUNDS = 3;

export interface Growth {
  call: CallName;
  /** How many pieces or orders there are. */
  size: number;
  /** Of one call after the other. */
  msPerCall: number;
  processorUs: number;
  failed: number;
}

/** What calls take by the pieces that there are, and by the orders; on a database of their own. */
export async function grow(
  seconds: number,
  say: (text: string) => void,
): Promise<{ pieces: Growth[]; orders: Growth[] }> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-growth-'));
  const { settings, stop } = await startDatabase(folder, HAS_ROOM ? [`--max-old-space-size=${HEAP_MB}`] : []);
  const client = await MongoClient.connect(settings.MONGODB_URI ?? '', { ignoreUndefined: true });
  const shop = client.db('growth');
  // as beside a worker: what sweeps all orders once a day is not a call's
  const env = { ...settings, MONGODB_DB: 'growth', DISPATCHER: 'off' };
  const measure = async (size: number, calls: Partial<Record<CallName, Call>>) => {
    const server = await startService('growth', env);
    const results: Growth[] = [];
    for (const [name, call] of Object.entries(calls) as [CallName, Call][]) {
      await closedLoop(server, call, { seconds, connections: 1 });
      const result = await closedLoop(server, call, { seconds, connections: 1 });
      results.push({ call: name, size, ...result, msPerCall: 1000 / result.perSecond });
    }
    await server.stop();
    say(
      `growth, ${size}: ${results.map((one) => `${one.call} ${Math.round(one.processorUs)} µs`).join(', ')}`,
    );
    return results;
  };
  const [pieces, orders]: [Growth[], Growth[]] = [[], []];
  try {
    await ensureIndexes(shop, DEFINITIONS);
    for (const [index, size] of PIECES.entries()) {
      await fillProducts(shop, PIECES[index - 1] ?? 0, size);
      pieces.push(...(await measure(size, { products: CALLS.products, shortlist: CALLS.shortlist })));
    }
    await shop.collection('products').deleteMany({});
    await fillProducts(shop, 0, PIECES[0] ?? 0);
    for (const [index, size] of ORDERS.entries()) {
      await fillOrders(shop, ORDERS[index - 1] ?? 0, size);
      const ofOrder = (call: Call): Call => ({
        ...call,
        body: () => ({ ...call.body(), orderNumber: orderNumber(Math.floor(Math.random() * size)) }),
      });
      const { csat, 'order status': status } = CALLS;
      orders.push(...(await measure(size, { 'order status': ofOrder(status), csat: ofOrder(csat) })));
    }
    return { pieces, orders };
  } finally {
    await client.close();
    await stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

export interface Crowd {
  call: CallName;
  connections: number;
  /** Medians of three rounds. */
  a: Throughput;
  service: Throughput;
  failed: number;
}

/** The bare handler and the service by the connections that ask at once: of more, more is asked of the database together. */
export async function crowd({ a, service }: Arms, seconds: number): Promise<Crowd[]> {
  const results: Crowd[] = [];
  for (const call of Object.keys(CALLS) as CallName[]) {
    for (const server of [a, service])
      await closedLoop(server, CALLS[call], { seconds: WARM_UP_FACTOR * seconds });
    for (const connections of CONNECTIONS) {
      const rounds = new Map<Server, Throughput[]>([
        [a, []],
        [service, []],
      ]);
      for (let round = 0; round < ROUNDS; round++)
        for (const server of round % 2 ? [service, a] : [a, service])
          rounds.get(server)?.push(await closedLoop(server, CALLS[call], { seconds, connections }));
      const [bare, ours] = [a, service].map((server) => medians(rounds.get(server) ?? []));
      if (bare && ours)
        results.push({ call, connections, a: bare, service: ours, failed: bare.failed + ours.failed });
    }
  }
  return results;
}

const medians = (rounds: Throughput[]): Throughput => ({
  perSecond: median(rounds.map(({ perSecond }) => perSecond)),
  processorUs: median(rounds.map(({ processorUs }) => processorUs)),
  calls: rounds.reduce((sum, { calls }) => sum + calls, 0),
  failed: rounds.reduce((sum, { failed }) => sum + failed, 0),
});
