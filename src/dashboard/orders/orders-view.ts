import type { Document } from 'mongodb';
import type { Collections } from '../../collections.js';
import type { Snapshot } from '../../domain/catalog/snapshot.js';
import { createMessageFates } from '../../domain/messages/message-fates.js';
import { type Channel, readEarlierSubscriptions } from '../../domain/order-updates/subscription.js';
import { CONTACT_PROJECTION, STAFF_ORDER_PROJECTION } from '../../domain/orders/read-order.js';
import type { UnconfirmedReturn } from '../../domain/returns/unconfirmed-return.js';
import { readTicket } from '../../domain/stylist/read-ticket.js';
import { ApiError } from '../../platform/http/errors.js';
import { readCursor, toCursor } from '../cursor.js';
import type { Viewer } from '../viewer.js';
import { type Dealings, messagesIn, type OrderDetail, orderDetail } from './order-detail.js';
import type { OrderFinder } from './order-finder.js';
import { type OrderRow, orderRow, type RowContext, supportTicketsOf } from './order-row.js';
import { ORDERS_A_PAGE, OrderPlace, ordersBehind, placeOf } from './orders-list.js';

interface OrdersView {
  collections: Collections;
  catalogue: () => Snapshot;
  now: () => Date;
  shop: RowContext['shop'];
  finder: OrderFinder;
}

/** Of one order also where it goes: never read for a list. */
const DETAIL_PROJECTION = {
  ...STAFF_ORDER_PROJECTION,
  'shipping.city': 1,
  'shipping.state': 1,
  ...CONTACT_PROJECTION,
};

/** Of each kind of dealing with one order, no more than this are shown. */
const MAX_OF_A_KIND = 50;

