import type { Collection } from 'mongodb';
import { insertOrFind } from '../database/write.js';
import type { CapsuleHold } from './capsule-hold.js';

export function createCapsulesRepository(holds: Collection<CapsuleHold>) {
  /** Stores a hold, or gives back the active one of the session. A hold whose time has passed makes room. */
  async function open(hold: CapsuleHold): Promise<{ document: CapsuleHold; existing: boolean }> {
    const { sessionId, createdAt } = hold;
    await holds.updateOne(
      { activeSessionId: sessionId, expiresAt: { $lte: createdAt } },
      { $set: { status: 'expired' }, $unset: { activeSessionId: '' } },
    );
    return insertOrFind(holds, hold, { activeSessionId: sessionId });
  }

  /** The session's hold whose time has not passed. */
  const findActive = (sessionId: string, now: Date): Promise<CapsuleHold | null> =>
    holds.findOne({ activeSessionId: sessionId, expiresAt: { $gt: now } }, { projection: { _id: 0 } });

  return { open, findActive };
}
