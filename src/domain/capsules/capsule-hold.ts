import type { HistoryEntry, Versioned } from '../../lib/history.js';
import type { WithDeliveries } from '../../outbox/enqueue.js';
import type { SavedPiece } from '../shortlists/shortlist.js';

export const HOLD_HOURS = 48;
export const EXTENSION_HOURS = 24;
export const MAX_EXTENSIONS = 2;
export const REMINDER_HOURS = 6;

/** `released` by the customer or the staff, `expired` by the clock, `converted` into an order. */
export const HOLD_STATUSES = ['active', 'released', 'expired', 'converted'] as const;
export type HoldStatus = (typeof HOLD_STATUSES)[number];

/** Pieces held for a session. */
export interface CapsuleHold extends WithDeliveries, Versioned {
  reservationId: string;
  sessionId: string;
  /** The session again, while the hold is active: makes it the only one. */
  activeSessionId?: string;
  items: SavedPiece[];
  /**
   * The pieces off the shelf that it holds, one entry a piece: `RNG-101/3`. A unique index sees to it that no piece is in two holds. There only
   * while the hold is active: whatever ends it, or removes it, gives them back.
   */
  claims?: string[];
  shortlistId?: string;
  customerEmail?: string;
  status: HoldStatus;
  /** How often it has been extended. */
  extensions: number;
  history: HoldAct[];
  createdAt: Date;
  convertedAt?: Date;
  expiresAt: Date;
  /** When its customer was forgotten. */
  erasedAt?: Date;
}

export type HoldAct = HistoryEntry & { action: 'created' | 'extended' | Exclude<HoldStatus, 'active'> };
