import type { Owing } from '../outbox/owe.js';

export const RATINGS = { great: 5, good: 4, okay: 3, needs_follow_up: 2, poor: 1 } as const;
export type Rating = keyof typeof RATINGS;

/** A customer's rating of a conversation and intent: one each, the latest counts. */
export interface Feedback extends Owing {
  feedbackId: string;
  sessionId: string;
  /** `general` when the widget does not say. */
  intent: string;
  /** From 1 to 5. */
  score: number;
  notes?: string;
  orderNumber?: string;
  /** Scores of 1 and 2 need someone to get in touch. */
  needsFollowUp: boolean;
  createdAt: Date;
  updatedAt: Date;
}
