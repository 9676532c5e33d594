import type { Collections } from '../../collections.js';
import type { Snapshot } from '../../domain/catalog/snapshot.js';
import type { PictureAddresses } from '../../domain/inspiration/picture-address.js';
import { STAFF_ORDER_PROJECTION } from '../../domain/orders/read-order.js';
import { spellings } from '../../domain/orders/spellings.js';
import { readTicket } from '../../domain/stylist/read-ticket.js';
import { readEmail } from '../../lib/values/email.js';
import { findSessionImages, shownImage } from '../customers/session-images.js';
import type { RowContext } from '../orders/order-row.js';
import { notFound } from '../queue/act-on-item.js';
import type { Viewer } from '../viewer.js';
import { type TicketDetail, ticketDetail } from './ticket-detail.js';

export interface TicketsOptions {
  collections: Collections;
  pictures: PictureAddresses;
  catalogue: () => Snapshot;
  now: () => Date;
  shop: RowContext['shop'];
  /** Whether an email address takes nothing from us any more. */
  isSuppressed: (email: string) => Promise<boolean>;
}

/** One ticket with what belongs to it. */
export function createTicketsView({
  collections,
  pictures,
  catalogue,
  now,
  shop,
  isSuppressed,
}: TicketsOptions) {
  const { stylistTickets, widgetInspiration, widgetOrderSubscriptions, orders } = collections;

  /** @throws ApiError 404 */
  async function detail(viewer: Viewer, ticketId: string): Promise<TicketDetail> {
    const found = await stylistTickets.findOne({ ticketId }, { projection: { _id: 0 } });
    if (!found) throw notFound({ id: ticketId });
    const ticket = readTicket(found);
    const { orderNumber } = ticket;
    const email = readEmail(ticket.customerEmail);
    const [images, order, subscriptions, mailSuppressed] = await Promise.all([
      // what the customer has sent in that conversation, also after the ticket was opened
      findSessionImages(widgetInspiration, [ticket.sessionId]),
      orderNumber
        ? orders.findOne(
            { orderNumber: { $in: spellings(orderNumber) } },
            { projection: STAFF_ORDER_PROJECTION },
          )
        : null,
      orderNumber
        ? widgetOrderSubscriptions.find({ orderNumber }, { projection: { channel: 1 } }).toArray()
        : [],
      email ? isSuppressed(email) : false,
    ]);
    const channels = [...new Set(subscriptions.map(({ channel }) => channel))].sort();
    const shown = images.map((image) => shownImage(image, pictures, now()));
    const surroundings = { images: shown, order, channels, catalogue: catalogue(), mailSuppressed };
    return ticketDetail(ticket, surroundings, { viewer, now: now(), shop });
  }

  return { detail };
}
