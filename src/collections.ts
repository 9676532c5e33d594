import type { Collection, Db, Document } from 'mongodb';
import { staffPresence } from './dashboard/sign-in/presence.js';
import { staffMembers } from './dashboard/sign-in/staff-members.js';
import { staffSessions } from './dashboard/sign-in/staff-sessions.js';
import { analyticsEvents } from './domain/analytics/analytics-event.js';
import { analyticsDays, dailyFigures } from './domain/analytics/day-figures.js';
import { capsuleHolds } from './domain/capsules/capsule-hold.js';
import { gemstones, materials, products } from './domain/catalog/catalogue.js';
import { creatorConversions } from './domain/creators/credit-orders.js';
import { creators } from './domain/creators/repository.js';
import { csatFeedback } from './domain/csat/rating.js';
import { widgetInspiration } from './domain/inspiration/inspiration.js';
import { messageFates } from './domain/messages/message-fates.js';
import { widgetOrderSubscriptions } from './domain/order-updates/subscription.js';
import { suppressions } from './domain/order-updates/suppressions.js';
import { orderLookups, orderPeople } from './domain/orders/lookup-index.js';
import { orders } from './domain/orders/order.js';
import { orderCodes } from './domain/orders/order-code.js';
import { orderChanges } from './domain/orders/shop-change.js';
import { erasures } from './domain/privacy/erasure.js';
import { returns } from './domain/returns/return-request.js';
import { unconfirmedReturns } from './domain/returns/unconfirmed-return.js';
import { widgetSessions } from './domain/sessions/session.js';
import { widgetShortlists } from './domain/shortlists/shortlist.js';
import { stylistTickets } from './domain/stylist/stylist-ticket.js';
import { crmCursors } from './domain/stylist/take-airtable-news.js';
import { customerTexts } from './domain/texts/customer-text.js';
import type { WithDeliveries } from './outbox/enqueue.js';
import type { OutboxIds } from './outbox/outbox-collections.js';
import { auditLog } from './platform/audit/audit.js';
import { idempotencyKeys } from './platform/idempotency/idempotency.js';
import { jobs } from './platform/jobs/jobs.js';
import type { CollectionDefinition, DocumentOf } from './platform/mongodb/define-collection.js';
import { type Wrapping, wrapCollection } from './platform/mongodb/wrap-collection.js';

/** Every collection that the service reads or writes, each described by its owner. */
export const COLLECTIONS = {
  products,
  materials,
  gemstones,
  creators,
  creatorConversions,
  orders,
  orderChanges,
  orderCodes,
  orderLookups,
  orderPeople,
  widgetShortlists,
  widgetInspiration,
  widgetOrderSubscriptions,
  suppressions,
  messageFates,
  capsuleHolds,
  returns,
  unconfirmedReturns,
  stylistTickets,
  customerTexts,
  crmCursors,
  csatFeedback,
  analyticsEvents,
  analyticsDays,
  dailyFigures,
  idempotencyKeys,
  // the last of those with something of a person: by its address the others are found again when an erasure was broken off
  widgetSessions,
  erasures,
  auditLog,
  staffSessions,
  staffMembers,
  staffPresence,
  jobs,
} as const;

type CollectionName = keyof typeof COLLECTIONS;

/** The collections by name. Those of the shop are heterogeneous and read with `platform/mongodb/read.ts`; ours have a type. */
export type Collections = {
  [Name in CollectionName]: Collection<DocumentOf<(typeof COLLECTIONS)[Name]>>;
};

/** The same as a list. */
export const DEFINITIONS: readonly CollectionDefinition[] = Object.values(COLLECTIONS);

/** Those whose documents carry deliveries. */
export type OutboxName = {
  [Name in CollectionName]: DocumentOf<(typeof COLLECTIONS)[Name]> extends WithDeliveries ? Name : never;
}[CollectionName];

export const OUTBOX_IDS = Object.fromEntries(
  DEFINITIONS.flatMap(({ name, id, deliveries }) => (deliveries ? [[name, id]] : [])),
) as OutboxIds<OutboxName>;

export const outboxesOf = (collections: Collections) =>
  Object.fromEntries(Object.entries(collections).filter(([name]) => Object.hasOwn(OUTBOX_IDS, name))) as Pick<
    Collections,
    OutboxName
  >;

export function openCollections(db: Db, wrapping: Wrapping = { maxTimeMs: 2000 }): Collections {
  const opened = DEFINITIONS.map(({ name }) => [
    name,
    wrapCollection<Document>(db.collection(name), wrapping),
  ]);
  return Object.fromEntries(opened);
}
