import type { Collection } from 'mongodb';
import { insertNew } from '../../platform/mongodb/write.js';
import type { UnconfirmedReturn } from './unconfirmed-return.js';

const WITHOUT_ID = { projection: { _id: 0 } } as const;

export function createUnconfirmedReturnsRepository(unconfirmed: Collection<UnconfirmedReturn>) {
  /** Those of an order that wait still; there are never more than a few. */
  const findWaiting = (orderNumber: string, now: Date): Promise<UnconfirmedReturn[]> =>
    unconfirmed.find({ orderNumber, expiresAt: { $gt: now } }, WITHOUT_ID).toArray();

  /** The one of that number, unless it has lapsed. */
  const find = (rmaId: string, now: Date): Promise<UnconfirmedReturn | null> =>
    unconfirmed.findOne({ rmaId, expiresAt: { $gt: now } }, WITHOUT_ID);

  /** False when another one has its place, or its number. */
  const insert = (one: UnconfirmedReturn): Promise<boolean> => insertNew(unconfirmed, one);

  /** What has lapsed gives its place up; the database removes it, though not at once. */
  async function clearLapsed(orderNumber: string, now: Date): Promise<void> {
    await unconfirmed.deleteMany({ orderNumber, expiresAt: { $lte: now } });
  }

  return { findWaiting, find, insert, clearLapsed };
}

export type UnconfirmedReturnsRepository = ReturnType<typeof createUnconfirmedReturnsRepository>;
