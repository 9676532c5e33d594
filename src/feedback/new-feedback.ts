import { machineId } from '../ids.js';
import { ORDER_CHANGE, type OrderChange } from '../orders/order-change.js';
import { owe, type What } from '../outbox/owe.js';
import { type Feedback, RATINGS, type Rating } from './feedback.js';

export interface RatingFacts {
  sessionId: string;
  intent: string;
  score: number;
  notes?: string | undefined;
  orderNumber?: string | undefined;
}

/** The score of a rating in words, or of a number, from 1 to 5. */
export const scoreOf = (rating: Rating | number | string): number =>
  typeof rating === 'string' && rating in RATINGS ? RATINGS[rating as Rating] : Number(rating);

/** A rating, which owes its score to the order that it names. */
export const newFeedback = ({ notes, orderNumber, ...facts }: RatingFacts, at: Date): Feedback => ({
  feedbackId: machineId('csat'),
  ...facts,
  ...(notes && { notes }),
  ...(orderNumber && { orderNumber }),
  needsFollowUp: facts.score <= 2,
  createdAt: at,
  updatedAt: at,
  ...owe(orderNumber ? [rateOrder({ orderNumber, at, csatRating: facts.score })] : [], at),
});

const rateOrder = (change: OrderChange): What => ({ to: 'orders', kind: ORDER_CHANGE, payload: change });
