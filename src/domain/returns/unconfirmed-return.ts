import type { Collection } from 'mongodb';
import type { WithDeliveries } from '../../outbox/enqueue.js';
import { defineCollection } from '../../platform/mongodb/define-collection.js';
import { insertNew } from '../../platform/mongodb/write.js';
import type { ReturnWish } from './return-request.js';
import type { ReturnOption } from './return-steps.js';

/** So long an unconfirmed return waits. */
export const UNCONFIRMED_HOURS = 48;
/** So many wait for one order. Whoever has proved the order is not counted, and not kept waiting. */
export const MAX_UNCONFIRMED = 3;

/**
 * A return that someone has asked for who has not proved the order. It is a wish: the order knows nothing of it, it holds no piece and
 * has no slip. The owner's own return is opened beside it; this one is when the link is used that went to the order's own address, and
 * is decided then. Else it lapses. Where to write to is not kept: it came from nobody knows whom.
 */
export interface UnconfirmedReturn extends WithDeliveries {
  /** The number that the RMA has when it is confirmed. */
  rmaId: string;
  orderNumber: string;
  /** One of so many places of the order: `GG-12006/2`. A unique index keeps them to that. */
  place: string;
  option: ReturnOption;
  /** The same for the same wish, whoever has it. */
  wishKey: string;
  items?: ReturnWish['items'];
  size?: string;
  reason?: string;
  notes?: string;
  sessionId?: string;
  /** The idempotency key that it was made with, hashed. */
  requestKey?: string;
  createdAt: Date;
  /** When it lapses. */
  expiresAt: Date;
}

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

/** Returns that nobody has confirmed: they lapse, and nothing is left of them. */
export const unconfirmedReturns = defineCollection<UnconfirmedReturn>('unconfirmedReturns', {
  id: 'rmaId',
  indexes: [
    { key: { rmaId: 1 }, unique: true },
    // so many wait for one order
    { key: { place: 1 }, unique: true },
    { key: { orderNumber: 1 } },
    { key: { sessionId: 1 }, sparse: true },
  ],
  retention: { after: 'expiresAt', days: 0 },
  deliveries: true,
  personal: {
    fields: {
      rmaId: false,
      orderNumber: true,
      place: true,
      option: false,
      wishKey: false,
      items: true,
      size: true,
      reason: true,
      notes: true,
      sessionId: true,
      requestKey: false,
      createdAt: false,
      expiresAt: false,
    },
    foundBy: { sessions: ['sessionId'], orders: ['orderNumber'] },
  },
});
