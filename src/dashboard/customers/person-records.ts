import type { Collection, Document } from 'mongodb';
import type { Collections } from '../../collections.js';
import type { CapsuleHold } from '../../domain/capsules/capsule-hold.js';
import type { Feedback } from '../../domain/csat/rating.js';
import type { Inspiration } from '../../domain/inspiration/inspiration.js';
import type { Subscription } from '../../domain/order-updates/subscription.js';
import type { ReturnRequest } from '../../domain/returns/return-request.js';
import type { Session } from '../../domain/sessions/session.js';
import { readTicket } from '../../domain/stylist/read-ticket.js';
import type { StylistTicket } from '../../domain/stylist/stylist-ticket.js';
import { readText } from '../../platform/mongodb/read.js';
import type { OrderFinder } from '../orders/order-finder.js';
import { findSessionImages } from './session-images.js';

/** By what a customer is found: every spelling of each. */
export interface Person {
  emails?: readonly string[];
  /** As they were typed, and in E.164 form. */
  phones?: readonly string[];
  sessionIds?: readonly string[];
  orderNumbers?: readonly string[];
}

/** What there is of a customer, of each kind the newest. */
export interface PersonRecords {
  orders: Document[];
  tickets: StylistTicket[];
  returns: ReturnRequest[];
  holds: CapsuleHold[];
  ratings: Feedback[];
  subscriptions: Subscription[];
  images: Inspiration[];
  sessions: Session[];
}

/** Of each kind, no more are read. */
const MAX_OF_A_KIND = 50;
/** Sessions of one person that are followed. */
const MAX_SESSIONS = 50;

/** Reads what there is of a person: by their addresses and numbers first, then by the sessions and orders that these lead to. */
export function createPersonRecords(collections: Collections, finder: OrderFinder) {
  const { stylistTickets, returns, capsuleHolds, csatFeedback, widgetOrderSubscriptions, widgetSessions } =
    collections;
  const newest = { limit: MAX_OF_A_KIND, sort: { createdAt: -1 }, projection: { _id: 0 } } as const;

  return async function recordsOf({
    emails = [],
    phones = [],
    sessionIds = [],
    orderNumbers = [],
  }: Person): Promise<PersonRecords> {
    const [orders, numbered, named, sessions] = await Promise.all([
      finder.byEmails(emails),
      Promise.all(orderNumbers.map((orderNumber) => finder.byNumber(orderNumber))),
      find(stylistTickets, {
        customerEmail: emails,
        'contact.email': emails,
        customerPhone: phones,
        searchTerms: phones,
        sessionId: sessionIds,
      }),
      find(widgetSessions, { email: emails, sessionId: sessionIds }, { ...newest, sort: { lastSeenAt: -1 } }),
    ]);
    const ownOrders = new Map([...orders, ...numbered.flat()].map((doc) => [String(doc.orderNumber), doc]));
    const within = [
      ...new Set([
        ...sessionIds,
        ...sessions.map(({ sessionId }) => sessionId),
        ...named.flatMap(({ sessionId }) => sessionId ?? []),
      ]),
    ].slice(0, MAX_SESSIONS);
    const numbers = [...ownOrders.keys()];
    const [tickets, rmas, holds, ratings, subscriptions, images] = await Promise.all([
      find(stylistTickets, { sessionId: within, orderNumber: numbers }),
      find(returns, {
        'contact.email': emails,
        'contact.phone': phones,
        sessionId: within,
        orderNumber: numbers,
      }),
      find(capsuleHolds, { customerEmail: emails, sessionId: within }),
      find(csatFeedback, { sessionId: within, orderNumber: numbers }),
      find(widgetOrderSubscriptions, {
        destination: [...emails, ...phones],
        sessionId: within,
        orderNumber: numbers,
      }),
      findSessionImages(collections.widgetInspiration, within),
    ]);
    const allTickets = new Map([...named, ...tickets].map((ticket) => [ticket.ticketId, readTicket(ticket)]));
    return {
      orders: [...ownOrders.values()],
      tickets: [...allTickets.values()],
      returns: rmas,
      holds,
      ratings,
      // those of the shop's earlier pages have no channel of their own
      subscriptions: subscriptions.filter(({ channel }) => readText(channel) !== undefined),
      images,
      sessions,
    };
  };

  // Whatever has one of the values in one of the fields: each has an index.
  async function find<Doc extends Document>(
    collection: Collection<Doc>,
    fields: Record<string, readonly string[]>,
    options: object = newest,
  ): Promise<Doc[]> {
    const ways = Object.entries(fields)
      .filter(([, values]) => values.length > 0)
      .map(([field, values]) => ({ [field]: { $in: [...new Set(values)] } }));
    if (ways.length === 0) return [];
    return collection.find<Doc>({ $or: ways } as object, options).toArray();
  }
}

export type RecordsOf = ReturnType<typeof createPersonRecords>;
