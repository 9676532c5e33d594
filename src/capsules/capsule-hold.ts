import type { Owing } from '../outbox/owe.js';
import type { SavedPiece } from '../shortlists/shortlist.js';
import type { Versioned } from '../versioned.js';

export const HOLD_HOURS = 48;

/** `released` by the customer or the staff, `expired` by the clock, `converted` into an order. */
export type HoldStatus = 'active' | 'released' | 'expired' | 'converted';

/** Pieces held for a session. */
export interface CapsuleHold extends Owing, Versioned {
  reservationId: string;
  sessionId: string;
  /** The session again, while the hold is active: makes it the only one. */
  activeSessionId?: string;
  items: SavedPiece[];
  shortlistId?: string;
  customerEmail?: string;
  status: HoldStatus;
  /** How often it has been extended. */
  extensions: number;
  createdAt: Date;
  expiresAt: Date;
  /** When its customer was forgotten. */
  erasedAt?: Date;
}
