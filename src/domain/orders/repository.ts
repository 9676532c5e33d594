import type { Collection, Document } from 'mongodb';
import { type DateReader, readDate } from '../../lib/values/date.js';
import { readEmail } from '../../lib/values/email.js';
import { orderNumberForm } from '../../lib/values/order-number.js';
import { readText } from '../../lib/values/text.js';
import { coalesce } from '../../platform/mongodb/in-batches.js';
import { createOrderChanger } from './change-order.js';
import type { OrderLookups } from './lookup-index.js';
import type { Order } from './order.js';
import { CONTACT_PROJECTION, ORDER_PROJECTION, readContact, readOrder } from './read-order.js';
import { meantForms, type StoredNumber, spellings, storedAs } from './spellings.js';

/** Orders of one customer that are looked at to find the newest. */
const MAX_ORDERS_OF_ONE_EMAIL = 50;
/** Orders whose numbers are spellings of one, of which the likeliest is meant. */
const MAX_ORDERS_OF_ONE_NUMBER = 14;

interface OrdersOptions {
  /** Reads the dates of the shop. */
  date?: DateReader;
  /** What stands in front of the shop's numbers: customers leave it out. */
  prefix?: string | undefined;
  /** Finds orders that are spelled in an odd way; without it, only the shop's own indexes do. */
  lookups?: OrderLookups;
}

export function createOrdersRepository(
  orders: Collection<Document>,
  { date = readDate, prefix, lookups }: OrdersOptions = {},
) {
  const findSpelled = coalesce<StoredNumber[], Document>({
    namesOf: (keys) => [...new Set(keys.map(String))],
    nameOf: ({ orderNumber }) => readText(orderNumber) ?? '',
    most: MAX_ORDERS_OF_ONE_NUMBER,
    find: (all, limit) =>
      orders
        .find({ orderNumber: { $in: [...new Set(all.flat())] } }, { projection: ORDER_PROJECTION })
        .limit(limit)
        .toArray(),
  });

  /** The order with that number, however it is typed and stored. */
  async function findByNumber(typed: string): Promise<Order | null> {
    const forms = meantForms(typed, prefix);
    if (forms.length === 0) return null;
    const [likeliest] = await findSpelled(spellings(typed, prefix));
    if (likeliest) return readOrder(likeliest, date);
    const [odd] = await findOdd(
      () => lookups?.findNumbers(forms, MAX_ORDERS_OF_ONE_EMAIL),
      ({ orderNumber }) => forms.includes(orderNumberForm(orderNumber) ?? ''),
    );
    return odd ?? null;
  }

  /** The name of an order's customer and their number in E.164 form where it is one: for the staff, who are told of it by their scopes. */
  async function findContact({ orderNumber }: Order): Promise<{ name?: string; phone?: string }> {
    const projection = { orderNumber: 1, ...CONTACT_PROJECTION };
    const stored = { orderNumber: { $in: storedAs(orderNumber) } };
    const docs = await orders.find(stored, { projection }).limit(MAX_ORDERS_OF_ONE_NUMBER).toArray();
    const { name, phone, country } = readContact(
      docs.find((doc) => readText(doc.orderNumber) === orderNumber) ?? {},
    );
    const { readPhone } = await import('../../lib/values/phone.js');
    return { name, phone: readPhone(phone, country) ?? phone };
  }

  /** The orders of an address, in no order that can be relied on: `createdAt` may be a string. */
  async function findByEmail(
    typed: string,
    isMeant: (order: Order) => boolean = () => true,
  ): Promise<Order[]> {
    const email = readEmail(typed);
    if (email === undefined) return [];
    const direct = orders
      .find({ customerEmail: { $in: [...new Set([email, typed.trim()])] } }, { projection: ORDER_PROJECTION })
      .sort({ createdAt: -1 })
      .limit(MAX_ORDERS_OF_ONE_EMAIL)
      .toArray();
    const find = () => lookups?.findEmail(email, MAX_ORDERS_OF_ONE_EMAIL);
    const [docs, ids = []] = await Promise.all([direct, find()]);
    const known = [...docs, ...(await findByIds(ids))].map((doc) => readOrder(doc, date));
    const meant = [...new Map(known.map((order) => [order.orderNumber, order])).values()].filter(isMeant);
    if (meant.length > 0) return meant;
    const odd = await findOdd(find, ({ customerEmail }) => readEmail(customerEmail) === email);
    return odd.filter(isMeant);
  }

  // What the look-ups lead to is compared again: an order may have been changed since.
  async function findOdd(
    find: () => Promise<unknown[]> | undefined,
    isRight: (doc: Document) => boolean,
  ): Promise<Order[]> {
    let ids = (await find()) ?? [];
    if (ids.length === 0) {
      await lookups?.refresh();
      ids = (await find()) ?? [];
    }
    return (await findByIds(ids)).filter(isRight).map((doc) => readOrder(doc, date));
  }

  const findByIds = async (ids: unknown[]): Promise<Document[]> =>
    ids.length === 0
      ? []
      : orders.find({ _id: { $in: ids } } as Document, { projection: ORDER_PROJECTION }).toArray();

  return { findByNumber, findByEmail, findContact, change: createOrderChanger(orders) };
}

export type OrdersRepository = ReturnType<typeof createOrdersRepository>;
