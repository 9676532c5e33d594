import { plainText, present } from '../../lib/values/text.js';
import type { WithDeliveries } from '../../outbox/enqueue.js';
import { trackingForm } from '../orders/read-order.js';
import type { WithReplies } from '../replies/reply.js';
import type { ReturnOption, ReturnStatus } from './return-steps.js';

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
