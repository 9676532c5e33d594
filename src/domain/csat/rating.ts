import type { Versioned } from '../../lib/history.js';
import type { WithDeliveries } from '../../outbox/enqueue.js';
import { readDate, readNumber } from '../../platform/mongodb/read.js';
import type { WithReplies } from '../replies/reply.js';

export const RATINGS = { great: 5, good: 4, okay: 3, needs_follow_up: 2, poor: 1 } as const;
export type Rating = keyof typeof RATINGS;

/** With these a customer is not content: someone gets in touch. */
export const LOW_SCORES = [1, 2];
export const isLowScore = (score: number): boolean => LOW_SCORES.includes(score);
/** The same for a description. */
export const LOW_SCORES_TEXT = LOW_SCORES.join(' and ');

/** That someone gets in touch with a customer who is not content. */
interface FollowUp {
  status: 'open' | 'contacted';
  at: Date;
  by?: string;
}

/** A customer's rating of a conversation and intent: one each, the latest counts. */
export interface Feedback extends WithDeliveries, Versioned, WithReplies {
  feedbackId: string;
  sessionId: string;
  /** `general` when the widget does not say. */
  intent: string;
  /** From 1 to 5. */
  score: number;
  notes?: string;
  /** When the notes are to be taken away; there only while there are some. */
  notesUntil?: Date;
  orderNumber?: string;
  /** A low score: someone is to get in touch. */
  needsFollowUp: boolean;
  followUp?: FollowUp;
  /** The day of the latest rating in the shop's time zone: what it is counted under. */
  day: string;
  /** When the conversation was first rated. */
  createdAt: Date;
  /** When it was rated as it is now, under the name that the shop's own pages read. */
  timestamp: Date;
  /** When its customer was forgotten. */
  erasedAt?: Date;
}

/** So many acts are kept, the latest ones. */
export const MAX_ACTS = 20;
/** After so many days a comment is taken away. */
export const NOTES_DAYS = 90;

/** A rating of ours as it stands in the database: the time had another name before. */
export function readRating(document: object): Feedback {
  const { updatedAt, ...rating } = document as Feedback & { updatedAt?: unknown };
  return { ...rating, timestamp: rating.timestamp ?? readDate(updatedAt) ?? rating.createdAt };
}

/** What counts of a rating that the shop's earlier pages have taken: `{ sessionId, intent, score, notes, timestamp }`. */
export function readEarlierRating({ score, timestamp }: Record<string, unknown>) {
  const known = readNumber(score);
  const at = readDate(timestamp);
  return known !== undefined && at && known >= 1 && known <= 5 ? { score: Math.round(known), at } : undefined;
}
