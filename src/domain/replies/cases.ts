import type { Collection, Filter } from 'mongodb';
import { type MessageShop, returnValues } from '../../connectors/templates/message-values.js';
import type { ReplyValues } from '../../connectors/templates/reply-templates.js';
import { sameEmail } from '../../lib/values/email.js';
import { type Delivery, enqueueMore, type What, type WithDeliveries } from '../../outbox/enqueue.js';
import {
  addressOf as addressOfRating,
  FOLLOW_UP,
  RATING_REPLY,
  RATING_REPLY_MAIL,
} from '../csat/deliveries.js';
import { type Feedback, readRating } from '../csat/rating.js';
import type { Order } from '../orders/order.js';
import type { Repositories } from '../repositories.js';
import { addressOf as addressOfReturn, RETURN_REPLY } from '../returns/deliveries.js';
import { type ReturnRequest, versionOf } from '../returns/return-request.js';
import { isInCrm, saidAt } from '../stylist/act-on-ticket.js';
import { takenUp } from '../stylist/decide-ticket.js';
import { TICKET_CREATE, TICKET_REPLY, TICKET_REPLY_MAIL, TICKET_UPDATE } from '../stylist/deliveries.js';
import { asRead, readTicket } from '../stylist/read-ticket.js';
import type { StylistTicket } from '../stylist/stylist-ticket.js';
import type { Reply, WithReplies } from './reply.js';

export const ANSWERED_KINDS = ['tickets', 'feedback', 'returns'] as const;
/** What customers are answered on. */
export type AnsweredKind = (typeof ANSWERED_KINDS)[number];

/** Something whose customer can be answered, as it was read. */
export interface ReplyCase {
  version: number;
  status: string;
  deliveries: readonly Delivery[];
  replies: readonly Reply[];
  /** Where mail goes. */
  address?: string | undefined;
  phone?: string | undefined;
  /** Whether a CRM has it, and knows where to write to. */
  isInCrm: boolean;
  /** What must not be told at that address: what is the order's, while nobody has shown that it is theirs. */
  secrets: readonly (string | undefined)[];
  values: ReplyValues;
  /**
   * Keeps a reply with its delivery, in one write.
   * @returns Undefined when someone else has acted since it was read.
   */
  keep(reply: Reply, at: Date, isDone: boolean): Promise<{ version: number; status: string } | undefined>;
}

export type CaseRepositories = Pick<Repositories, 'orders' | 'tickets' | 'ratings' | 'returns'>;

