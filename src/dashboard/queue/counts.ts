import type { Collection, Db, Document, Filter } from 'mongodb';
import type { Collections } from '../../collections.js';
import { LOW_SCORES } from '../../domain/csat/rating.js';
import type { ReturnRequest } from '../../domain/returns/return-request.js';
import { shopStatuses } from '../../domain/stylist/read-ticket.js';
import { TICKET_PRIORITIES, type TicketStatus } from '../../domain/stylist/stylist-ticket.js';
import { OUTBOX_COLLECTIONS, type OutboxDocument } from '../../outbox/outbox-collections.js';
import { dueUntil } from './filters.js';
import { DUE_AFTER_MS, dueAfter, type QueueKind } from './queue-item.js';
import { WAITING_STATUSES } from './streams-by-kind.js';

/** How much waits in each part of the queue. Of a kind, a count ends at `MAX_COUNTED`: what it costs does not grow with the queue. */
export interface QueueCounts extends Record<QueueKind, number> {
  overdue: number;
  /** Due within the hour, or overdue. */
  soon: number;
  unassigned: number;
  /** Tickets that the viewer has taken. */
  mine: number;
}

const MAX_COUNTED = 100;

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
  const [tickets, unassigned, mine, due, ending, capsules, feedback, returns, images, dead] =
    await Promise.all([
      count(stylistTickets, { status: ACTIVE }),
      count(stylistTickets, { status: ACTIVE, assignee: null as never }),
      viewer ? count(stylistTickets, { assignee: viewer, status: ACTIVE }) : 0,
      findDue(collections, soonUntil),
      count(capsuleHolds, { status: 'active', expiresAt: { $gt: now, $lte: soonUntil } }),
      count(capsuleHolds, { status: 'active', expiresAt: { $gt: now } }),
      count(csatFeedback, { 'followUp.status': 'open' }),
      count(collections.returns, WAITING_RETURN),
      count(widgetInspiration, IN_REVIEW),
      findDead(db),
    ]);
  const dueBy = (until: Date) => [...due, ...dead].filter((at) => at <= until.getTime()).length;
  return {
    tickets,
    capsules,
    feedback,
    returns,
    deliveries: dead.length,
    images,
    overdue: dueBy(now),
    // a capsule is never overdue: it ends
    soon: dueBy(soonUntil) + ending,
    unassigned,
    mine,
  };
}

const WAITING_RETURN: Filter<ReturnRequest> = { status: { $in: WAITING_STATUSES } };

const count = <Doc extends Document>(collection: Collection<Doc>, filter: Filter<Doc>): Promise<number> =>
  collection.countDocuments(filter, { limit: MAX_COUNTED });

/** When that is due which is by then: each part from an index that begins with all that is asked for, the first of it. */
async function findDue(collections: Collections, until: Date): Promise<number[]> {
  const { stylistTickets, csatFeedback, widgetInspiration, returns } = collections;
  const times = await Promise.all([
    // the shop's earlier tickets have neither priority nor deadline
    ...(['open', 'in_progress'] as const).flatMap((status) =>
      TICKET_PRIORITIES.map((priority) => timesOf(stylistTickets, { status, priority }, 'dueAt', 0, until)),
    ),
    ...LOW_SCORES.map((score) =>
      timesOf(csatFeedback, { 'followUp.status': 'open', score }, 'createdAt', DUE_AFTER_MS.feedback, until),
    ),
    timesOf(widgetInspiration, IN_REVIEW, 'createdAt', DUE_AFTER_MS.images, until),
    ...WAITING_STATUSES.map((status) =>
      timesOf(returns, { status }, 'createdAt', DUE_AFTER_MS.returns, until),
    ),
  ]);
  return times.flat();
}

async function timesOf<Doc extends Document>(
  collection: Collection<Doc>,
  equal: object,
  field: string,
  laterMs: number,
  until: Date,
): Promise<number[]> {
  const found = await collection
    .find<Record<string, Date>>(
      { ...equal, [field]: { $lte: new Date(until.getTime() - laterMs) } } as Filter<Doc>,
      { projection: { _id: 0, [field]: 1 } },
    )
    .sort({ [field]: 1 })
    .limit(MAX_COUNTED)
    .toArray();
  return found.map((document) => (document[field]?.getTime() ?? 0) + laterMs);
}

/** When what has failed for good was due to be looked at. A document with several dead deliveries counts once. */
async function findDead(db: Db): Promise<number[]> {
  const lists = await Promise.all(
    Object.keys(OUTBOX_COLLECTIONS).map((name) =>
      db
        .collection<OutboxDocument>(name)
        .find(
          { deadDeliveries: { $gt: 0 } },
          { projection: { _id: 0, 'deliveries.state': 1, 'deliveries.lastAttemptAt': 1 } },
        )
        .limit(MAX_COUNTED)
        .toArray(),
    ),
  );
  return lists.flat().map(({ deliveries }) => {
    const dead = deliveries.filter(({ state }) => state === 'dead');
    return Math.min(...dead.map(({ lastAttemptAt }) => dueOf(lastAttemptAt)));
  });
}

const dueOf = (lastAttemptAt: Date | undefined): number =>
  lastAttemptAt ? dueAfter('deliveries', lastAttemptAt).getTime() : Number.POSITIVE_INFINITY;
