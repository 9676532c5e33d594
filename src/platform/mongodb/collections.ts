import type { Collection, Db, Document } from 'mongodb';
import type { CountedDay } from '../../dashboard/insights/daily.js';
import type { AnalyticsEvent } from '../../domain/analytics/analytics-event.js';
import type { AnalyticsDay } from '../../domain/analytics/daily-repository.js';
import type { CapsuleHold } from '../../domain/capsules/capsule-hold.js';
import type { Conversion } from '../../domain/creators/credit-orders.js';
import type { Feedback } from '../../domain/csat/rating.js';
import type { Inspiration } from '../../domain/inspiration/inspiration.js';
import type { Subscription } from '../../domain/order-updates/subscription.js';
import type { Suppression } from '../../domain/order-updates/suppressions.js';
import type { ShopChange } from '../../domain/orders/shop-change.js';
import type { Erasure } from '../../domain/privacy/erasure.js';
import type { ReturnRequest } from '../../domain/returns/return-request.js';
import type { Session } from '../../domain/sessions/session.js';
import type { SavedShortlist } from '../../domain/shortlists/shortlist.js';
import type { StylistTicket } from '../../domain/stylist/stylist-ticket.js';
import type { AuditEntry } from '../audit/audit.js';
import type { IdempotencyRecord } from '../idempotency/idempotency.js';
import type { Job } from '../jobs/daily-jobs.js';
import { type Wrapping, wrapCollection } from './wrap-collection.js';

/**
 * The collections by name. Those of the shop are heterogeneous and read with `read.ts`; ours have a type.
 */
export interface Collections {
  /** The shop's; never written. */
  products: Collection<Document>;
  /** The shop's names for what pieces are made of; never written. */
  materials: Collection<Document>;
  gemstones: Collection<Document>;
  /** The shop's; written only by the credit that a ticket owes. */
  creators: Collection<Document>;
  /** The shop's; written only by the effects that a request owes. */
  orders: Collection<Document>;
  orderChanges: Collection<ShopChange>;
  widgetSessions: Collection<Session>;
  widgetShortlists: Collection<SavedShortlist>;
  widgetInspiration: Collection<Inspiration>;
  widgetOrderSubscriptions: Collection<Subscription>;
  suppressions: Collection<Suppression>;
  erasures: Collection<Erasure>;
  capsuleHolds: Collection<CapsuleHold>;
  returns: Collection<ReturnRequest>;
  stylistTickets: Collection<StylistTicket>;
  csatFeedback: Collection<Feedback>;
  analyticsEvents: Collection<AnalyticsEvent>;
  analyticsDays: Collection<AnalyticsDay>;
  jobs: Collection<Job>;
  dailyFigures: Collection<CountedDay>;
  creatorConversions: Collection<Conversion>;
  idempotencyKeys: Collection<IdempotencyRecord>;
  auditLog: Collection<AuditEntry>;
}

export type CollectionName = keyof Collections;

export function openCollections(db: Db, wrapping: Wrapping = { maxTimeMs: 2000 }): Collections {
  const open = <Doc extends Document>(name: CollectionName) =>
    wrapCollection<Doc>(db.collection(name), wrapping);
  return {
    products: open('products'),
    materials: open('materials'),
    gemstones: open('gemstones'),
    creators: open('creators'),
    orders: open('orders'),
    orderChanges: open('orderChanges'),
    widgetSessions: open('widgetSessions'),
    widgetShortlists: open('widgetShortlists'),
    widgetInspiration: open('widgetInspiration'),
    widgetOrderSubscriptions: open('widgetOrderSubscriptions'),
    suppressions: open('suppressions'),
    erasures: open('erasures'),
    capsuleHolds: open('capsuleHolds'),
    returns: open('returns'),
    stylistTickets: open('stylistTickets'),
    csatFeedback: open('csatFeedback'),
    analyticsEvents: open('analyticsEvents'),
    analyticsDays: open('analyticsDays'),
    jobs: open('jobs'),
    dailyFigures: open('dailyFigures'),
    creatorConversions: open('creatorConversions'),
    idempotencyKeys: open('idempotencyKeys'),
    auditLog: open('auditLog'),
  };
}
