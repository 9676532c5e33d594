import type { Collection } from 'mongodb';
import type { enqueueMore } from '../../outbox/enqueue.js';
import { insertNew } from '../../platform/mongodb/write.js';
import type { CapsuleHold, HoldAct, HoldStatus } from './capsule-hold.js';

const WITHOUT_ID = { projection: { _id: 0 } } as const;

/** What a hold with claims says of them. */
type Claimed = Pick<CapsuleHold, 'reservationId' | 'claims' | 'expiresAt'>;

export function createCapsulesRepository(holds: Collection<CapsuleHold>) {
  const find = (reservationId: string): Promise<CapsuleHold | null> =>
    holds.findOne({ reservationId }, WITHOUT_ID);

  /** The session's hold that has not been ended, though its time may have passed. */
  const findOpen = (sessionId: string): Promise<CapsuleHold | null> =>
    holds.findOne({ activeSessionId: sessionId }, WITHOUT_ID);

  /** The session's hold whose time has not passed. */
  const findActive = (sessionId: string, now: Date): Promise<CapsuleHold | null> =>
    holds.findOne({ activeSessionId: sessionId, expiresAt: { $gt: now } }, WITHOUT_ID);

  /** How many holds with that address run; no more than `most` are counted. */
  const countOfEmail = (customerEmail: string, now: Date, most: number): Promise<number> =>
    holds.countDocuments({ customerEmail, status: 'active', expiresAt: { $gt: now } }, { limit: most });

  /** The holds that have pieces of a SKU. */
  const findClaimed = (sku: string): Promise<Claimed[]> =>
    holds
      .find(
        // `0` comes after `/`: everything that begins with the SKU and a slash
        { claims: { $elemMatch: { $gte: `${sku}/`, $lt: `${sku}0` } } },
        { projection: { _id: 0, reservationId: 1, claims: 1, expiresAt: 1 } },
      )
      .toArray();

  /** Stores a new hold; false when another one has the same session or the same piece. */
  const insert = (hold: CapsuleHold): Promise<boolean> => insertNew(holds, hold);

  /** Ends a hold whose time has passed, once; one that was extended or ended meanwhile stays as it is. */
  async function expire(reservationId: string, now: Date): Promise<void> {
    const act = { at: now, by: 'service', action: 'expired' as const };
    await holds.updateOne({ reservationId, status: 'active', expiresAt: { $lte: now } }, ended(act));
  }

  /** Ends an active hold, unless it has changed since it was read: then null. */
  const end = (
    { reservationId, version }: CapsuleHold,
    act: HoldAct & { action: Exclude<HoldStatus, 'active'> },
  ): Promise<CapsuleHold | null> =>
    holds.findOneAndUpdate({ reservationId, version, status: 'active' }, ended(act), {
      ...WITHOUT_ID,
      returnDocument: 'after',
    });

  /** Moves the end of an active hold, unless it has changed since it was read: then null. */
  const extend = (
    { reservationId, version }: CapsuleHold,
    act: HoldAct,
    expiresAt: Date,
    { $push: more, $min }: ReturnType<typeof enqueueMore>,
  ): Promise<CapsuleHold | null> =>
    holds.findOneAndUpdate(
      { reservationId, version, status: 'active' },
      { $set: { expiresAt }, $inc: { version: 1, extensions: 1 }, $push: { history: act, ...more }, $min },
      { ...WITHOUT_ID, returnDocument: 'after' },
    );

  return {
    find,
    countOfEmail,
    findOpen,
    findActive,
    findClaimed,
    insert,
    expire,
    end,
    extend,
  };
}

export type CapsulesRepository = ReturnType<typeof createCapsulesRepository>;

const ended = (act: HoldAct & { action: Exclude<HoldStatus, 'active'> }) => ({
  $set: { status: act.action, ...(act.action === 'converted' && { convertedAt: act.at }) },
  $unset: { activeSessionId: '' as const, claims: '' as const },
  $inc: { version: 1 },
  $push: { history: act },
});