export function createCases({ orders, tickets, ratings, returns }: CaseRepositories, shop: MessageShop) {
  async function ofTicket(ticketId: string): Promise<ReplyCase | undefined> {
    const found = await tickets.collection.findOne({ ticketId });
    if (!found) return undefined;
    const ticket = readTicket(found);
    const named = ticket.orderNumber ?? ticket.namedOrderNumber;
    const order = named ? await orders.findByNumber(named) : null;
    const isTheirs = ticket.identity === 'verified' || sameEmail(order?.email, ticket.customerEmail);
    return {
      ...common(ticket),
      version: ticket.version,
      status: ticket.status,
      address: ticket.customerEmail || undefined,
      phone: ticket.customerPhone,
      isInCrm: isThere(ticket, TICKET_CREATE.kind),
      secrets: isTheirs ? [] : secretsOf(order),
      values: {
        name: ticket.customerName,
        number: ticketId,
        orderNumber: ticket.orderNumber,
        pieces: ticket.shortlist.map(({ id, title }) => title ?? id).join('\n'),
      },
      async keep(reply, at, isDone) {
        const status = isDone ? 'done' : (takenUp(ticket, reply.by).status ?? ticket.status);
        const change = {
          ...(status !== ticket.status && { status }),
          ...(!ticket.assignee && status !== 'open' && { assignee: reply.by }),
        };
        const isNews = Object.keys(change).length > 0 || reply.via === 'email';
        const update = TICKET_UPDATE.of({
          action: 'reply',
          by: reply.by,
          at,
          note: reply.via === 'email' ? reply.text : undefined,
          ...change,
        });
        const answer = (reply.via === 'crm' ? TICKET_REPLY : TICKET_REPLY_MAIL).of({
          replyId: reply.replyId,
        });
        const kept = await keep(tickets.collection, asRead(ticket), {
          what: isInCrm(ticket) && isNews ? [answer, update] : [answer],
          reply,
          at,
          set: {
            ...change,
            ...saidAt(change, at),
            updatedAt: at,
          },
          history: isDone && ticket.status !== 'done' ? { at, by: reply.by, action: 'done' } : undefined,
          isVersioned: true,
        });
        return kept ? { version: ticket.version + 1, status } : undefined;
      },
    };
  }

  async function ofRating(feedbackId: string): Promise<ReplyCase | undefined> {
    const found = await ratings.collection.findOne({ feedbackId });
    if (!found) return undefined;
    const rating = readRating(found);
    const [address, ticket] = await Promise.all([
      addressOfRating(rating, { orders, tickets }),
      tickets.latestOf(rating.sessionId),
    ]);
    const { followUp, version, orderNumber } = rating;
    // contacted is its customer once the answer has been handed over
    const status = followUp?.status ?? 'no follow-up';
    return {
      ...common(rating),
      version,
      status,
      address,
      phone: ticket?.customerPhone,
      // the CRM got the address from the order, or none
      isInCrm: orderNumber !== undefined && isThere(rating, FOLLOW_UP.kind),
      secrets: [],
      values: { name: nameAt(ticket, address), orderNumber },
      async keep(reply, at) {
        const answer = (reply.via === 'crm' ? RATING_REPLY : RATING_REPLY_MAIL).of({
          replyId: reply.replyId,
        });
        const kept = await keep(ratings.collection, { feedbackId, version } as Filter<Feedback>, {
          what: [answer],
          reply,
          at,
          set: {},
          isVersioned: true,
        });
        return kept ? { version: version + 1, status } : undefined;
      },
    };
  }

  async function ofReturn(rmaId: string): Promise<ReplyCase | undefined> {
    const request = await returns.find(rmaId);
    if (!request) return undefined;
    const { history, replies = [], status, contact, sessionId } = request;
    const [address, ticket] = await Promise.all([
      addressOfReturn(request, { orders }),
      sessionId ? tickets.latestOf(sessionId) : undefined,
    ]);
    const { orderNumber, pieces, sendBy, address: sendTo } = returnValues(request, shop);
    return {
      ...common(request),
      version: versionOf(request),
      status,
      address,
      phone: contact?.phone,
      isInCrm: false,
      secrets: [],
      values: { name: nameAt(ticket, address), number: rmaId, orderNumber, pieces, sendBy, address: sendTo },
      async keep(reply, at) {
        const asSeen = {
          rmaId,
          status,
          [`history.${history.length}`]: { $exists: false },
          [`replies.${replies.length}`]: { $exists: false },
        };
        const kept = await keep(returns.collection, asSeen as Filter<ReturnRequest>, {
          what: [RETURN_REPLY.of({ replyId: reply.replyId })],
          reply,
          at,
          set: {},
        });
        return kept ? { version: versionOf(request) + 1, status } : undefined;
      },
    };
  }

  const cases: Record<AnsweredKind, (id: string) => Promise<ReplyCase | undefined>> = {
    tickets: ofTicket,
    feedback: ofRating,
    returns: ofReturn,
  };
  return cases;
}

interface Kept {
  what: What[];
  reply: Reply;
  at: Date;
  set: object;
  history?: object | undefined;
  isVersioned?: boolean;
}

async function keep<Document extends WithReplies & WithDeliveries>(
  collection: Collection<Document>,
  asSeen: object,
  { what, reply, at, set, history, isVersioned }: Kept,
): Promise<boolean> {
  const { $push, $min } = enqueueMore(what, at);
  const update: object = {
    $push: { ...$push, replies: reply, history },
    $min,
    $set: Object.keys(set).length > 0 ? set : undefined,
    $inc: isVersioned ? { version: 1 } : undefined,
  };
  const { matchedCount } = await collection.updateOne(asSeen as Filter<Document>, update);
  return matchedCount > 0;
}

const common = ({ replies = [], deliveries }: WithReplies & WithDeliveries) => ({ replies, deliveries });

const isThere = ({ deliveries }: WithDeliveries, kind: string): boolean =>
  deliveries.some((one) => one.kind === kind && (one.state === 'done' || one.state === 'pending'));

const secretsOf = (order: Order | null) =>
  order ? [order.email, ...order.parcels.map(({ trackingNumber }) => trackingNumber)] : [];

/** A name that was typed is only said to the address that was typed with it. */
const nameAt = (ticket: StylistTicket | undefined, address: string | undefined): string | undefined =>
  ticket && sameEmail(ticket.customerEmail, address) ? ticket.customerName : undefined;