/** The shop's orders, beside what the concierge did about them. */
export function createOrdersView({ collections, catalogue, now, shop, finder }: OrdersView) {
  const { orders, orderChanges, returns, stylistTickets, csatFeedback } = collections;
  const { widgetOrderSubscriptions, widgetSessions, unconfirmedReturns } = collections;
  const fates = createMessageFates(collections.messageFates);

  async function list(
    viewer: Viewer,
    { search, cursor }: { search?: string | undefined; cursor?: string | undefined },
  ) {
    const place = cursor ? readCursor(OrderPlace, cursor) : undefined;
    const docs = search
      ? await finder.anew(() => finder.meant(search))
      : await ordersBehind(orders, place, ORDERS_A_PAGE + 1);
    const page = docs.slice(0, ORDERS_A_PAGE);
    const last = page.at(-1);
    return {
      orders: await rows(viewer, page),
      nextCursor: docs.length > ORDERS_A_PAGE && last ? toCursor(placeOf(last)) : undefined,
    };
  }

  async function rows(viewer: Viewer, docs: Document[]): Promise<OrderRow[]> {
    const numbers = docs.map(({ orderNumber }) => String(orderNumber));
    const [waiting, subscriptions, earlier] = await Promise.all([
      unconfirmedReturns.find({ orderNumber: { $in: numbers }, expiresAt: { $gt: now() } }).toArray(),
      widgetOrderSubscriptions
        .find({ orderNumber: { $in: numbers } }, { projection: { _id: 0, orderNumber: 1, channel: 1 } })
        .toArray(),
      widgetOrderSubscriptions
        .find<Document>({ orderId: { $in: numbers } } as object, { projection: { _id: 0 } })
        .toArray(),
    ]);
    const unconfirmed = await notConfirmed(waiting);
    const channels = new Map<string, Set<Channel>>();
    const add = (orderNumber: string, channel: Channel) =>
      channels.set(orderNumber, (channels.get(orderNumber) ?? new Set()).add(channel));
    for (const { orderNumber, channel } of subscriptions) add(orderNumber, channel);
    for (const document of earlier)
      for (const { channel } of readEarlierSubscriptions(document)) add(String(document.orderId), channel);
    const context = { viewer, now: now(), shop };
    return docs.map((doc) => {
      const orderNumber = String(doc.orderNumber);
      const own = unconfirmed.filter((one) => one.orderNumber === orderNumber);
      return {
        ...orderRow(doc, [...(channels.get(orderNumber) ?? [])].sort(), context),
        unconfirmedReturns: own.length || undefined,
      };
    });
  }

  /** Those whose link has not been used: it makes an RMA of the same number. */
  async function notConfirmed(waiting: UnconfirmedReturn[]): Promise<UnconfirmedReturn[]> {
    if (waiting.length === 0) return [];
    const used = await returns
      .find({ rmaId: { $in: waiting.map(({ rmaId }) => rmaId) } }, { projection: { _id: 0, rmaId: 1 } })
      .toArray();
    return waiting.filter(({ rmaId }) => !used.some((rma) => rma.rmaId === rmaId));
  }

  /** @throws ApiError 404 */
  async function detail(viewer: Viewer, typed: string): Promise<OrderDetail> {
    const [doc] = await finder.anew(() => finder.byNumber(typed, DETAIL_PROJECTION));
    if (!doc) throw new ApiError('order.not_found', 'There is no order with that number.');
    const found = await dealingsOf(String(doc.orderNumber), supportTicketsOf(doc));
    return orderDetail(doc, found, catalogue(), { viewer, now: now(), shop });
  }

  async function dealingsOf(orderNumber: string, supportTickets: string[]): Promise<Dealings> {
    const newest = { limit: MAX_OF_A_KIND, projection: { _id: 0 } as const };
    const [rmas, waiting, found, ours, earlier, ratings, changes] = await Promise.all([
      returns.find({ orderNumber }, newest).toArray(),
      unconfirmedReturns.find({ orderNumber, expiresAt: { $gt: now() } }, newest).toArray(),
      stylistTickets
        // those of the shop's earlier pages are named by the order alone
        .find({ $or: [{ orderNumber }, { ticketId: { $in: supportTickets } }] }, newest)
        .sort({ createdAt: -1 })
        .toArray(),
      widgetOrderSubscriptions.find({ orderNumber }, newest).toArray(),
      widgetOrderSubscriptions.find({ orderId: orderNumber } as object, newest).toArray(),
      csatFeedback.find({ orderNumber }, newest).toArray(),
      orderChanges
        .find({ orderNumber }, { ...newest, projection: { _id: 0, deliveries: 1, status: 1, at: 1, by: 1 } })
        .sort({ at: -1 })
        .toArray(),
    ]);
    const tickets = found.map(readTicket);
    const subscriptions = [...ours, ...earlier.flatMap(readEarlierSubscriptions)];
    const unconfirmed = waiting.filter(({ rmaId }) => !rmas.some((rma) => rma.rmaId === rmaId));
    const everything = [...rmas, ...tickets, ...subscriptions, ...ratings];
    const sessionIds = [...new Set(everything.flatMap(({ sessionId }) => sessionId ?? []))];
    const sessions =
      sessionIds.length > 0
        ? await widgetSessions
            .find({ sessionId: { $in: sessionIds.slice(0, MAX_OF_A_KIND) } }, newest)
            .toArray()
        : [];
    const messages = [...rmas, ...unconfirmed, ...subscriptions, ...changes].flatMap(({ deliveries }) =>
      messagesIn(deliveries),
    );
    return {
      returns: rmas.sort(newestFirst),
      unconfirmed: unconfirmed.sort(newestFirst),
      tickets,
      subscriptions,
      ratings,
      sessions,
      changes,
      fates: await fates.findOf(messages.map(({ id }) => id)),
    };
  }

  return { list, rows, detail };
}

const newestFirst = (a: { createdAt: Date }, b: { createdAt: Date }): number =>
  b.createdAt.getTime() - a.createdAt.getTime();
