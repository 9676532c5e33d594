import type { Collections } from '../../collections.js';
import { spellings } from '../../domain/orders/spellings.js';
import type { Storage } from '../../platform/storage/storage.js';
import { notFound } from '../actions/action.js';
import type { RowContext } from '../orders/order-row.js';
import { ORDER_PROJECTION } from '../orders/orders-list.js';
import { pictureOf } from '../pictures.js';
import type { Viewer } from '../viewer.js';
import { type TicketDetail, ticketDetail } from './ticket-detail.js';

export interface TicketsOptions {
  collections: Collections;
  storage: Storage;
  now: () => Date;
  shop: RowContext['shop'];
}

/** One ticket with what belongs to it. */
export function createTicketsView({ collections, storage, now, shop }: TicketsOptions) {
  const { stylistTickets, widgetInspiration, orders } = collections;

  /** @throws ApiError 404 */
  async function detail(viewer: Viewer, ticketId: string): Promise<TicketDetail> {
    const ticket = await stylistTickets.findOne({ ticketId }, { projection: { _id: 0 } });
    if (!ticket) throw notFound({ id: ticketId });
    const [images, order] = await Promise.all([
      cleanImages(ticket.inspirationIds),
      ticket.orderNumber
        ? orders.findOne(
            { orderNumber: { $in: spellings(ticket.orderNumber) } },
            { projection: ORDER_PROJECTION },
          )
        : null,
    ]);
    return ticketDetail(ticket, { images, order }, { viewer, now: now(), shop });
  }

  // Only what has been found clean is shown beside a ticket.
  async function cleanImages(inspirationIds: string[]) {
    if (inspirationIds.length === 0) return [];
    const images = await widgetInspiration
      .find({ inspirationId: { $in: inspirationIds }, moderationStatus: 'clean' }, { projection: { _id: 0 } })
      .toArray();
    return Promise.all(
      images.map(async (image) => ({ image, url: await pictureOf(storage, image, 'thumbnail') })),
    );
  }

  return { detail };
}
