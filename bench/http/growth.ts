import type { MongoClient } from 'mongodb';
import { ensureIndexes } from '../../src/database/indexes.js';
import { CALLS, type Call, fillOrders, fillProducts, orderNumber } from './data.js';
import { closedLoop } from './load.js';
import { startService } from './servers.js';

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

/** The time of a search by the pieces that there are, and of an order by the orders that there are. */
export async function grow(
  client: MongoClient,
  env: NodeJS.ProcessEnv,
  sizes: { products: number[]; orders: number[] },
  seconds: number,
): Promise<{ products: Growth[]; orders: Growth[] }> {
  const [products, orders]: [Growth[], Growth[]] = [[], []];
  const shop = client.db('growth');
  await ensureIndexes(shop);
  const on = { ...env, MONGODB_DB: 'growth' };
  let there = 0;
  for (const size of sizes.orders) {
    await fillOrders(shop, there, size);
    there = size;
    const body = () => ({ orderNumber: orderNumber(Math.floor(Math.random() * size)) });
    orders.push(await measure(on, { ...CALLS['order status'], body }, size, seconds));
  }
  await shop.collection('orders').deleteMany({});
  there = 0;
  for (const size of sizes.products) {
    await fillProducts(shop, there, size);
    there = size;
    products.push(await measure(on, CALLS.products, size, seconds));
  }
  await shop.dropDatabase();
  return { products, orders };
}
