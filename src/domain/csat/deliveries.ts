import type { CrmCase } from '../../connectors/crm/crm-case.js';
import type { Stationery } from '../../connectors/email/email.js';
import { deliveriesOf } from '../../outbox/delivery-kind.js';
import type { OrderTools } from '../orders/deliveries.js';
import type { Reply } from '../replies/reply.js';
import { ERASED, mailReply, ReplyPayload, replyOf } from '../replies/reply.js';
import type { Feedback } from './rating.js';

interface AnsweringTools {
  ratings: { contacted(feedbackId: string, reply: Reply): Promise<unknown> };
}

const deliveryOf = deliveriesOf<Feedback, OrderTools>(['feedbackId', 'score', 'intent', 'createdAt']);

/** The team gets in touch with a customer who is not content. */
export const FOLLOW_UP = deliveryOf({
  to: 'crm',
  kind: 'followup.create',
  label: 'Follow-up',
  async handle({ document, ...attempt }, { orders }, crm) {
    const { orderNumber } = document;
    let email: string | undefined;
    try {
      email = orderNumber && (await orders.findByNumber(orderNumber))?.email;
    } catch {
      return {
        outcome: 'retry',
        reason: 'the customer of the order could not be looked up: nothing to do, it goes again',
      };
    }
    return crm.open(followUpCase(document, email), attempt);
  },
});

/** The CRM answers the customer of a rating, whose address it got from the order. */
export const RATING_REPLY = deliveriesOf<Feedback, OrderTools & AnsweringTools>([
  'feedbackId',
  'score',
  'intent',
  'createdAt',
])({
  to: 'crm',
  kind: 'rating.reply',
  label: 'Answer to a customer',
  payload: ReplyPayload,
  async handle({ document, payload, ...attempt }, { orders, ratings }, crm) {
    const reply = replyOf(document, payload);
    if (!reply) return ERASED;
    if (!crm.reply)
      return { outcome: 'rejected', reason: `${crm.name} writes to no customers: answer by mail` };
    const { orderNumber } = document;
    const email = orderNumber && (await orders.findByNumber(orderNumber))?.email;
    const outcome = await crm.reply(followUpCase(document, email), reply, attempt);
    // what was not handed over has reached nobody
    if (outcome.outcome === 'delivered') await ratings.contacted(document.feedbackId, reply);
    return outcome;
  },
});

export interface RatingReplyTools extends OrderTools, Stationery, AnsweringTools {
  tickets: { latestOf(sessionId: string): Promise<{ customerEmail: string } | undefined> };
}

/** We answer the customer of a rating by mail. */
export const RATING_REPLY_MAIL = deliveriesOf<Feedback, RatingReplyTools>(['feedbackId', 'sessionId'])({
  to: 'email',
  kind: 'rating.reply',
  label: 'Answer to a customer',
  payload: ReplyPayload,
  async handle({ document, payload, ...attempt }, tools, email) {
    const mail = { to: await addressOf(document, tools), about: 'your conversation with us' };
    const reply = replyOf(document, payload);
    const outcome = await mailReply(reply, mail, tools, email, attempt);
    if (reply && outcome.outcome === 'delivered') await tools.ratings.contacted(document.feedbackId, reply);
    return outcome;
  },
});

/**
 * Where the customer of a rating can be answered: the address of the order that they had proved, else the one at which they asked a stylist
 * to answer in that conversation. An address that was typed for something else is none.
 */
export async function addressOf(
  { orderNumber, sessionId }: Pick<Feedback, 'orderNumber' | 'sessionId'>,
  { orders, tickets }: Pick<RatingReplyTools, 'orders' | 'tickets'>,
): Promise<string | undefined> {
  const ofOrder = orderNumber && (await orders.findByNumber(orderNumber))?.email;
  return ofOrder || (await tickets.latestOf(sessionId))?.customerEmail || undefined;
}

function followUpCase(feedback: Feedback, email: string | undefined): CrmCase {
  const { feedbackId, score, intent, notes, orderNumber, createdAt } = feedback;
  const rated = `Rated ${score} of 5 for ${intent}.`;
  const said = notes ? `${rated}\n${notes}` : rated;
  return {
    id: feedbackId,
    subject: `Follow-up on a rating of ${score} of 5`,
    requester: email ? { name: email, email } : undefined,
    text: orderNumber ? `${said}\nOrder: ${orderNumber}` : said,
    tags: ['concierge', 'csat'],
    parts: { email, notes: said, orderNumber, createdAt: createdAt.toISOString() },
  };
}
