import type { Collection, Db, Document, Filter } from 'mongodb';
import type { Collections } from '../../collections.js';
import { shopStatuses } from '../../domain/stylist/read-ticket.js';
import type { TicketStatus } from '../../domain/stylist/stylist-ticket.js';
import { OUTBOX_COLLECTIONS } from '../../outbox/outbox-collections.js';
import { DUE_AFTER_MS, type QueueKind } from './queue-item.js';

/** What the cards of the queue say. A count ends at `MAX_COUNTED`: beyond that it is "many". */
export interface QueueCounts extends Record<QueueKind, number> {
  overdue: number;
  unassigned: number;
}

export const MAX_COUNTED = 1000;

const ACTIVE = { $in: [...shopStatuses('open'), ...shopStatuses('in_progress')] as TicketStatus[] };
const IN_REVIEW = { moderationStatus: 'pending_review', reason: { $exists: true } } as const;

export async function countQueue(db: Db, collections: Collections, now: Date): Promise<QueueCounts> {
  const { stylistTickets, capsuleHolds, csatFeedback, widgetInspiration } = collections;
  const [tickets, overdue, unassigned, capsules, feedback, images, deliveries] = await Promise.all([
    count(stylistTickets, { status: ACTIVE }),
    countOverdue(db, collections, now),
    count(stylistTickets, { status: ACTIVE, assignee: { $exists: false } }),
    count(capsuleHolds, { status: 'active', expiresAt: { $gt: now } }),
    count(csatFeedback, { 'followUp.status': 'open' }),
    count(widgetInspiration, IN_REVIEW),
    countDead(db, { deadDeliveries: { $gt: 0 } }),
  ]);
  return { tickets, capsules, feedback, deliveries, images, overdue, unassigned };
}

const count = <Doc extends Document>(collection: Collection<Doc>, filter: Filter<Doc>): Promise<number> =>
  collection.countDocuments(filter, { limit: MAX_COUNTED });

// What the queue lists as overdue; a document with several dead deliveries counts once, and a capsule never is: it ends.
async function countOverdue(db: Db, collections: Collections, now: Date): Promise<number> {
  const { stylistTickets, csatFeedback, widgetInspiration } = collections;
  const begun = (kind: keyof typeof DUE_AFTER_MS) => ({ $lte: new Date(now.getTime() - DUE_AFTER_MS[kind]) });
  const dead = { state: 'dead', lastAttemptAt: begun('deliveries') };
  return sumOf([
    count(stylistTickets, { status: ACTIVE, dueAt: { $lte: now } }),
    count(csatFeedback, { 'followUp.status': 'open', createdAt: begun('feedback') }),
    count(widgetInspiration, { ...IN_REVIEW, createdAt: begun('images') }),
    countDead(db, { deadDeliveries: { $gt: 0 }, deliveries: { $elemMatch: dead } }),
  ]);
}

const countDead = (db: Db, filter: Filter<Document>): Promise<number> =>
  sumOf(Object.keys(OUTBOX_COLLECTIONS).map((name) => count(db.collection(name), filter)));

async function sumOf(counts: Promise<number>[]): Promise<number> {
  return (await Promise.all(counts)).reduce((sum, one) => sum + one, 0);
}
