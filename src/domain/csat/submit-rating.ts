import { mayAct, type Proof } from '../orders/proof.js';
import type { OrdersRepository } from '../orders/repository.js';
import { type RatingFacts, rate } from './rate.js';
import type { Feedback } from './rating.js';
import type { FeedbackRepository } from './repository.js';

/** More conversations about one order than anyone has and rates. What is beyond belongs to its conversation alone. */
export const MAX_RATINGS_OF_ORDER = 10;

export interface RatingRepositories {
  ratings: FeedbackRepository;
  orders: Pick<OrdersRepository, 'findByNumber'>;
}

export interface RatingClock {
  now: Date;
  /** The day of the shop. */
  dayOf: (at: Date) => string;
}

/**
 * Keeps a rating of a conversation. It is put on the order that it names only when the caller has proved the order: for anyone else, and
 * for a number that is no order's, it belongs to the conversation all the same.
 */
export async function rateConversation(
  { ratings, orders }: RatingRepositories,
  wish: RatingFacts,
  proofOf: (orderNumber: string) => Promise<Proof>,
  { now, dayOf }: RatingClock,
): Promise<Feedback> {
  const { sessionId, intent } = wish;
  const facts = { ...wish, orderNumber: await ratedOrder() };
  return ratings.replace(sessionId, intent, (before) => rate(before, facts, now, dayOf));

  async function ratedOrder(): Promise<string | undefined> {
    const orderNumber = wish.orderNumber && (await orders.findByNumber(wish.orderNumber))?.orderNumber;
    if (!orderNumber || !mayAct(await proofOf(orderNumber))) return undefined;
    const others = await ratings.countOfOrder(orderNumber, sessionId, MAX_RATINGS_OF_ORDER);
    return others < MAX_RATINGS_OF_ORDER ? orderNumber : undefined;
  }
}
