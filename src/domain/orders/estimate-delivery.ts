import { readDate } from '../../platform/mongodb/read.js';
import { findProduct } from '../catalog/search.js';
import type { Snapshot } from '../catalog/snapshot.js';
import type { Order } from './order.js';

const DAY_MS = 24 * 60 * 60_000;
/** From the atelier to the customer. */
const TRANSIT_DAYS = 5;

/** When an order that lies ahead is expected: the shop's own estimate, else from the longest lead time of its pieces. */
export function estimateDelivery(order: Order, catalogue: Snapshot): Date | undefined {
  if (order.shipping.estimatedDelivery) return order.shipping.estimatedDelivery;
  const leadTimes = order.lines.map(({ sku }) =>
    sku === undefined ? undefined : findProduct(catalogue, sku)?.leadTimeDays,
  );
  const known = leadTimes.filter((days) => days !== undefined);
  if (order.createdAt === undefined || known.length === 0) return undefined;
  return readDate(order.createdAt.getTime() + (Math.max(...known) + TRANSIT_DAYS) * DAY_MS);
}
