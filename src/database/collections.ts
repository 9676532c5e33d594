import type { Collection, Db, Document } from 'mongodb';
import type { AnalyticsEvent } from '../analytics/analytics-event.js';
import type { AnalyticsDay } from '../analytics/daily-repository.js';
import type { AuditEntry } from '../audit/audit.js';
import type { CapsuleHold } from '../capsules/capsule-hold.js';
import type { Conversion } from '../dashboard/creators/credit-orders.js';
import type { CountedDay } from '../dashboard/metrics/daily.js';
import type { Feedback } from '../feedback/feedback.js';
import type { IdempotencyRecord } from '../idempotency/idempotency.js';
import type { Inspiration } from '../inspiration/inspiration.js';
import type { Job } from '../jobs/daily-jobs.js';
import type { ReturnRequest } from '../returns/return-request.js';
import type { Session } from '../sessions/session.js';
import type { SavedShortlist } from '../shortlists/shortlist.js';
import type { StylistTicket } from '../stylist/stylist-ticket.js';
import type { Subscription } from '../subscriptions/subscription.js';

/**
 * The collections by name. Those of the shop are heterogeneous and read with `read.ts`; ours have a type.
 */
export interface Collections {
  /** The shop's; never written. */
  products: Collection<Document>;
  /** The shop's names for what pieces are made of; never written. */
  materials: Collection<Document>;
  gemstones: Collection<Document>;
  /** The shop's; never written. */
  creators: Collection<Document>;
  /** The shop's; written only by the effects that a request owes. */
  orders: Collection<Document>;
  widgetSessions: Collection<Session>;
  widgetShortlists: Collection<SavedShortlist>;
  widgetInspiration: Collection<Inspiration>;
  widgetOrderSubscriptions: Collection<Subscription>;
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

export function openCollections(db: Db): Collections {
  return {
    products: db.collection('products'),
    materials: db.collection('materials'),
    gemstones: db.collection('gemstones'),
    creators: db.collection('creators'),
    orders: db.collection('orders'),
    widgetSessions: db.collection('widgetSessions'),
    widgetShortlists: db.collection('widgetShortlists'),
    widgetInspiration: db.collection('widgetInspiration'),
    widgetOrderSubscriptions: db.collection('widgetOrderSubscriptions'),
    capsuleHolds: db.collection('capsuleHolds'),
    returns: db.collection('returns'),
    stylistTickets: db.collection('stylistTickets'),
    csatFeedback: db.collection('csatFeedback'),
    analyticsEvents: db.collection('analyticsEvents'),
    analyticsDays: db.collection('analyticsDays'),
    jobs: db.collection('jobs'),
    dailyFigures: db.collection('dailyFigures'),
    creatorConversions: db.collection('creatorConversions'),
    idempotencyKeys: db.collection('idempotencyKeys'),
    auditLog: db.collection('auditLog'),
  };
}
