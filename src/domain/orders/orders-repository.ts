import type { Collection, Document } from 'mongodb';
import { type DateReader, readDate } from '../../lib/values/date.js';
import { createOrderChanger } from './change-order.js';
import type { Order } from './order.js';
import { readOrder } from './read-order.js';
import { spellings } from './spellings.js';

/** Orders of one customer that are looked at to find the newest. */
const MAX_ORDERS_OF_ONE_EMAIL = 50;

/** What the service reads of an order: never the street address or the customer's name. */
const PROJECTION = {
  orderNumber: 1,
  customerEmail: 1,
  status: 1,
  items: 1,
  payment: 1,
  'shipping.postalCode': 1,
  'shipping.zip': 1,
  'shipping.country': 1,
  'shipping.carrier': 1,
  'shipping.trackingNumber': 1,
  'shipping.shippedAt': 1,
  'shipping.deliveredAt': 1,
  'shipping.estimatedDelivery': 1,
  statusHistory: 1,
  createdAt: 1,
};

/** @param date Reads the dates of the shop. */
export function createOrdersRepository(orders: Collection<Document>, date: DateReader = readDate) {
  /** The order with that number; case and white space as a customer types them do not count. */
  async function findByNumber(typed: string): Promise<Order | null> {
    const doc = await orders.findOne({ orderNumber: { $in: spellings(typed) } }, { projection: PROJECTION });
    return doc && readOrder(doc, date);
  }

  /** The orders of an address, in no order that can be relied on: `createdAt` may be a string. */
  async function findByEmail(typed: string): Promise<Order[]> {
    const email = typed.trim();
    const docs = await orders
      .find(
        { customerEmail: { $in: [...new Set([email, email.toLowerCase()])] } },
        { projection: PROJECTION },
      )
      .sort({ createdAt: -1 })
      .limit(MAX_ORDERS_OF_ONE_EMAIL)
      .toArray();
    return docs.map((doc) => readOrder(doc, date));
  }

  return { findByNumber, findByEmail, change: createOrderChanger(orders) };
}

export type OrdersRepository = ReturnType<typeof createOrdersRepository>;
