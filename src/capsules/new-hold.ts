import { machineId } from '../ids.js';
import { owe } from '../outbox/owe.js';
import type { SavedPiece } from '../shortlists/shortlist.js';
import { madeBy } from '../versioned.js';
import { type CapsuleHold, HOLD_HOURS } from './capsule-hold.js';

export interface CapsuleWish {
  sessionId: string;
  items: SavedPiece[];
  shortlistId?: string | undefined;
  customerEmail?: string | undefined;
}

/** A new hold of 48 hours, which owes a rendering of the capsule. */
export function newHold(
  { sessionId, items, shortlistId, customerEmail }: CapsuleWish,
  at: Date,
): CapsuleHold {
  return {
    reservationId: machineId('cap'),
    sessionId,
    activeSessionId: sessionId,
    items,
    ...(shortlistId && { shortlistId }),
    ...(customerEmail && { customerEmail }),
    status: 'active',
    extensions: 0,
    ...madeBy('customer', at),
    createdAt: at,
    expiresAt: new Date(at.getTime() + HOLD_HOURS * 60 * 60_000),
    ...owe([{ to: 'render', kind: 'capsule.render' }], at),
  };
}
