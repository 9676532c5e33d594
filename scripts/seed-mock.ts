import type { Db } from 'mongodb';
import { type SeedReport, seedCollection } from './seed-collection.js';
import { ordersAt } from './seed-data/orders.js';

export async function seedOrders(db: Db, now: Date): Promise<SeedReport> {
  return { orders: await seedCollection(db, 'orders', 'orderNumber', ordersAt(now)) };
}
