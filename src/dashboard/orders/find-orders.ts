import type { Collection, Document } from 'mongodb';
import { spellings } from '../../domain/orders/spellings.js';
import { ORDER_PROJECTION, ORDERS_A_PAGE } from './orders-list.js';

/** The orders that a text means: those of an email address, the one with that number, or those whose number begins so. */
export async function findOrders(orders: Collection<Document>, typed: string): Promise<Document[]> {
  const text = typed.trim();
  if (text.includes('@')) {
    const customerEmail = { $in: [...new Set([text, text.toLowerCase()])] };
    return newest(orders, { customerEmail }, { createdAt: -1 });
  }
  const exact = await newest(orders, { orderNumber: { $in: spellings(text) } }, { orderNumber: -1 });
  if (exact.length > 0) return exact;
  const beginning = text.toUpperCase().replace(/\s+/g, '');
  return newest(orders, { orderNumber: { $gte: beginning, $lt: `${beginning}\uffff` } }, { orderNumber: -1 });
}

const newest = (orders: Collection<Document>, filter: object, sort: Record<string, 1 | -1>) =>
  orders.find(filter, { projection: ORDER_PROJECTION }).sort(sort).limit(ORDERS_A_PAGE).toArray();
