import type { Collections } from '../../collections.js';
import type { Snapshot } from '../../domain/catalog/snapshot.js';
import type { PictureAddresses } from '../../domain/inspiration/picture-address.js';
import { createMessageFates } from '../../domain/messages/message-fates.js';
import { STAFF_ORDER_PROJECTION } from '../../domain/orders/read-order.js';
import { spellings } from '../../domain/orders/spellings.js';
import { readTicket } from '../../domain/stylist/read-ticket.js';
import { readEmail } from '../../lib/values/email.js';
import type { Delivery } from '../../outbox/enqueue.js';
import { findSessionImages, shownImage } from '../customers/session-images.js';
import { messagesIn } from '../orders/order-detail.js';
import type { RowContext } from '../orders/order-row.js';
import { notFound } from '../queue/act-on-item.js';
import type { Viewer } from '../viewer.js';
import { type TicketDetail, ticketDetail } from './ticket-detail.js';

interface TicketsOptions {
  collections: Collections;
  pictures: PictureAddresses;
  catalogue: () => Snapshot;
  now: () => Date;
  shop: RowContext['shop'];
  /** Whether an email address takes nothing from us any more. */
  isSuppressed: (email: string) => Promise<boolean>;
}

/** Of subscriptions to an order, of its changes and of messages, no more than this are looked at. */
const MAX_OF_A_KIND = 50;

/** One ticket with what belongs to it. */
export function createTicketsView({
  collections,
  pictures,
  catalogue,
  now,
  shop,
  isSuppressed,
}: TicketsOptions) {
  const { stylistTickets, widgetInspiration, widgetOrderSubscriptions, orders, orderChanges } = collections;
  const messageFates = createMessageFates(collections.messageFates);

  /** @throws ApiError 404 */
  async function detail(viewer: Viewer, ticketId: string): Promise<TicketDetail> {
    const found = await stylistTickets.findOne({ ticketId }, { projection: { _id: 0 } });
    if (!found) throw notFound({ id: ticketId });
    const ticket = readTicket(found);
    const { orderNumber } = ticket;
    const email = readEmail(ticket.customerEmail);
    const [images, order, subscriptions, changes, mailSuppressed] = await Promise.all([
      // what the customer has sent in that conversation, also after the ticket was opened
      findSessionImages(widgetInspiration, [ticket.sessionId]),
      orderNumber
        ? orders.findOne(
            { orderNumber: { $in: spellings(orderNumber) } },
            { projection: STAFF_ORDER_PROJECTION },
          )
        : null,
      orderNumber
        ? widgetOrderSubscriptions
            .find({ orderNumber }, { projection: { channel: 1, deliveries: 1 }, limit: MAX_OF_A_KIND })
            .toArray()
        : [],
      orderNumber
        ? orderChanges
            .find({ orderNumber }, { projection: { deliveries: 1 }, limit: MAX_OF_A_KIND })
            .sort({ at: -1 })
            .toArray()
        : [],
      email ? isSuppressed(email) : false,
    ]);
    const channels = [...new Set(subscriptions.map(({ channel }) => channel))].sort();
    const messages = [
      ...ticket.deliveries.filter(({ to }) => to === 'crm' || to === 'email'),
      ...messagesIn([...subscriptions, ...changes].flatMap(({ deliveries }) => deliveries ?? [])),
    ]
      .sort(latestFirst)
      .slice(0, MAX_OF_A_KIND);
    const surroundings = {
      images: images.map((image) => shownImage(image, pictures, now())),
      order,
      channels,
      messages,
      fates: await messageFates.findOf(messages.map(({ id }) => id)),
      catalogue: catalogue(),
      mailSuppressed,
    };
    return ticketDetail(ticket, surroundings, { viewer, now: now(), shop });
  }

  return { detail };
}

// what is still on its way comes before what was
const timeOf = ({ doneAt, lastAttemptAt }: Delivery): number =>
  (doneAt ?? lastAttemptAt)?.getTime() ?? Number.MAX_SAFE_INTEGER;
const latestFirst = (one: Delivery, other: Delivery): number => timeOf(other) - timeOf(one);
