import type { Collection, Db, Document, Filter } from 'mongodb';
import type { Collections } from '../../database/collections.js';
import { DEBTORS } from '../../outbox/debtors.js';
import { DUE_AFTER_MS, type QueueKind } from './queue-item.js';

/** What the cards of the queue say. A count ends at `MOST_COUNTED`: beyond that it is "many". */
export interface QueueCounts extends Record<QueueKind, number> {
  overdue: number;
  unassigned: number;
}

export const MOST_COUNTED = 1000;

const ACTIVE = { $in: ['open', 'in_progress'] as const };

export async function countQueue(db: Db, collections: Collections, now: Date): Promise<QueueCounts> {
  const { stylistTickets, capsuleHolds, csatFeedback, widgetInspiration } = collections;
  const [tickets, overdue, unassigned, capsules, feedback, images, deliveries] = await Promise.all([
    count(stylistTickets, { status: ACTIVE }),
    countOverdue(collections, now),
    count(stylistTickets, { status: ACTIVE, assignee: { $exists: false } }),
    count(capsuleHolds, { status: 'active', expiresAt: { $gt: now } }),
    count(csatFeedback, { 'followUp.status': 'open' }),
    count(widgetInspiration, { moderationStatus: 'pending_review', reason: { $exists: true } }),
    countDead(db),
  ]);
  return { tickets, capsules, feedback, deliveries, images, overdue, unassigned };
}

const count = <Doc extends Document>(collection: Collection<Doc>, filter: Filter<Doc>): Promise<number> =>
  collection.countDocuments(filter, { limit: MOST_COUNTED });

// Of those that a customer waits for.
async function countOverdue({ stylistTickets, csatFeedback }: Collections, now: Date): Promise<number> {
  const begun = new Date(now.getTime() - DUE_AFTER_MS.feedback);
  const counts = await Promise.all([
    count(stylistTickets, { status: ACTIVE, dueAt: { $lte: now } }),
    count(csatFeedback, { 'followUp.status': 'open', createdAt: { $lte: begun } }),
  ]);
  return counts.reduce((sum, one) => sum + one, 0);
}

async function countDead(db: Db): Promise<number> {
  const counts = await Promise.all(
    Object.keys(DEBTORS).map((name) => count(db.collection(name), { deadDeliveries: { $gt: 0 } })),
  );
  return counts.reduce((sum, one) => sum + one, 0);
}
