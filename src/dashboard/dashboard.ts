import type { Db } from 'mongodb';
import type { Collections } from '../collections.js';
import type { DailyRollUps } from '../domain/analytics/daily-roll-up.js';
import { createCapsulesRepository } from '../domain/capsules/repository.js';
import type { Snapshot } from '../domain/catalog/snapshot.js';
import type { PictureAddresses } from '../domain/inspiration/picture-address.js';
import { createInspirationRepository } from '../domain/inspiration/repository.js';
import type { Calendar } from '../lib/calendar.js';
import { actOnCapsule } from './actions/act-on-capsule.js';
import { actOnDelivery } from './actions/act-on-delivery.js';
import { actOnFeedback } from './actions/act-on-feedback.js';
import { actOnImage } from './actions/act-on-image.js';
import { actOnTicket } from './actions/act-on-ticket.js';
import type { Done, Wish } from './actions/action.js';
import { createCreatorsView } from './creators/creators-view.js';
import { createMetrics } from './insights/insights.js';
import type { RowContext } from './orders/order-row.js';
import { createOrdersView } from './orders/orders-view.js';
import { createItemsView } from './queue/item-detail.js';
import { createQueue } from './queue/queue.js';
import { createTicketsView } from './tickets/ticket-view.js';

export interface DashboardOptions {
  db: Db;
  collections: Collections;
  pictures: PictureAddresses;
  catalogue: () => Snapshot;
  now: () => Date;
  shop: RowContext['shop'];
  calendar: Calendar;
  days: DailyRollUps;
  /** Whether an email address takes nothing from us any more. */
  isSuppressed: (email: string) => Promise<boolean>;
}

/** Everything that the dashboard shows and does, without HTTP: the data routes and the pages are two faces of it. */
export function createDashboard(options: DashboardOptions) {
  const { db, collections, now, calendar, days } = options;
  const acts = {
    tickets: actOnTicket(collections.stylistTickets),
    capsules: actOnCapsule(createCapsulesRepository(collections.capsuleHolds)),
    feedback: actOnFeedback(collections.csatFeedback),
    images: actOnImage(createInspirationRepository(collections.widgetInspiration)),
    deliveries: actOnDelivery(db),
  };

  return {
    queue: createQueue(options),
    ticket: createTicketsView(options).detail,
    item: createItemsView(options),
    orders: createOrdersView(options),
    creators: createCreatorsView(options),
    metrics: createMetrics({ collections, calendar, days, now }),
    /** @throws ApiError 404, or 409 when it has changed since or does not allow it. */
    act: (wish: Wish): Promise<Done> => acts[wish.kind](wish, now()),
  };
}

export type Dashboard = ReturnType<typeof createDashboard>;
