import type { Collections } from '../../collections.js';
import type { PictureAddresses } from '../../domain/inspiration/picture-address.js';
import { maskDestination } from '../../domain/order-updates/subscription.js';
import { historyOf } from '../../domain/returns/return-steps.js';
import { readTicket } from '../../domain/stylist/read-ticket.js';
import { createDateReader } from '../../lib/values/date.js';
import { readEmail } from '../../lib/values/email.js';
import { readText } from '../../lib/values/text.js';
import type { OrderFinder } from '../orders/order-finder.js';
import { orderRow, type RowContext } from '../orders/order-row.js';
import { notFound } from '../queue/act-on-item.js';
import { may, shownEmail, shownName, shownPhone, type Viewer } from '../viewer.js';
import { knownCustomers } from './known-customers.js';
import type { Person, PersonRecords, RecordsOf } from './person-records.js';
import { shownImage } from './session-images.js';

export const CUSTOMER_WAYS = ['tickets', 'orders', 'conversations'] as const;
/** By what a customer is come to: addresses and telephone numbers do not belong in addresses of pages. */
type CustomerWay = (typeof CUSTOMER_WAYS)[number];

/** Something on the time line of a customer. */
interface Happening {
  at: Date;
  kind:
    | 'order'
    | 'tickets'
    | 'returns'
    | 'capsules'
    | 'feedback'
    | 'consent'
    | 'images'
    | 'conversation'
    | 'note';
  /** Of what it happened to. */
  id: string;
  /** Of which kind that is: a note's thing. */
  of?: string;
  title: string;
  state?: string;
  text?: string | undefined;
  by?: string;
}

interface CustomerOptions {
  collections: Collections;
  finder: OrderFinder;
  recordsOf: RecordsOf;
  pictures: PictureAddresses;
  now: () => Date;
  shop: RowContext['shop'];
}

/** All that there is of a customer, on one time line. */
export function createCustomerView({ collections, finder, recordsOf, pictures, now, shop }: CustomerOptions) {
  const ways: Record<CustomerWay, (id: string) => Promise<Person | undefined>> = {
    async tickets(ticketId) {
      const found = await collections.stylistTickets.findOne({ ticketId }, { projection: { _id: 0 } });
      if (!found) return undefined;
      const { customerEmail, customerPhone, sessionId } = readTicket(found);
      return { emails: spelled(customerEmail), phones: listOf(customerPhone), sessionIds: listOf(sessionId) };
    },
    async orders(typed) {
      const [doc] = await finder.byNumber(typed);
      return doc && { emails: spelled(readText(doc.customerEmail)), orderNumbers: [String(doc.orderNumber)] };
    },
    async conversations(sessionId) {
      const known = (await knownCustomers(collections, [sessionId])).get(sessionId);
      return { emails: spelled(known?.email), phones: listOf(known?.phone), sessionIds: [sessionId] };
    },
  };

  /** Who it is; for what is done about a person as a whole. @throws ApiError 404 */
  async function person(way: CustomerWay, id: string): Promise<Person> {
    const found = await ways[way](id);
    if (!found) throw notFound({ id });
    return found;
  }

  /** @throws ApiError 404 */
  async function customer(viewer: Viewer, way: CustomerWay, id: string) {
    const who = await person(way, id);
    const records = await recordsOf(who);
    if (Object.values(records).every((list) => list.length === 0)) throw notFound({ id });
    const names = records.tickets.flatMap(({ customerName }) => customerName ?? []);
    const emails = [...(who.emails ?? []), ...records.tickets.map(({ customerEmail }) => customerEmail)];
    const phones = [
      ...(who.phones ?? []),
      ...records.tickets.flatMap(({ customerPhone }) => customerPhone ?? []),
    ];
    return {
      name: names[0] && shownName(viewer, names[0]),
      emails: [...new Set(emails.filter(Boolean).map((email) => readEmail(email) ?? email))].map((email) =>
        shownEmail(viewer, email),
      ),
      phones: [...new Set(phones)].map((phone) => shownPhone(viewer, phone)),
      happenings: happeningsOf(records, { viewer, now: now(), shop }),
      images: records.images.map((image) => shownImage(image, pictures, now())),
    };
  }

  return { customer, person };
}

