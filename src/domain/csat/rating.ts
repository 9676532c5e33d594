import type { Versioned } from '../../lib/history.js';
import type { WithDeliveries } from '../../outbox/enqueue.js';
import { defineCollection } from '../../platform/mongodb/define-collection.js';
import { readDate, readNumber } from '../../platform/mongodb/read.js';
import { erased, unsent, withoutNotes } from '../privacy/personal-data.js';
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

export const csatFeedback = defineCollection<Feedback>('csatFeedback', {
  id: 'feedbackId',
  indexes: [
    // ratings of the shop's earlier pages have no id of ours, and may stand there twice
    {
      key: { sessionId: 1, intent: 1 },
      unique: true,
      partialFilterExpression: { feedbackId: { $exists: true } },
    },
    { key: { feedbackId: 1 }, unique: true, sparse: true },
    { key: { sessionId: 1 } },
    { key: { orderNumber: 1 }, sparse: true },
    { key: { day: 1, score: 1 } },
    // those of the shop's earlier pages have no day
    { key: { timestamp: -1 } },
    { key: { notesUntil: 1 }, sparse: true },
    // what has changed, for the shop's own dashboards
    { key: { 'followUp.at': 1, feedbackId: 1 }, sparse: true },
    // what waits for the staff: the worst first, then the oldest
    { key: { 'followUp.status': 1, score: 1, createdAt: 1, feedbackId: 1 } },
  ],
  deliveries: true,
  personal: {
    fields: {
      feedbackId: false,
      sessionId: true,
      intent: false,
      score: false,
      notes: true,
      notesUntil: false,
      orderNumber: true,
      needsFollowUp: false,
      followUp: false,
      day: false,
      version: false,
      history: true,
      replies: true,
      createdAt: false,
      timestamp: false,
      erasedAt: false,
    },
    foundBy: { sessions: ['sessionId'], orders: ['orderNumber'] },
    // the score counts on
    anonymous: ({ _id, feedbackId = String(_id), history, deliveries }) => ({
      set: {
        sessionId: erased(feedbackId),
        ...(history && { history: withoutNotes(history) }),
        ...(deliveries && { deliveries: unsent(deliveries) }),
      },
      unset: ['notes', 'notesUntil', 'orderNumber', 'followUp', 'replies'],
    }),
  },
});
