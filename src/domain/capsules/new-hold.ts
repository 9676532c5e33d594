import { machineId } from '../../lib/ids.js';
import { enqueue, type What } from '../../outbox/enqueue.js';
import type { SavedPiece } from '../shortlists/shortlist.js';
import { type CapsuleHold, HOLD_HOURS, REMINDER_HOURS } from './capsule-hold.js';
import { CAPSULE_EXPIRE, CAPSULE_REMINDER, CAPSULE_RENDER } from './deliveries.js';

const HOUR_MS = 60 * 60_000;
export const hoursAfter = (at: Date, hours: number): Date => new Date(at.getTime() + hours * HOUR_MS);

export interface CapsuleWish {
  sessionId: string;
  items: SavedPiece[];
  shortlistId?: string | undefined;
  customerEmail?: string | undefined;
}

/** A new hold, with a rendering of the capsule, a reminder before its end where there is an address, and its end enqueued. */
export function newHold(
  { sessionId, items, shortlistId, customerEmail }: CapsuleWish,
  claims: string[],
  at: Date,
): CapsuleHold {
  const expiresAt = hoursAfter(at, HOLD_HOURS);
  return {
    reservationId: machineId('cap'),
    sessionId,
    activeSessionId: sessionId,
    items,
    ...(claims.length > 0 && { claims }),
    ...(shortlistId && { shortlistId }),
    ...(customerEmail && { customerEmail }),
    status: 'active',
    extensions: 0,
    version: 1,
    history: [{ at, by: 'customer', action: 'created' }],
    createdAt: at,
    expiresAt,
    ...enqueue([CAPSULE_RENDER.of(), ...dueBefore(expiresAt, customerEmail)], at),
  };
}

/** What is enqueued for an end. When the end has been moved meanwhile, neither does anything. */
export const dueBefore = (expiresAt: Date, customerEmail: string | undefined): What[] => [
  ...(customerEmail ? [CAPSULE_REMINDER.of({ expiresAt }, hoursAfter(expiresAt, -REMINDER_HOURS))] : []),
  CAPSULE_EXPIRE.of(undefined, expiresAt),
];
