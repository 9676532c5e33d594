import { readContact } from '../../domain/orders/read-order.js';
import { createDateReader } from '../../lib/values/date.js';
import type { PersonRecords } from '../customers/person-records.js';
import { orderRow, type RowContext } from '../orders/order-row.js';
import { shownEmail, shownName } from '../viewer.js';
import type { Vocabulary } from '../words.js';

interface SearchResult {
  path: string;
  title: string;
  customer?: string | undefined;
  /** How far it is, and in which words that is said. */
  state?: string;
  words?: Vocabulary;
  at?: Date | undefined;
}

export interface SearchGroup {
  name: string;
  results: SearchResult[];
}

const at = (place: string, id: string): string => `/dashboard/${place}/${encodeURIComponent(id)}`;

/** What was found, by kind, as it is listed. */
export function groupResults(records: PersonRecords, context: RowContext): SearchGroup[] {
  const { viewer, shop } = context;
  const readDate = createDateReader(shop);
  const groups: SearchGroup[] = [
    {
      name: 'Orders',
      results: records.orders.map((doc) => {
        const { orderNumber, customer: email, step } = orderRow(doc, [], context);
        const { name } = readContact(doc);
        return {
          path: at('orders', orderNumber),
          title: orderNumber,
          customer: name ? shownName(viewer, name) : email,
          state: step.label,
          at: readDate(doc.createdAt),
        };
      }),
    },
    {
      name: 'Tickets',
      results: records.tickets.map(({ ticketId, customerName, customerEmail, status, createdAt }) => ({
        path: at('support/tickets', ticketId),
        title: ticketId,
        customer: customerName ? shownName(viewer, customerName) : shownEmail(viewer, customerEmail),
        state: status,
        words: 'state',
        at: createdAt,
      })),
    },
    {
      name: 'Returns',
      results: records.returns.map(({ rmaId, orderNumber, status, createdAt }) => ({
        path: at('support/returns', rmaId),
        title: rmaId,
        customer: orderNumber,
        state: status,
        words: 'state',
        at: createdAt,
      })),
    },
    {
      name: 'Holds',
      results: records.holds.map(({ reservationId, customerEmail, items, status, createdAt }) => ({
        path: at('support/capsules', reservationId),
        title: items.map(({ title, id }) => title ?? id).join(', '),
        customer: customerEmail && shownEmail(viewer, customerEmail),
        state: status,
        words: 'state',
        at: createdAt,
      })),
    },
    {
      name: 'Ratings',
      results: records.ratings
        .filter(({ feedbackId }) => feedbackId)
        .map(({ feedbackId, score, orderNumber, timestamp }) => ({
          path: at('support/feedback', feedbackId),
          title: `${score} of 5`,
          customer: orderNumber,
          at: timestamp,
        })),
    },
    {
      name: 'Conversations',
      results: records.sessions.map(({ sessionId, email, identity, lastSeenAt }) => ({
        path: at('conversations', sessionId),
        title: sessionId,
        customer: email && shownEmail(viewer, email),
        state: identity ?? 'anonymous',
        words: 'identity',
        at: lastSeenAt,
      })),
    },
  ];
  return groups.filter(({ results }) => results.length > 0);
}
