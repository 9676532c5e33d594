import { Binary, type Collection, type Document, type Filter, ObjectId } from 'mongodb';
import { DAY_MS } from '../../lib/calendar.js';
import type { DateReader } from '../../lib/values/date.js';
import { readEmail } from '../../lib/values/email.js';
import { orderNumberForm } from '../../lib/values/order-number.js';
import { readText } from '../../lib/values/text.js';
import { defineCollection } from '../../platform/mongodb/define-collection.js';
import { upsertAgain } from '../../platform/mongodb/write.js';
import { personNameForm } from '../stylist/search-terms.js';
import {
  CONTACT_PROJECTION,
  PARCEL_PROJECTION,
  readContact,
  readTrackingNumbers,
  trackingForm,
} from './read-order.js';
import { commonSpellings } from './spellings.js';

/** How an order is found whose document spells its number or its address, or keeps its parcels, so that no index of its collection finds it. */
interface OrderLookup {
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

/** By whose name and telephone number the staff find an order: salted hashes, so that neither stands anywhere a second time. */
interface OrderPerson {
  /** The order's. */
  _id: unknown;
  terms: string[];
  placedAt?: Date | undefined;
  sweptAt: Date;
}

/** Up to so many orders, all of them are read anew for someone who was not found; of more, those that are new. */
const MAX_READ_ANEW = 20_000;
/** New orders are looked for as far back: the whole is read every day. */
const NEW_MS = 2 * DAY_MS;
/** Reading anew takes no more than this part of the time, and nobody waits for it longer than that. */
const DUTY = 4;
const MAX_WAIT_MS = 1000;

/** What is as it was is written again so seldom: long before it would be forgotten. */
const RENEWED_MS = 2 * DAY_MS;
const MAX_WORDS = 8;
/** Of a word of a name, its beginnings of so many letters find it too. */
const BEGINNINGS = { from: 3, to: 10 };
/** Of the orders that have one word of several, so many are looked at for the others. */
const MAX_CANDIDATES = 200;

const SWEPT_PEOPLE = { ...CONTACT_PROJECTION, createdAt: 1 } as const;

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

interface OrderLookupsOptions {
  orders: Collection<Document>;
  lookups: Collection<OrderLookup>;
  people: Collection<OrderPerson>;
  /** The shop's: of telephone numbers in orders that name no country. */
  country: string | undefined;
  date: DateReader;
  /** Addresses and parcels are known again by it, and stand nowhere a second time. */
  hashOf: (value: string) => string;
}

/**
 * The look-up table of the orders that are spelled in an odd way: small, for most shops empty. It is made by reading the orders' numbers
 * and addresses, once a day and whenever someone is not found; what it says is only where to look, and is compared again there.
 */
export function createOrderLookups({
  orders,
  lookups,
  people,
  country: home,
  date,
  hashOf,
}: OrderLookupsOptions) {
  const termOf = (what: 'name' | 'phone', value: string) => hashOf(`${what} ${value}`).slice(0, 12);

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

  /** The orders of a person, the newest first: by a telephone number in E.164 form. */
  const findPhones = (phones: readonly string[], limit: number) =>
    findPeople({ $in: phones.map((phone) => termOf('phone', phone)) }, limit);

  /** By a name, or the beginnings of its words: those that may be meant. */
  async function findNames(name: string, limit: number): Promise<unknown[]> {
    const form = personNameForm(name);
    const [longest = '', ...others] = form.split(' ').sort((a, b) => b.length - a.length);
    const found = await Promise.all([
      findPeople(termOf('name', form), limit),
      // a longer beginning is not kept, and leads to no order by itself
      others.length > 0 || longest.length > BEGINNINGS.to
        ? findPeople(
            { $in: [longest, longest.slice(0, BEGINNINGS.to)].map((one) => termOf('name', one)) },
            MAX_CANDIDATES,
          )
        : [],
    ]);
    return found.flat();
  }

  async function findPeople(term: string | { $in: string[] }, limit: number): Promise<unknown[]> {
    const found = await people
      .find({ terms: term }, { projection: { _id: 1 } })
      .sort({ placedAt: -1 })
      .limit(limit)
      .toArray();
    return found.map(({ _id }) => _id);
  }

  const lookupSweep: Sweeping = { projection: SWEPT, most: 200, keepPage: keep };
  // of a name and a telephone number some fifteen terms are hashed
  const peopleSweep: Sweeping = { projection: SWEPT_PEOPLE, most: 25, keepPage: keepPeople };

  /** Reads all orders, page by page. */
  const sweep = (now: Date) => sweepAll(lookupSweep, now);
  const sweepPeople = (now: Date) => sweepAll(peopleSweep, now);

  async function sweepAll(sweeping: Sweeping, now: Date): Promise<void> {
    for (const smallest of SMALLEST_IDS) await readOn({ $gte: smallest }, sweeping, now);
  }

  const sweepNew = (sweeping: Sweeping, now: Date) =>
    readOn({ $gte: ObjectId.createFromTime((now.getTime() - NEW_MS) / 1000) }, sweeping, now);
  const sweepNewPeople = (now: Date) => sweepNew(peopleSweep, now);

  async function readOn(from: object, { projection, most, keepPage }: Sweeping, now: Date): Promise<void> {
    let range: object | undefined = from;
    while (range) {
      const page: Document[] = await orders
        .find({ _id: range } as Document, { projection })
        .sort({ _id: 1 })
        .limit(most)
        .toArray();
      await keepPage(page, now);
      range = page.length === most ? { $gt: page.at(-1)?._id } : undefined;
    }
  }

  async function keep(page: Document[], now: Date): Promise<void> {
    const odd = page.flatMap((doc) => oddnessOf(doc) ?? []);
    if (odd.length === 0) return;
    const upserts = odd.map(({ _id, ...oddness }) => ({
      replaceOne: { filter: { _id } as Document, replacement: { ...oddness, sweptAt: now }, upsert: true },
    }));
    await upsertAgain(() => lookups.bulkWrite(upserts, { ordered: false }));
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

  async function keepPeople(page: Document[], now: Date): Promise<void> {
    const { readPhone } = await import('../../lib/values/phone.js');
    const found = page.flatMap((doc): Omit<OrderPerson, 'sweptAt'>[] => {
      const { name, phone, country } = readContact(doc);
      const number = readPhone(phone, country ?? home);
      const terms = [
        ...namesOf(personNameForm(name ?? '')).map((one) => termOf('name', one)),
        ...(number ? [termOf('phone', number)] : []),
      ];
      return terms.length > 0 ? [{ _id: doc._id, terms, placedAt: date(doc.createdAt) }] : [];
    });
    if (found.length === 0) return;
    const since = new Date(now.getTime() - RENEWED_MS);
    const ids = found.map(({ _id }) => _id);
    const kept = new Map(
      (await people.find({ _id: { $in: ids }, sweptAt: { $gt: since } } as Document).toArray()).map(
        ({ _id, sweptAt: _, ...rest }) => [String(_id), JSON.stringify(rest)],
      ),
    );
    const changed = found.filter(({ _id, ...rest }) => kept.get(String(_id)) !== JSON.stringify(rest));
    if (changed.length === 0) return;
    const upserts = changed.map(({ _id, ...person }) => ({
      replaceOne: { filter: { _id } as Document, replacement: { ...person, sweptAt: now }, upsert: true },
    }));
    await upsertAgain(() => people.bulkWrite(upserts, { ordered: false }));
  }

  async function anewOr(sweepOld: (now: Date) => Promise<void>, sweepLate: (now: Date) => Promise<void>) {
    const now = new Date();
    return (await orders.estimatedDocumentCount()) <= MAX_READ_ANEW ? sweepOld(now) : sweepLate(now);
  }

  const refresh = createRefresh(() => anewOr(sweep, (now) => sweepNew(lookupSweep, now)));
  const refreshPeople = createRefresh(() => anewOr(sweepPeople, sweepNewPeople));

  return {
    findNumbers,
    findEmail,
    findParcel,
    findPhones,
    findNames,
    sweep,
    sweepPeople,
    sweepNewPeople,
    refresh,
    refreshPeople,
  };
}

export type OrderLookups = ReturnType<typeof createOrderLookups>;

/** How orders are read, and what is kept of them. */
interface Sweeping {
  projection: Document;
  /** Orders of a page, which is read in one turn of the event loop: of so many that nobody notices. */
  most: number;
  keepPage(page: Document[], now: Date): Promise<void>;
}

/** By what a name is found: as a whole, by each of its words, and by the beginnings of these. */
function namesOf(form: string): string[] {
  const words = form.split(' ').filter(Boolean).slice(0, MAX_WORDS);
  const beginnings = words.flatMap((word) =>
    Array.from({ length: BEGINNINGS.to - BEGINNINGS.from + 1 }, (_, nth) =>
      word.slice(0, BEGINNINGS.from + nth),
    ),
  );
  return [...new Set([form, ...words, ...beginnings])].filter(Boolean);
}

/** Whether each word that was typed begins a word of the name. */
export function isNamed(typed: string, name: string | undefined): boolean {
  const words = personNameForm(name ?? '').split(' ');
  return personNameForm(typed)
    .split(' ')
    .every((part) => words.some((word) => word.startsWith(part)));
}

/** Looks for orders that have come since: whoever asks while that is under way waits for the next time. */
function createRefresh(readAnew: () => Promise<void>): () => Promise<void> {
  let reading: Promise<void> | undefined;
  let next: Promise<void> | undefined;
  let notBefore = 0;

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

  return refresh;
}

// A number and a text are stored under different keys, whatever they look like.
const same = (spelling: unknown, stored: unknown): boolean =>
  typeof stored === 'string'
    ? spelling === stored
    : typeof spelling !== 'string' && String(spelling) === readText(stored);

/** Where orders are whose documents spell their number or address in an odd way. What a sweep has not met again is forgotten. */
export const orderLookups = defineCollection<OrderLookup>('orderLookups', {
  indexes: [
    { key: { number: 1 }, sparse: true },
    { key: { email: 1 }, sparse: true },
    { key: { parcels: 1 }, sparse: true },
  ],
  retention: { after: 'sweptAt', days: 7 },
});

/** By whose name and telephone number the staff find orders. What a sweep has not met again is forgotten. */
export const orderPeople = defineCollection<OrderPerson>('orderPeople', {
  indexes: [{ key: { terms: 1, placedAt: -1 } }],
  retention: { after: 'sweptAt', days: 7 },
});
