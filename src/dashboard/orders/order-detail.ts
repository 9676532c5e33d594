import type { Document } from 'mongodb';
import { findProduct, type Snapshot } from '../../domain/catalog/snapshot.js';
import type { Feedback } from '../../domain/csat/rating.js';
import type { MessageFate } from '../../domain/messages/message-fates.js';
import { type EarlierSubscription, maskDestination } from '../../domain/order-updates/subscription.js';
import { describeOrder } from '../../domain/orders/describe-order.js';
import { EVERYTHING, NUMBER_ALONE } from '../../domain/orders/disclosure.js';
import { readContact, readOrder } from '../../domain/orders/read-order.js';
import { TRACKING_MAILED } from '../../domain/orders/resend-tracking.js';
import type { ShopChange } from '../../domain/orders/shop-change.js';
import type { ReturnRequest } from '../../domain/returns/return-request.js';
import type { UnconfirmedReturn } from '../../domain/returns/unconfirmed-return.js';
import type { Session } from '../../domain/sessions/session.js';
import type { StylistTicket } from '../../domain/stylist/stylist-ticket.js';
import { addressLines, countryOfLocale } from '../../lib/values/country.js';
import { createDateReader } from '../../lib/values/date.js';
import type { Delivery } from '../../outbox/enqueue.js';
import { type Fields, readFields, readList, readNumber, readText } from '../../platform/mongodb/read.js';
import { may, shownName, type Viewer } from '../viewer.js';
import { type Money, orderRow, type RowContext } from './order-row.js';

/** What the concierge has to do with an order. */
export interface Dealings {
  returns: ReturnRequest[];
  /** Asked for by someone who has not proved the order, and not confirmed yet. */
  unconfirmed: UnconfirmedReturn[];
  tickets: StylistTicket[];
  subscriptions: EarlierSubscription[];
  ratings: Feedback[];
  sessions: Session[];
  /** What the shop has told us of the order: its subscribers were told in turn. */
  changes: Pick<ShopChange, 'deliveries' | 'status' | 'at' | 'by'>[];
  /** What became of messages, by the id of the delivery. */
  fates: Map<string, MessageFate>;
}

/** What customers were sent for a document. */
export const messagesIn = (deliveries: readonly Delivery[] | undefined): Delivery[] =>
  (deliveries ?? []).filter(({ to }) => to === 'notifications' || to === 'email');

/** An order as the staff see it: what was bought, the timeline as the widget shows it, and what the concierge did. */
export function orderDetail(doc: Document, dealings: Dealings, catalogue: Snapshot, context: RowContext) {
  const { viewer, now, shop } = context;
  const order = readOrder(doc, createDateReader(shop));
  const channels = [...new Set(dealings.subscriptions.map(({ channel }) => channel))];
  const shown = describeOrder(
    order,
    may(viewer, 'dashboard:pii') ? EVERYTHING : NUMBER_ALONE,
    catalogue,
    now,
    shop,
  );
  const { name: customerName } = readContact(doc);
  return {
    ...orderRow(doc, channels, context),
    unconfirmedReturns: dealings.unconfirmed.length || undefined,
    customerName: customerName && shownName(viewer, customerName),
    items: order.lines.map((line, index) => ({
      title: line.title,
      quantity: line.quantity,
      sku: line.sku,
      ...factsOf(doc, index, catalogue, line.sku),
      ...priceOf(doc, index, viewer, shop.currency),
    })),
    destination: destinationOf(doc, viewer, countryOfLocale(shop.locale)),
    timeline: shown,
    returns: [
      ...dealings.unconfirmed.map(({ rmaId, option, createdAt, expiresAt, items, deliveries }) => ({
        rmaId,
        option,
        status: 'unconfirmed',
        createdAt: createdAt.toISOString(),
        lapsesAt: expiresAt.toISOString(),
        pieces: (items ?? order.lines).reduce((sum, { quantity = 1 }) => sum + quantity, 0),
        messages: messagesIn(deliveries).map((delivery) => toMessage(delivery, dealings.fates)),
      })),
      ...dealings.returns.map(({ rmaId, option, status, createdAt, lines, deliveries }) => ({
        rmaId,
        option,
        status,
        createdAt: createdAt.toISOString(),
        pieces: lines.reduce((sum, { quantity }) => sum + quantity, 0),
        messages: messagesIn(deliveries).map((delivery) => toMessage(delivery, dealings.fates)),
      })),
    ],
    tickets: dealings.tickets.map(({ ticketId, status, priority, createdAt }) => ({
      ticketId,
      status,
      priority,
      createdAt: createdAt.toISOString(),
    })),
    subscriptions: dealings.subscriptions.map((subscription) =>
      toSubscription(subscription, dealings, viewer),
    ),
    trackingMails: dealings.changes
      .filter(({ status }) => status === TRACKING_MAILED)
      .map(({ at, by, deliveries }) => ({
        at: at.toISOString(),
        by,
        messages: messagesIn(deliveries).map((delivery) => toMessage(delivery, dealings.fates)),
      })),
    ratings: dealings.ratings.map(({ feedbackId, score, intent, notes, timestamp }) => ({
      feedbackId,
      score,
      intent,
      at: timestamp.toISOString(),
      notes,
    })),
    sessions: dealings.sessions.map((session) => ({
      sessionId: session.sessionId,
      createdAt: session.createdAt.toISOString(),
      lastSeenAt: session.lastSeenAt.toISOString(),
      identity: session.identity ?? ('anonymous' as const),
      intents: [...new Set((session.intents ?? []).map(({ intent }) => intent))],
      messages: session.messages?.length ?? 0,
      images: session.inspirationIds?.length ?? 0,
    })),
  };
}
export type OrderDetail = ReturnType<typeof orderDetail>;

