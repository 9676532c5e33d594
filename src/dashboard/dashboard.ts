import type { Db } from 'mongodb';
import type { Collections } from '../collections.js';
import type { DailyRollUps } from '../domain/analytics/daily-roll-up.js';
import type { Snapshot } from '../domain/catalog/snapshot.js';
import type { PictureAddresses } from '../domain/inspiration/picture-address.js';
import type { RepliesOptions } from '../domain/replies/reply-to-customer.js';
import type { Repositories } from '../domain/repositories.js';
import type { Calendar } from '../lib/calendar.js';
import { countryOfLocale } from '../lib/values/country.js';
import { ApiError } from '../platform/http/errors.js';
import { createAnswering, isAnswered } from './answering/answering.js';
import { createCreatorsView } from './creators/creators-view.js';
import { createConversationView } from './customers/conversation-view.js';
import { createCustomerView } from './customers/customer-view.js';
import { createPersonRecords } from './customers/person-records.js';
import { createAgentFigures } from './insights/agents.js';
import { createMetrics } from './insights/insights.js';
import { createLists } from './lists/lists.js';
import { createOrderFinder } from './orders/order-finder.js';
import type { RowContext } from './orders/order-row.js';
import { createOrdersView } from './orders/orders-view.js';
import {
  actOnCapsule,
  actOnDelivery,
  actOnFeedback,
  actOnImage,
  actOnReturn,
  actOnTicket,
  type Done,
  type Wish,
} from './queue/act-on-item.js';
import { createItemsView, type ItemKind } from './queue/item-detail.js';
import { createQueue } from './queue/queue.js';
import { createSearch } from './search/search.js';
import { createShopDashboard } from './shop-dashboard.js';
import { createPresence } from './sign-in/presence.js';
import { createStaffMembers } from './sign-in/staff-members.js';
import { createTicketsView } from './tickets/ticket-view.js';
import type { Viewer } from './viewer.js';

interface DashboardOptions {
  db: Db;
  collections: Collections;
  repositories: Repositories;
  pictures: PictureAddresses;
  catalogue: () => Snapshot;
  now: () => Date;
  shop: RowContext['shop'];
  /** What stands in front of the shop's order numbers. */
  orderPrefix?: string | undefined;
  calendar: Calendar;
  days: DailyRollUps;
  /** Whether an email address takes nothing from us any more. */
  isSuppressed: (email: string) => Promise<boolean>;
  /** How customers are answered. */
  answers: Pick<RepliesOptions, 'ways' | 'templates' | 'shop'>;
}

/** Everything that the dashboard shows and does, without HTTP: the data routes and the pages are two faces of it. */
export function createDashboard(options: DashboardOptions) {
  const { db, collections, repositories, orderPrefix, now, calendar, days } = options;
  const finder = createOrderFinder(collections, repositories.orderLookups, {
    prefix: orderPrefix,
    country: countryOfLocale(options.shop.locale),
  });
  const recordsOf = createPersonRecords(collections, finder);
  const acts = {
    tickets: actOnTicket(collections.stylistTickets),
    capsules: actOnCapsule(repositories.holds),
    feedback: actOnFeedback(collections.csatFeedback),
    images: actOnImage(repositories.images),
    returns: actOnReturn(repositories.returns, repositories.orders),
    deliveries: actOnDelivery(db),
  };

  const { isSuppressed, answers } = options;
  const { answering, reply } = createAnswering({ repositories, isSuppressed, now, ...answers });
  const tickets = createTicketsView(options);
  const itemOf = createItemsView(options);

  const queue = createQueue(options);
  const orders = createOrdersView({ ...options, finder });

  return {
    queue,
    shops: createShopDashboard({ ...options, orders, queue }),
    seen: createPresence(collections.staffPresence, now),
    ticket: async (viewer: Viewer, ticketId: string) => {
      const [detail, said] = await Promise.all([
        tickets.detail(viewer, ticketId),
        answering(viewer, 'tickets', ticketId),
      ]);
      return { ...detail, answering: said };
    },
    item: async (viewer: Viewer, kind: ItemKind, id: string) => {
      const detail = await itemOf(viewer, kind, id);
      const canBeAnswered = isAnswered(kind) && detail.state !== 'unconfirmed';
      return { ...detail, answering: canBeAnswered ? await answering(viewer, kind, id) : undefined };
    },
    /** @throws ApiError 404, or 409 when it has changed since or cannot be answered. */
    reply,
    conversation: createConversationView(options),
    customers: createCustomerView({ ...options, finder, recordsOf }),
    search: createSearch({ ...options, finder, recordsOf }),
    orders,
    /** The same order, where it is still there. */
    orderOf: (viewer: Viewer, orderNumber: string) =>
      orders.detail(viewer, orderNumber).catch((error: unknown) => {
        if (error instanceof ApiError && error.status === 404) return undefined;
        throw error;
      }),
    lists: createLists(options),
    staff: createStaffMembers(collections.staffMembers),
    agents: createAgentFigures(options),
    creators: createCreatorsView(options),
    metrics: createMetrics({ collections, calendar, days, now }),
    /** @throws ApiError 404, or 409 when it has changed since or does not allow it. */
    act: (wish: Wish): Promise<Done> => acts[wish.kind](wish, now()),
  };
}

export type Dashboard = ReturnType<typeof createDashboard>;
