import type { Collection, Db, Document } from 'mongodb';
import { staffMembers, staffPresence, staffSessions } from './dashboard/sign-in/collection.js';
import { analyticsDays, analyticsEvents, dailyFigures } from './domain/analytics/collection.js';
import { capsuleHolds } from './domain/capsules/collection.js';
import { gemstones, materials, products } from './domain/catalog/collection.js';
import { creatorConversions, creators } from './domain/creators/collection.js';
import { csatFeedback } from './domain/csat/collection.js';
import { widgetInspiration } from './domain/inspiration/collection.js';
import { messageFates } from './domain/messages/message-fates.js';
import { suppressions, widgetOrderSubscriptions } from './domain/order-updates/collection.js';
import { orderChanges, orderCodes, orderLookups, orderPeople, orders } from './domain/orders/collection.js';
import { erasures } from './domain/privacy/collection.js';
import { returns, unconfirmedReturns } from './domain/returns/collection.js';
import { widgetSessions } from './domain/sessions/collection.js';
import { widgetShortlists } from './domain/shortlists/collection.js';
import { crmCursors, stylistTickets } from './domain/stylist/collection.js';
import { customerTexts } from './domain/texts/collection.js';
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

export function openCollections(db: Db, wrapping: Wrapping = { maxTimeMs: 2000 }): Collections {
  const opened = DEFINITIONS.map(({ name }) => [
    name,
    wrapCollection<Document>(db.collection(name), wrapping),
  ]);
  return Object.fromEntries(opened);
}
