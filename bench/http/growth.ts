import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { MongoClient } from 'mongodb';
import { DEFINITIONS } from '../../src/collections.js';
import { ensureIndexes } from '../../src/platform/mongodb/indexes.js';
import { CALLS, type Call, fillOrders, fillProducts, orderNumber } from './data.js';
import { closedLoop } from './load.js';
import { startDatabase, startService } from './servers.js';

/** The embedded database keeps everything in memory: a million orders are 3 GB of it. */
const HEAP_MB = 6144;
const HAS_ROOM = totalmem() >= 8 * 2 ** 30;
const PIECES = [1000, 10_000, 100_000];
const ORDERS = [1000, 10_000, 100_000, ...(HAS_ROOM ? [1_000_000] : [])];

export interface Growth {
  size: number;
  /** Of one call after the other. */
  msPerCall: number;
  failed: number;
}

const measure = async (
  env: NodeJS.ProcessEnv,
  call: Call,
  size: number,
  seconds: number,
): Promise<Growth> => {
  const server = await startService('growth', env);
  await closedLoop(server, call, { seconds, connections: 1 });
  const { perSecond, failed } = await closedLoop(server, call, { seconds, connections: 1 });
  await server.stop();
  return { size, msPerCall: 1000 / perSecond, failed };
};

/** The time of a search by the pieces that there are, and of an order by the orders that there are; on a database of their own. */
export async function grow(seconds: number): Promise<{ products: Growth[]; orders: Growth[] }> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-growth-'));
  const { settings, stop } = await startDatabase(folder, HAS_ROOM ? [`--max-old-space-size=${HEAP_MB}`] : []);
  const client = await MongoClient.connect(settings.MONGODB_URI ?? '', { ignoreUndefined: true });
  const env = { ...settings, MONGODB_DB: 'growth' };
  const shop = client.db('growth');
  const [products, orders]: [Growth[], Growth[]] = [[], []];
  try {
    await ensureIndexes(shop, DEFINITIONS);
    for (const [index, size] of PIECES.entries()) {
      await fillProducts(shop, PIECES[index - 1] ?? 0, size);
      products.push(await measure(env, CALLS.products, size, seconds));
    }
    await shop.collection('products').deleteMany({});
    for (const [index, size] of ORDERS.entries()) {
      await fillOrders(shop, ORDERS[index - 1] ?? 0, size);
      const body = () => ({ orderNumber: orderNumber(Math.floor(Math.random() * size)) });
      orders.push(await measure(env, { ...CALLS['order status'], body }, size, seconds));
    }
    return { products, orders };
  } finally {
    await client.close();
    await stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
