import type { Collections } from '../../collections.js';
import { CONTACT_PROJECTION, readContact } from '../../domain/orders/read-order.js';
import { spellings } from '../../domain/orders/spellings.js';
import { readTicket } from '../../domain/stylist/read-ticket.js';
import { readEmail } from '../../lib/values/email.js';
import { shownEmail, shownName, type Viewer } from '../viewer.js';

/** What a session of the widget says of its customer. Whether it is true is another matter: an address that was typed may be another's. */
export interface KnownCustomer {
  name?: string | undefined;
  email?: string | undefined;
  phone?: string | undefined;
  /** The latest ticket of that session. */
  ticketId?: string | undefined;
}

/** The customers of sessions: as they named themselves to the stylist, else by the address that was typed last. */
export async function knownCustomers(
  { stylistTickets, widgetSessions }: Pick<Collections, 'stylistTickets' | 'widgetSessions'>,
  sessionIds: readonly string[],
): Promise<Map<string, KnownCustomer>> {
  const known = new Map<string, KnownCustomer>();
  if (sessionIds.length === 0) return known;
  const within = { sessionId: { $in: [...new Set(sessionIds)] } };
  const [tickets, sessions] = await Promise.all([
    stylistTickets
      .find(within, {
        projection: {
          _id: 0,
          ticketId: 1,
          sessionId: 1,
          customerName: 1,
          customerEmail: 1,
          customerPhone: 1,
          contact: 1,
          createdAt: 1,
        },
      })
      .sort({ sessionId: 1, createdAt: 1 })
      .toArray(),
    widgetSessions.find(within, { projection: { _id: 0, sessionId: 1, email: 1 } }).toArray(),
  ]);
  for (const { sessionId, email } of sessions) if (email) known.set(sessionId, { email });
  for (const found of tickets) {
    const { sessionId, ticketId, customerName, customerEmail, customerPhone } = readTicket(found);
    const before = known.get(sessionId);
    known.set(sessionId, {
      ticketId,
      name: customerName ?? before?.name,
      email: customerEmail || before?.email,
      phone: customerPhone ?? before?.phone,
    });
  }
  return known;
}

/** Whose orders are, by their numbers. */
export async function orderCustomers(
  { orders }: Pick<Collections, 'orders'>,
  orderNumbers: readonly string[],
): Promise<Map<string, KnownCustomer>> {
  if (orderNumbers.length === 0) return new Map();
  const found = await orders
    .find(
      { orderNumber: { $in: orderNumbers.flatMap((number) => spellings(number)) } },
      { projection: { _id: 0, orderNumber: 1, customerEmail: 1, ...CONTACT_PROJECTION } },
    )
    .toArray();
  return new Map(
    found.map((doc) => [
      String(doc.orderNumber),
      { name: readContact(doc).name, email: readEmail(doc.customerEmail) },
    ]),
  );
}

/** How a customer is called in a list. */
export const shownCustomer = (viewer: Viewer, { name, email }: KnownCustomer): string | undefined =>
  name ? shownName(viewer, name) : email && shownEmail(viewer, email);
