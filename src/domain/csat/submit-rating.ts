import { DAY_MS } from '../../lib/calendar.js';
import { machineId } from '../../lib/ids.js';
import { type Delivery, enqueue, type What, type WithDeliveries } from '../../outbox/enqueue.js';
import { ORDER_CHANGE } from '../orders/deliveries.js';
import { mayAct, type Proof } from '../orders/proof.js';
import type { OrdersRepository } from '../orders/repository.js';
import { FOLLOW_UP, RATING_REPLY } from './deliveries.js';
import { type Feedback, isLowScore, MAX_ACTS, NOTES_DAYS, RATINGS, type Rating } from './rating.js';
import type { FeedbackRepository } from './repository.js';

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

/**
 * What a rating makes of the earlier one of the same conversation and intent: it takes its place. Its score is enqueued for the order
 * that it names. The team is told once of a customer who is not content, however often the rating changes; when it rises before
 * they were told, they are not told. The same rating again is the earlier one as it was.
 */
export function rate(
  before: Feedback | undefined,
  facts: RatingFacts,
  at: Date,
  dayOf: (at: Date) => string,
): Feedback {
  const { sessionId, intent, score, notes, orderNumber } = facts;
  if (before && isSame(before, facts)) return before;
  const needsFollowUp = isLowScore(score);
  const action = before ? 'rated again' : 'rated';
  return {
    feedbackId: before?.feedbackId ?? machineId('csat'),
    sessionId,
    intent,
    score,
    ...(notes && { notes, notesUntil: new Date(at.getTime() + NOTES_DAYS * DAY_MS) }),
    orderNumber,
    needsFollowUp,
    ...(needsFollowUp && { followUp: { status: 'open', at } }),
    day: dayOf(at),
    version: (before?.version ?? 0) + 1,
    history: [...(before?.history ?? []), { at, by: 'customer', action, note: `${score} of 5` }].slice(
      -MAX_ACTS,
    ),
    createdAt: before?.createdAt ?? at,
    timestamp: at,
    replies: before?.replies,
    // a dispatcher that is at work on the follow-up stays so
    ...(before?.leasedUntil && { leasedUntil: before.leasedUntil }),
    ...outbox(before?.deliveries ?? [], facts, at),
  };
}

const isSame = (before: Feedback, { score, notes, orderNumber }: RatingFacts): boolean =>
  before.score === score && before.notes === notes && before.orderNumber === orderNumber;

function outbox(before: readonly Delivery[], { score, orderNumber }: RatingFacts, at: Date): WithDeliveries {
  const needsFollowUp = isLowScore(score);
  const told = before.filter(({ kind }) => kind === FOLLOW_UP.kind).map((one) => kept(one, needsFollowUp));
  const replies = before.filter(({ kind }) => kind === RATING_REPLY.kind);
  const isTold = told.some(({ state }) => state !== 'skipped');
  const what: What[] = [
    ...(orderNumber ? [ORDER_CHANGE.of({ orderNumber, at, csatRating: score })] : []),
    ...(needsFollowUp && !isTold ? [FOLLOW_UP.of()] : []),
  ];
  const fresh = enqueue(what, at);
  const pending = [...told, ...replies].some(({ state }) => state === 'pending');
  return {
    ...fresh,
    deliveries: [...told, ...replies, ...fresh.deliveries],
    ...(pending && !fresh.nextDeliveryAt && { nextDeliveryAt: at }),
  };
}

// Nobody gets in touch about what the customer has meanwhile rated well.
const kept = (delivery: Delivery, needsFollowUp: boolean): Delivery =>
  needsFollowUp || delivery.state !== 'pending'
    ? delivery
    : { ...delivery, state: 'skipped', lastError: 'The customer has rated again, and better' };

/** More conversations about one order than anyone has and rates. What is beyond belongs to its conversation alone. */
const MAX_RATINGS_OF_ORDER = 10;

interface RatingRepositories {
  ratings: FeedbackRepository;
  orders: Pick<OrdersRepository, 'findByNumber'>;
}

interface RatingClock {
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
