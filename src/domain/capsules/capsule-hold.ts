import type { HistoryEntry, Versioned } from '../../lib/history.js';
import type { WithDeliveries } from '../../outbox/enqueue.js';
import { defineCollection } from '../../platform/mongodb/define-collection.js';
import { erased, unsent } from '../privacy/personal-data.js';
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

export const capsuleHolds = defineCollection<CapsuleHold>('capsuleHolds', {
  id: 'reservationId',
  indexes: [
    { key: { reservationId: 1 }, unique: true, sparse: true },
    { key: { sessionId: 1 } },
    { key: { customerEmail: 1 }, sparse: true },
    // one active hold a session: the field is there only while the hold is active
    { key: { activeSessionId: 1 }, unique: true, sparse: true },
    // what waits for the staff, the oldest first
    { key: { status: 1, createdAt: 1, reservationId: 1 } },
    // and what ends first
    { key: { status: 1, expiresAt: 1, reservationId: 1 } },
    { key: { createdAt: 1 } },
    // one hold a piece: each entry names one piece off the shelf
    { key: { claims: 1 }, unique: true, sparse: true },
  ],
  retention: { after: 'expiresAt', days: 3 },
  deliveries: true,
  personal: {
    fields: {
      reservationId: false,
      sessionId: true,
      activeSessionId: true,
      items: false,
      claims: false,
      shortlistId: false,
      customerEmail: true,
      status: false,
      extensions: false,
      version: false,
      history: false,
      createdAt: false,
      convertedAt: false,
      expiresAt: false,
      erasedAt: false,
    },
    foundBy: { sessions: ['sessionId'], emails: ['customerEmail'] },
    // the pieces stay held, and are given back in their time
    anonymous: ({ reservationId, deliveries }) => ({
      set: { sessionId: erased(reservationId), deliveries: unsent(deliveries) },
      unset: ['customerEmail', 'activeSessionId'],
    }),
  },
});
