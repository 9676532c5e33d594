import { type Collection, type Document, MongoServerError } from 'mongodb';
import { readFields } from '../../platform/mongodb/read.js';
import type { OrderChange } from './deliveries.js';
import { storedAs } from './spellings.js';
import { sameAs } from './statuses.js';

/** When an order came into a status, by the status; kept from the first time. */
const TIMES = new Map([
  ['shipped', 'shipping.shippedAt'],
  ['delivered', 'shipping.deliveredAt'],
]);

/**
 * How orders of the shop are changed. A change is made once, however often it is asked for, and changes may come in any order: what is
 * later stays.
 */
export function createOrderChanger(orders: Collection<Document>) {
  async function change(id: string, change: OrderChange): Promise<void> {
    const { orderNumber, at, parcel, csatRating, supportTicket } = change;
    if (csatRating !== undefined) await setLatest(orderNumber, 'csatRatedAt', at, { csatRating });
    if (parcel) {
      const fields = Object.entries(parcel).map(([name, value]) => [`shipping.${name}`, value]);
      await repaired(orderNumber, () =>
        setLatest(orderNumber, 'parcelChangedAt', at, Object.fromEntries(fields)),
      );
    }
    if (supportTicket) await repaired(orderNumber, () => listTicket(orderNumber, supportTicket));
    if (change.history) await repaired(orderNumber, () => enter(id, change));
  }

  /** Sets the fields, unless they were set by something later. */
  async function setLatest(orderNumber: string, since: string, at: Date, fields: Document): Promise<void> {
    const notLater = { ...named(orderNumber), [since]: { $not: { $gt: at } } };
    await orders.updateOne(notLater, { $set: { ...fields, [since]: at } });
  }

  async function listTicket(orderNumber: string, supportTicket: string): Promise<void> {
    await orders.updateOne(named(orderNumber), { $addToSet: { supportTickets: supportTicket } as Document });
  }

  /** Enters the change into the history, and its status where it is the latest one. */
  async function enter(id: string, { orderNumber, at, history, status }: OrderChange): Promise<void> {
    const time = TIMES.get(sameAs(status ?? ''));
    const update = {
      $push: { statusHistory: { ...history, date: at, changeId: id } } as Document,
      ...(time && { $min: { [time]: at } }),
    };
    const once = { ...named(orderNumber), 'statusHistory.changeId': { $ne: id } };
    const notLater = { ...once, ...(status && { statusChangedAt: { $not: { $gt: at } } }) };
    const $set = { updatedAt: at, ...(status && { status, statusChangedAt: at }) };
    const { matchedCount } = await orders.updateOne(notLater, { ...update, $set });
    // an earlier change that comes late only has its place in the history
    if (matchedCount === 0 && status) await orders.updateOne(once, update);
  }

  /** Runs a change again where something else stands in the place of what it adds to. */
  async function repaired(orderNumber: string, run: () => Promise<void>): Promise<void> {
    try {
      await run();
    } catch (error) {
      if (!isOddlyFormed(error)) throw error;
      await repair(orderNumber);
      await run();
    }
  }

  // What stands there is kept under another name, and only what was seen is replaced.
  async function repair(orderNumber: string): Promise<void> {
    const doc = await orders.findOne(named(orderNumber), {
      projection: { statusHistory: 1, supportTickets: 1, shipping: 1 },
    });
    if (!doc) return;
    const { shipping } = doc;
    for (const name of ['statusHistory', 'supportTickets'])
      if (doc[name] !== undefined && !Array.isArray(doc[name]))
        await orders.updateOne(
          { ...named(orderNumber), [name]: doc[name] },
          { $set: { [`${name}Before`]: doc[name], [name]: [] } },
        );
    if (shipping !== undefined && readFields(shipping) !== shipping)
      await orders.updateOne(
        { ...named(orderNumber), shipping },
        { $set: { shippingBefore: shipping, shipping: {} } },
      );
  }

  return change;
}

/** An order by its number, which may stand there as a text or as a number. */
const named = (orderNumber: string) => ({ orderNumber: { $in: storedAs(orderNumber) } });

/** MongoDB's BadValue (`$push` to what is no array) and PathNotViable (a field of what is no document). */
const isOddlyFormed = (error: unknown): boolean =>
  error instanceof MongoServerError && (error.code === 2 || error.code === 28);
