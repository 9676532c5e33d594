import type { Collection, Document } from 'mongodb';
import { type DateReader, readDate } from '../../lib/values/date.js';
import { createOrderChanger } from './change-order.js';
import type { Order } from './order.js';
import { ORDER_PROJECTION, readOrder } from './read-order.js';
import { spellings } from './spellings.js';

/** Orders of one customer that are looked at to find the newest. */
const MAX_ORDERS_OF_ONE_EMAIL = 50;

/** @param date Reads the dates of the shop. */
export function createOrdersRepository(orders: Collection<Document>, date: DateReader = readDate) {
  /** The order with that number; case and white space as a customer types them do not count. */
  async function findByNumber(typed: string): Promise<Order | null> {
    const doc = await orders.findOne(
      { orderNumber: { $in: spellings(typed) } },
      { projection: ORDER_PROJECTION },
    );
    return doc && readOrder(doc, date);
  }

  /** The orders of an address, in no order that can be relied on: `createdAt` may be a string. */
  async function findByEmail(typed: string): Promise<Order[]> {
    const email = typed.trim();
    const docs = await orders
      .find(
        { customerEmail: { $in: [...new Set([email, email.toLowerCase()])] } },
        { projection: ORDER_PROJECTION },
      )
      .sort({ createdAt: -1 })
      .limit(MAX_ORDERS_OF_ONE_EMAIL)
      .toArray();
    return docs.map((doc) => readOrder(doc, date));
  }

  return { findByNumber, findByEmail, change: createOrderChanger(orders) };
}

export type OrdersRepository = ReturnType<typeof createOrdersRepository>;
