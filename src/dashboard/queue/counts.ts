import type { Collection, Db, Document, Filter } from 'mongodb';
import type { Collections } from '../../collections.js';
import type { ReturnRequest } from '../../domain/returns/return-request.js';
import { shopStatuses } from '../../domain/stylist/read-ticket.js';
import type { TicketStatus } from '../../domain/stylist/stylist-ticket.js';
import { OUTBOX_COLLECTIONS } from '../../outbox/outbox-collections.js';
import { dueUntil } from './filters.js';
import { DUE_AFTER_MS, type QueueKind } from './queue-item.js';
import { WAITING_STATUSES } from './streams-by-kind.js';

/** How much waits in each part of the queue. A count ends at `MAX_COUNTED`: beyond that it is "many". */
export interface QueueCounts extends Record<QueueKind, number> {
  overdue: number;
  /** Due within the hour, or overdue. */
  soon: number;
  unassigned: number;
  /** Tickets that the viewer has taken. */
  mine: number;
}

export const MAX_COUNTED = 1000;

const ACTIVE = { $in: [...shopStatuses('open'), ...shopStatuses('in_progress')] as TicketStatus[] };
const IN_REVIEW = { moderationStatus: 'pending_review', reason: { $exists: true } } as const;

/** @param viewer Whose tickets are counted as `mine`. */
export async function countQueue(
  db: Db,
  collections: Collections,
  now: Date,
  viewer = '',
): Promise<QueueCounts> {
  const { stylistTickets, capsuleHolds, csatFeedback, widgetInspiration } = collections;
  const soonUntil = dueUntil({ due: 'soon' }, now) ?? now;
  const [tickets, unassigned, mine, overdue, soon, ending, capsules, feedback, returns, images, deliveries] =
    await Promise.all([
      count(stylistTickets, { status: ACTIVE }),
      count(stylistTickets, { status: ACTIVE, assignee: { $exists: false } }),
      viewer ? count(stylistTickets, { assignee: viewer, status: ACTIVE }) : 0,
      countDue(db, collections, now),
      countDue(db, collections, soonUntil),
      count(capsuleHolds, { status: 'active', expiresAt: { $gt: now, $lte: soonUntil } }),
      count(capsuleHolds, { status: 'active', expiresAt: { $gt: now } }),
      count(csatFeedback, { 'followUp.status': 'open' }),
      count(collections.returns, WAITING_RETURN),
      count(widgetInspiration, IN_REVIEW),
      countDead(db, { deadDeliveries: { $gt: 0 } }),
    ]);
  return {
    tickets,
    capsules,
    feedback,
    returns,
    deliveries,
    images,
    overdue,
    soon: soon + ending,
    unassigned,
    mine,
  };
}

const WAITING_RETURN: Filter<ReturnRequest> = { status: { $in: WAITING_STATUSES } };

const count = <Doc extends Document>(collection: Collection<Doc>, filter: Filter<Doc>): Promise<number> =>
  collection.countDocuments(filter, { limit: MAX_COUNTED });

// What the queue lists as due by then; a document with several dead deliveries counts once, and a capsule is never overdue: it ends.
async function countDue(db: Db, collections: Collections, until: Date): Promise<number> {
  const { stylistTickets, csatFeedback, widgetInspiration, returns } = collections;
  const begun = (kind: keyof typeof DUE_AFTER_MS) => ({
    $lte: new Date(until.getTime() - DUE_AFTER_MS[kind]),
  });
  const dead = { state: 'dead', lastAttemptAt: begun('deliveries') };
  return sumOf([
    count(stylistTickets, { status: ACTIVE, dueAt: { $lte: until } }),
    count(csatFeedback, { 'followUp.status': 'open', createdAt: begun('feedback') }),
    count(widgetInspiration, { ...IN_REVIEW, createdAt: begun('images') }),
    count(returns, { ...WAITING_RETURN, createdAt: begun('returns') }),
    countDead(db, { deadDeliveries: { $gt: 0 }, deliveries: { $elemMatch: dead } }),
  ]);
}

const countDead = (db: Db, filter: Filter<Document>): Promise<number> =>
  sumOf(Object.keys(OUTBOX_COLLECTIONS).map((name) => count(db.collection(name), filter)));

async function sumOf(counts: Promise<number>[]): Promise<number> {
  return (await Promise.all(counts)).reduce((sum, one) => sum + one, 0);
}
