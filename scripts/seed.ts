import type { Db, Document } from 'mongodb';
import { openCollections } from '../src/collections.js';
import { createDailyRollUps } from '../src/domain/analytics/daily-roll-up.js';
import { createCalendar } from '../src/lib/calendar.js';
import { createHashes } from '../src/lib/ids.js';
import { activityUntil } from './seed-data/activity.js';
import { creators } from './seed-data/creators.js';
import { gemstones } from './seed-data/gemstones.js';
import { materials } from './seed-data/materials.js';
import { ordersAt } from './seed-data/orders.js';
import { products } from './seed-data/products.js';
import type { Activity } from './seed-data/visit.js';

export interface SeedResult {
  inserted: number;
  unchanged: number;
}

/** What happened, by collection. */
export type SeedReport = Record<string, SeedResult>;

/**
 * Adds the documents that are missing, by their natural key. One that is there already stays as it is, whatever
 * has become of it since, so seeding can be repeated at any time.
 */
async function seedCollection<T extends object>(
  db: Db,
  name: string,
  key: keyof T & string,
  documents: readonly T[],
): Promise<SeedResult> {
  const operations = documents.map((document) => {
    const { [key]: value, ...rest } = document;
    return { updateOne: { filter: { [key]: value }, update: { $setOnInsert: rest }, upsert: true } };
  });
  const { upsertedCount } = await db.collection<Document>(name).bulkWrite(operations, { ordered: false });
  return { inserted: upsertedCount, unchanged: documents.length - upsertedCount };
}

export function printReport(report: SeedReport): void {
  for (const [name, { inserted, unchanged }] of Object.entries(report)) {
    console.log(`${name}: ${inserted} inserted, ${unchanged} unchanged`);
  }
}

export async function seedCatalogue(db: Db): Promise<SeedReport> {
  return {
    products: await seedCollection(db, 'products', '_id', products),
    materials: await seedCollection(db, 'materials', 'id', materials),
    gemstones: await seedCollection(db, 'gemstones', 'id', gemstones),
  };
}

export async function seedCreators(db: Db): Promise<SeedReport> {
  return { creators: await seedCollection(db, 'creators', 'creatorCode', creators) };
}

export async function seedOrders(db: Db, now: Date): Promise<SeedReport> {
  return { orders: await seedCollection(db, 'orders', 'orderNumber', ordersAt(now)) };
}

interface ActivitySettings {
  timeZone: string;
  /** What order numbers in events are hashed with. */
  salt: string;
}

/** What documents are known by. The events come last: the first of them is there only when all else is. */
const KEYS: Record<keyof Activity, string> = {
  orders: 'orderNumber',
  widgetSessions: 'sessionId',
  widgetShortlists: 'sessionId',
  csatFeedback: 'feedbackId',
  stylistTickets: 'ticketId',
  capsuleHolds: 'reservationId',
  returns: 'rmaId',
  widgetOrderSubscriptions: 'subscriptionId',
  widgetInspiration: 'inspirationId',
  staffMembers: '_id',
  auditLog: 'requestId',
  analyticsEvents: '_id',
};
const NAMES = Object.keys(KEYS) as (keyof Activity)[];

/**
 * Puts in sixty days of customers. Where they have been put in before, today or a month ago, nothing is added: what has been forgotten
 * since in its time stays forgotten.
 */
export async function seedActivity(
  db: Db,
  { timeZone, salt }: ActivitySettings,
  now: Date,
): Promise<SeedReport> {
  const { dayOf, ...calendar } = createCalendar(timeZone);
  const activity = activityUntil(now, {
    calendar: { dayOf, ...calendar },
    dayOf,
    hashes: createHashes(salt),
  });
  const first: Document | undefined = activity.analyticsEvents[0];
  const isThere = first && (await db.collection('analyticsEvents').findOne({ _id: first._id }));
  const report: SeedReport = {};
  for (const name of NAMES) {
    const inserted = isThere ? 0 : await addMissing(db, name, activity[name]);
    report[name] = { inserted, unchanged: activity[name].length - inserted };
  }
  return report;
}

async function addMissing(db: Db, name: keyof Activity, documents: readonly Document[]): Promise<number> {
  const key = KEYS[name];
  const collection = db.collection(name);
  const there = await collection
    .find({ [key]: { $in: documents.map((one) => one[key]) } }, { projection: { [key]: 1 } })
    .toArray();
  const known = new Set(there.map((one) => one[key]));
  // in reverse and in order: when it is broken off, the first ones are missing
  const missing = documents.filter((one) => !known.has(one[key])).reverse();
  if (missing.length > 0) await collection.insertMany(missing);
  return missing.length;
}

/** Counts the days that are over, as the service does once a day: holds, for one, are forgotten soon. */
export const countDays = (db: Db, timeZone: string, now: Date): Promise<number> =>
  createDailyRollUps({
    collections: openCollections(db),
    calendar: createCalendar(timeZone),
    now: () => now,
  }).close();
