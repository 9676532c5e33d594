import type { Document } from 'mongodb';
import { findProduct, type Snapshot } from '../../domain/catalog/snapshot.js';
import type { Channel } from '../../domain/order-updates/subscription.js';
import { ticketActionsOf } from '../../domain/stylist/decide-ticket.js';
import type { StylistTicket } from '../../domain/stylist/stylist-ticket.js';
import type { Delivery } from '../../outbox/enqueue.js';
import type { ShownImage } from '../customers/session-images.js';
import { type Dealings, toMessage } from '../orders/order-detail.js';
import { orderRow, type RowContext } from '../orders/order-row.js';
import { ticketItem } from '../queue/queries-by-kind.js';
import { may, shownEmail, shownName, shownPhone, type Viewer } from '../viewer.js';

interface TicketSurroundings {
  /** What the customer has sent in. */
  images: ShownImage[];
  order: Document | null;
  catalogue: Snapshot;
  /** By which the customer of the order is told of it. */
  channels: Channel[];
  /** What was sent for the ticket, and to those who have subscribed to its order. */
  messages: Delivery[];
  fates: Dealings['fates'];
  /** Whether mail is still sent to the customer's address. */
  mailSuppressed: boolean;
}

/** A ticket as the staff see it, with everything that they should know before they write to the customer. */
export function ticketDetail(
  ticket: StylistTicket,
  { images, order, channels, messages, fates, catalogue, mailSuppressed }: TicketSurroundings,
  context: RowContext,
) {
  const { viewer } = context;
  const { assignee, notes, timePreference, firstResponseAt, creatorCode, creatorId } = ticket;
  const crm = ticket.deliveries.findLast(({ to }) => to === 'crm');
  const creator = creatorCode ?? creatorId;
  return {
    item: ticketItem(ticket, viewer),
    ticketId: ticket.ticketId,
    sessionId: ticket.sessionId,
    status: ticket.status,
    priority: ticket.priority,
    priorityReasons: ticket.priorityReasons,
    identity: ticket.identity,
    version: ticket.version,
    createdAt: ticket.createdAt.toISOString(),
    dueAt: ticket.dueAt.toISOString(),
    firstResponseAt: firstResponseAt?.toISOString(),
    assignee,
    notes,
    timePreference,
    timezone: ticket.timezone,
    metadata: ticket.metadata,
    namedOrderNumber: ticket.namedOrderNumber,
    creator,
    contact: { ...contactFor(viewer, ticket), mailSuppressed: mailSuppressed || undefined },
    contactMasked: !may(viewer, 'dashboard:pii'),
    transcript: ticket.transcript.map(({ role, text, at }) => ({
      role,
      text,
      at: at?.toISOString(),
    })),
    shortlist: ticket.shortlist.map(({ id, title, price, currency, metal }) => ({
      id,
      title,
      // of single pieces the price is public
      ...(price !== undefined && { price: { amount: price, currency: currency ?? context.shop.currency } }),
      // never an address that a customer has given: the staff's browser would go there
      image: findProduct(catalogue, id)?.card.image,
      metal,
    })),
    images,
    order: order ? orderRow(order, channels, context) : undefined,
    crm: crm && { state: crm.state, kind: crm.kind, reference: crm.reference },
    messages: messages.map((delivery) => toMessage(delivery, fates)),
    history: ticket.history.map((act) => ({ ...act, at: act.at.toISOString() })),
    actions: ticketActionsOf(ticket),
  };
}

export type TicketDetail = ReturnType<typeof ticketDetail>;

function contactFor(
  viewer: Viewer,
  { customerEmail: email, customerName: name, customerPhone: phone }: StylistTicket,
) {
  return {
    email: shownEmail(viewer, email),
    name: name && shownName(viewer, name),
    phone: phone && shownPhone(viewer, phone),
  };
}