function toSubscription(
  { subscriptionId, channel, destination, status, createdAt, deliveries }: EarlierSubscription,
  { changes, fates }: Dealings,
  viewer: Viewer,
) {
  const told = messagesIn(changes.flatMap((change) => change.deliveries)).filter(
    ({ payload }) =>
      subscriptionId && (payload as { subscriptionId?: string }).subscriptionId === subscriptionId,
  );
  return {
    channel,
    destination: may(viewer, 'dashboard:pii') ? destination : maskDestination(channel, destination),
    status,
    createdAt: createdAt.toISOString(),
    messages: [...deliveries, ...told].map((delivery) => toMessage(delivery, fates)),
  };
}

/** A message as the staff see it: whether it was handed over, or why not, and what became of it afterwards. */
export function toMessage(
  { id, kind, state, doneAt, lastAttemptAt, lastError }: Delivery,
  fates: Dealings['fates'],
) {
  const fate = fates.get(id);
  return {
    kind,
    state,
    at: (doneAt ?? lastAttemptAt)?.toISOString(),
    why: state === 'done' ? undefined : lastError,
    fate: fate && { state: fate.state, at: fate.at.toISOString(), reason: fate.reason },
  };
}

// Lines that are no documents are left out of the order: only of a list without such are the places the same.
const lineOf = (doc: Document, index: number): Fields =>
  readFields(readList(doc.items).filter((item) => readFields(item) === item)[index]);

/** What was chosen of a piece, wherever the shop writes it, and what the catalogue knows of it. */
function factsOf(doc: Document, index: number, catalogue: Snapshot, sku: string | undefined) {
  const item = lineOf(doc, index);
  const places = [item, readFields(item.customization), readFields(item.options), readFields(item.selection)];
  const first = (...names: string[]) =>
    names.flatMap((name) => places.flatMap((place) => readText(place[name]) ?? [])).at(0);
  const card = sku ? findProduct(catalogue, sku)?.card : undefined;
  return {
    image: card?.image,
    size: first('size', 'ringSize', 'length'),
    engraving:
      places.flatMap(({ engraving }) => readText(readFields(engraving).text) ?? []).at(0) ??
      first('engraving'),
    metal: first('metal', 'material') ?? card?.metal,
    leadTime: first('leadTime') ?? card?.shippingPromise,
  };
}

/** Where it goes, and whom to call: for who may see it. */
function destinationOf(doc: Document, viewer: Viewer, home: string | undefined) {
  if (!may(viewer, 'dashboard:pii')) return undefined;
  const shipping = readFields(doc.shipping);
  const written = readFields(shipping.address);
  const read = (name: string) => readText(shipping[name]) ?? readText(written[name]);
  const address = {
    street: readText(shipping.address) ?? readText(written.line1) ?? readText(written.street),
    city: read('city'),
    state: read('state'),
    postalCode: read('postalCode') ?? read('zip'),
    country: read('country'),
  };
  return { address: addressLines(address, home), phone: readContact(doc).phone };
}

function priceOf(doc: Document, index: number, viewer: Viewer, currency: string): { price?: Money } {
  const amount = readNumber(lineOf(doc, index).price);
  if (amount === undefined || !may(viewer, 'dashboard:finance')) return {};
  return { price: { amount, currency: readText(doc.currency) ?? currency } };
}
