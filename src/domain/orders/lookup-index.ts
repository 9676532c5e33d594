import { Binary, type Collection, type Document, type Filter, ObjectId } from 'mongodb';
import { readEmail } from '../../lib/values/email.js';
import { orderNumberForm } from '../../lib/values/order-number.js';
import { readText } from '../../lib/values/text.js';
import { PARCEL_PROJECTION, readTrackingNumbers, trackingForm } from './read-order.js';
import { commonSpellings } from './spellings.js';

/** How an order is found whose document spells its number or its address, or keeps its parcels, so that no index of its collection finds it. */
export interface OrderLookup {
  /** The order's. */
  _id: unknown;
  /** Its number in the normal form, where it is not among the common spellings. */
  number?: string;
  /** The salted hash of its address in the normal form, where it is not stored in it. */
  email?: string;
  /** The salted hashes of the numbers of its parcels, of those that stand elsewhere than where an index is. */
  parcels?: string[];
  sweptAt: Date;
}

/** Up to so many orders, all of them are read anew for someone who was not found; of more, those that are new. */
const MAX_READ_ANEW = 20_000;
/** A page is read in one turn of the event loop: of so many that nobody notices. */
const PAGE = 200;
/** New orders are looked for as far back: the whole is read every day. */
const NEW_MS = 2 * 24 * 60 * 60_000;
/** Reading anew takes no more than this part of the time, and nobody waits for it longer than that. */
const DUTY = 4;
const MAX_WAIT_MS = 1000;

const SWEPT = {
  orderNumber: 1,
  customerEmail: 1,
  'shipping.trackingNumber': 1,
  'shipping.trackingNumbers': 1,
  ...PARCEL_PROJECTION,
} as const;

/** Values of other types are never compared: of each type that an id may have, the smallest. */
const SMALLEST_IDS: unknown[] = [
  Number.NEGATIVE_INFINITY,
  '',
  {},
  new Binary(Buffer.alloc(0)),
  new ObjectId('0'.repeat(24)),
  new Date(-8.64e15),
];

export interface OrderLookupsOptions {
  orders: Collection<Document>;
  lookups: Collection<OrderLookup>;
  /** Addresses and parcels are known again by it, and stand nowhere a second time. */
  hashOf: (value: string) => string;
}

/**
 * The look-up table of the orders that are spelled in an odd way: small, for most shops empty. It is made by reading the orders' numbers
 * and addresses, once a day and whenever someone is not found; what it says is only where to look, and is compared again there.
 */
export function createOrderLookups({ orders, lookups, hashOf }: OrderLookupsOptions) {
  /** The ids of the orders that may be meant. */
  async function find(filter: Filter<OrderLookup>, limit: number): Promise<unknown[]> {
    const found = await lookups
      .find(filter, { projection: { _id: 1 } })
      .limit(limit)
      .toArray();
    return found.map(({ _id }) => _id);
  }

  const findNumbers = (forms: readonly string[], limit: number) =>
    find({ number: { $in: [...forms] } }, limit);
  const findEmail = (email: string, limit: number) => find({ email: hashOf(email) }, limit);
  const findParcel = (form: string, limit: number) => find({ parcels: hashOf(form) }, limit);

  /** Reads all orders, page by page. */
  async function sweep(now: Date): Promise<void> {
    for (const smallest of SMALLEST_IDS) await readOn({ $gte: smallest }, now);
  }

  async function readOn(from: object, now: Date): Promise<void> {
    let range: object | undefined = from;
    while (range) {
      const page: Document[] = await orders
        .find({ _id: range } as Document, { projection: SWEPT })
        .sort({ _id: 1 })
        .limit(PAGE)
        .toArray();
      await keep(page, now);
      range = page.length === PAGE ? { $gt: page.at(-1)?._id } : undefined;
    }
  }

  async function keep(page: Document[], now: Date): Promise<void> {
    const odd = page.flatMap((doc) => oddnessOf(doc) ?? []);
    if (odd.length === 0) return;
    const upserts = odd.map(({ _id, ...oddness }) => ({
      replaceOne: { filter: { _id } as Document, replacement: { ...oddness, sweptAt: now }, upsert: true },
    }));
    await lookups.bulkWrite(upserts, { ordered: false });
  }

  function oddnessOf(doc: Document): Omit<OrderLookup, 'sweptAt'> | undefined {
    const { _id, orderNumber, customerEmail, shipping } = doc;
    const form = orderNumberForm(orderNumber);
    const isCommon =
      form === undefined || commonSpellings(form).some((spelling) => same(spelling, orderNumber));
    const email = readEmail(customerEmail);
    const isNormal = email === undefined || email === customerEmail;
    const indexed = [shipping?.trackingNumber].flat().map((one) => readText(one));
    const parcels = readTrackingNumbers(doc).filter((one) => !indexed.includes(one));
    if (isCommon && isNormal && parcels.length === 0) return undefined;
    return {
      _id,
      number: isCommon ? undefined : form,
      email: isNormal ? undefined : hashOf(email),
      parcels: parcels.length > 0 ? parcels.map((one) => hashOf(trackingForm(one))) : undefined,
    };
  }

  async function readAnew(): Promise<void> {
    const now = new Date();
    if ((await orders.estimatedDocumentCount()) <= MAX_READ_ANEW) return sweep(now);
    await readOn({ $gte: ObjectId.createFromTime((now.getTime() - NEW_MS) / 1000) }, now);
  }

  let reading: Promise<void> | undefined;
  let next: Promise<void> | undefined;
  let notBefore = 0;

  /** Looks for orders that have come since: whoever asks while that is under way waits for the next time. */
  async function refresh(): Promise<void> {
    next ??= (reading ?? Promise.resolve()).then(begin);
    let timer: NodeJS.Timeout | undefined;
    const enough = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, MAX_WAIT_MS);
    });
    await Promise.race([next, enough]);
    clearTimeout(timer);
  }

  async function begin(): Promise<void> {
    const rest = notBefore - performance.now();
    if (rest > 0) await new Promise((resolve) => setTimeout(resolve, Math.min(rest, MAX_WAIT_MS)).unref());
    reading = next;
    next = undefined;
    const start = performance.now();
    // who is not found is told so; that the database is away is found by the look-up itself
    await readAnew().catch(() => undefined);
    notBefore = performance.now() + DUTY * (performance.now() - start);
  }

  return { findNumbers, findEmail, findParcel, sweep, refresh };
}

export type OrderLookups = ReturnType<typeof createOrderLookups>;

// A number and a text are stored under different keys, whatever they look like.
const same = (spelling: unknown, stored: unknown): boolean =>
  typeof stored === 'string'
    ? spelling === stored
    : typeof spelling !== 'string' && String(spelling) === readText(stored);
