import type { Owing } from '../outbox/owe.js';
import type { SavedPiece } from '../shortlists/shortlist.js';

export const HOLD_HOURS = 48;

/** Pieces held for a session. */
export interface CapsuleHold extends Owing {
  reservationId: string;
  sessionId: string;
  /** The session again, while the hold is active: makes it the only one. */
  activeSessionId?: string;
  items: SavedPiece[];
  shortlistId?: string;
  customerEmail?: string;
  status: 'active' | 'expired';
  createdAt: Date;
  expiresAt: Date;
}