const listOf = (value: string | undefined): string[] => (value ? [value] : []);
const spelled = (email: string | undefined): string[] => [
  ...new Set([...listOf(email), ...listOf(readEmail(email))]),
];

function happeningsOf(records: PersonRecords, context: RowContext): Happening[] {
  const { viewer } = context;
  const readDate = createDateReader(context.shop);
  const orders = records.orders.map((doc): Happening => {
    const row = orderRow(doc, [], context);
    return {
      at: readDate(doc.createdAt) ?? new Date(0),
      kind: 'order',
      id: row.orderNumber,
      title: row.orderNumber,
      state: row.step.label,
    };
  });
  const tickets = records.tickets.map(
    ({ ticketId: id, status, notes, createdAt: at }): Happening => ({
      at,
      kind: 'tickets',
      id,
      title: id,
      state: status,
      text: notes,
    }),
  );
  const returns = records.returns.map(
    ({ rmaId: id, option, status, notes, createdAt: at }): Happening => ({
      at,
      kind: 'returns',
      id,
      title: `${id}, ${historyOf(option, status).label.toLowerCase()}`,
      text: notes,
    }),
  );
  const holds = records.holds.map(
    ({ reservationId: id, status, items, createdAt: at }): Happening => ({
      at,
      kind: 'capsules',
      id,
      title: items.map(({ title, id: sku }) => title ?? sku).join(', '),
      state: status,
    }),
  );
  const ratings = records.ratings.map(
    ({ feedbackId: id, score, notes, timestamp: at }): Happening => ({
      at,
      kind: 'feedback',
      id,
      title: `${score} of 5`,
      text: notes,
    }),
  );
  const consents = records.subscriptions.flatMap(
    ({ orderNumber: id, channel, destination, status, createdAt, stopped }): Happening[] => {
      const title = may(viewer, 'dashboard:pii') ? destination : maskDestination(channel, destination);
      const begun = {
        at: createdAt,
        kind: 'consent',
        id,
        title,
        state: status === 'stopped' ? 'agreed' : status,
      } as const;
      return stopped ? [begun, { ...begun, at: stopped.at, state: 'stopped' }] : [begun];
    },
  );
  const images = records.images.map(
    ({ inspirationId: id, caption, moderationStatus, reason, createdAt: at }): Happening => ({
      at,
      kind: 'images',
      id,
      title: caption ?? 'Image',
      state: reason ?? moderationStatus,
    }),
  );
  const sessions = records.sessions.map(
    ({ sessionId: id, createdAt: at, messages = [] }): Happening => ({
      at,
      kind: 'conversation',
      id,
      title: messages.length === 1 ? '1 message' : `${messages.length} messages`,
    }),
  );
  const notes = [
    ...records.tickets.map((ticket) => ({ of: 'tickets', id: ticket.ticketId, history: ticket.history })),
    ...records.holds.map((hold) => ({ of: 'capsules', id: hold.reservationId, history: hold.history })),
    ...records.ratings.map((rating) => ({ of: 'feedback', id: rating.feedbackId, history: rating.history })),
  ].flatMap(({ of, id, history = [] }) =>
    history.flatMap(({ at, by, note, action }): Happening[] =>
      note && (action === 'note' || by !== 'customer')
        ? [{ at, kind: 'note', of, id, title: id, by, text: note, state: action }]
        : [],
    ),
  );
  const all = [
    ...orders,
    ...tickets,
    ...returns,
    ...holds,
    ...ratings,
    ...consents,
    ...images,
    ...sessions,
    ...notes,
  ];
  return all.sort((a, b) => b.at.getTime() - a.at.getTime());
}
