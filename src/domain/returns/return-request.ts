import type { Document } from 'mongodb';
import { plainText, present } from '../../lib/values/text.js';
import type { WithDeliveries } from '../../outbox/enqueue.js';
import { defineCollection } from '../../platform/mongodb/define-collection.js';
import { trackingForm } from '../orders/read-order.js';
import { unsent, withoutNotes } from '../privacy/personal-data.js';
import type { WithReplies } from '../replies/reply.js';
import type { ReturnOption, ReturnStatus } from './return-steps.js';

/** What the customer asks for. Without `items` it is the whole order. */
export interface ReturnWish {
  option: ReturnOption;
  items?: WishedItem[];
  /** The size wished for, where no items are named that say it themselves. */
  size?: string;
}

export interface WishedItem {
  lineId?: string;
  sku?: string;
  quantity?: number;
  size?: string;
  notes?: string;
}

export interface ReturnLine {
  lineId: string;
  sku?: string;
  title: string;
  quantity: number;
  /** The size wished for, when a piece is resized or exchanged. */
  size?: string;
  notes?: string;
}

export const RETURN_REASONS = [
  'changed_mind',
  'wrong_size',
  'not_as_described',
  'damaged',
  'arrived_late',
  'gift',
  'other',
] as const;
type ReturnReason = (typeof RETURN_REASONS)[number];

/** The parcel in which pieces come back, as whoever made its label has told. */
export interface ReturnParcel {
  carrier?: string | undefined;
  trackingNumber: string;
}

/** What was told of a parcel; without its number it is nothing. */
export function readReturnParcel(told: {
  carrier?: string | undefined;
  trackingNumber?: string | undefined;
}): ReturnParcel | undefined {
  const trackingNumber = present(trackingForm(told.trackingNumber ?? ''));
  const carrier = present(plainText(told.carrier ?? ''));
  return trackingNumber ? { carrier, trackingNumber } : undefined;
}

/** A step that an RMA has taken: who took it, and when. */
export interface ReturnStep {
  status: ReturnStatus;
  at: Date;
  by: string;
  note?: string;
}

/** A return, a resize or a care request, known to the customer by its RMA number. */
export interface ReturnRequest extends WithDeliveries, WithReplies {
  rmaId: string;
  option: ReturnOption;
  orderNumber: string;
  lines: ReturnLine[];
  /** `text` is what the customer said beyond the list. */
  reason?: { code: ReturnReason; text?: string };
  notes?: string;
  contact?: { email?: string; phone?: string };
  sessionId?: string;
  status: ReturnStatus;
  history: ReturnStep[];
  parcel?: ReturnParcel;
  /** What the order's status was before a return changed it. */
  orderStatusBefore: string;
  /** Order, option and lines, while the RMA is open: makes the same request twice one RMA. */
  openKey?: string;
  /** The idempotency key that it was made with, hashed: a retry after a crash finds what it has made. */
  requestKey?: string;
  /**
   * The pieces that it holds, one entry a piece: `GG-12006/line-1/1`. A unique index sees to it that no piece is in two RMAs.
   * Given up when the RMA ends, but for pieces that have been returned.
   */
  claims?: string[];
  createdAt: Date;
  updatedAt: Date;
  /** When its customer was forgotten. */
  erasedAt?: Date;
  /** Until when the piece can be sent in. */
  expiresAt: Date;
}

/** What an action of the staff names: it goes up by 1 with each step and each answer. */
export const versionOf = ({ history, replies = [] }: Pick<ReturnRequest, 'history' | 'replies'>): number =>
  history.length + replies.length;

export const slipKey = (rmaId: string): string => `returns/${rmaId}.pdf`;

export const returns = defineCollection<ReturnRequest>('returns', {
  id: 'rmaId',
  indexes: [
    { key: { rmaId: 1 }, unique: true, sparse: true },
    { key: { sessionId: 1 }, sparse: true },
    { key: { 'contact.email': 1 }, sparse: true },
    { key: { 'contact.phone': 1 }, sparse: true },
    // one open RMA for the same order, option and lines: the field is there only while the RMA is open
    { key: { openKey: 1 }, unique: true, sparse: true },
    // one RMA a piece: each entry names one piece of one line of one order
    { key: { claims: 1 }, unique: true, sparse: true },
    { key: { orderNumber: 1 } },
    // the parcel in which its pieces come back
    { key: { 'parcel.trackingNumber': 1 }, sparse: true },
    // what waits for the staff, the oldest first
    { key: { status: 1, createdAt: 1, rmaId: 1 } },
  ],
  retention: { after: 'createdAt', days: 365 },
  deliveries: true,
  personal: {
    fields: {
      rmaId: false,
      option: false,
      orderNumber: true,
      lines: true,
      reason: true,
      notes: true,
      parcel: true,
      contact: true,
      sessionId: true,
      status: false,
      history: true,
      replies: true,
      orderStatusBefore: false,
      openKey: false,
      requestKey: false,
      claims: false,
      createdAt: false,
      updatedAt: false,
      expiresAt: false,
      erasedAt: false,
    },
    foundBy: {
      sessions: ['sessionId'],
      emails: ['contact.email'],
      phones: ['contact.phone'],
      orders: ['orderNumber'],
    },
    // the accounts need the return, and the fulfilment team may be at work on it
    anonymous: ({ lines, reason, history, deliveries }) => ({
      set: {
        lines: lines.map(({ notes: _, ...line }: Document) => line),
        ...(reason && { reason: { code: reason.code } }),
        history: withoutNotes(history),
        deliveries: unsent(deliveries),
      },
      unset: ['contact', 'notes', 'parcel', 'sessionId', 'requestKey', 'replies'],
    }),
    objects: ({ rmaId }) => [slipKey(rmaId)],
  },
});
