import type { Collection, Document, Filter } from 'mongodb';
import type { Collections } from '../../collections.js';
import { LOW_SCORES } from '../../domain/csat/rating.js';
import type { ReturnRequest } from '../../domain/returns/return-request.js';
import { shopStatuses } from '../../domain/stylist/read-ticket.js';
import { TICKET_PRIORITIES, type TicketStatus } from '../../domain/stylist/stylist-ticket.js';
import type { ReadDead } from './dead-deliveries.js';
import { dueUntil } from './filters.js';
import { WAITING_STATUSES } from './queries-by-kind.js';
import { DUE_AFTER_MS, type QueueKind } from './queue-item.js';

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
  readDead: ReadDead,
  collections: Collections,
  now: Date,
  viewer = '',
): Promise<QueueCounts> {
  const { stylistTickets, capsuleHolds, csatFeedback, widgetInspiration } = collections;
  const soonUntil = dueUntil({ due: 'soon' }, now) ?? now;
  const [tickets, unassigned, mine, overdue, soon, ending, capsules, feedback, returns, images, dead] =
    await Promise.all([
      count(stylistTickets, { status: ACTIVE }),
      count(stylistTickets, { status: ACTIVE, assignee: null as never }),
      viewer ? count(stylistTickets, { assignee: viewer, status: ACTIVE }) : 0,
      countDue(collections, now),
      countDue(collections, soonUntil),
      count(capsuleHolds, { status: 'active', expiresAt: { $gt: now, $lte: soonUntil } }),
      count(capsuleHolds, { status: 'active', expiresAt: { $gt: now } }),
      count(csatFeedback, { 'followUp.status': 'open' }),
      count(collections.returns, WAITING_RETURN),
      count(widgetInspiration, IN_REVIEW),
      readDead(),
    ]);
  // a document with several dead deliveries counts once, from the first of them
  const deadBy = (until: Date) => dead.filter((of) => of.some(({ dueAt }) => dueAt <= until)).length;
  return {
    tickets,
    capsules,
    feedback,
    returns,
    deliveries: dead.length,
    images,
    overdue: overdue + deadBy(now),
    // a capsule is never overdue: it ends
    soon: soon + deadBy(soonUntil) + ending,
    unassigned,
    mine,
  };
}

const WAITING_RETURN: Filter<ReturnRequest> = { status: { $in: WAITING_STATUSES } };

const count = <Doc extends Document>(collection: Collection<Doc>, filter: Filter<Doc>): Promise<number> =>
  collection.countDocuments(filter, { limit: MAX_COUNTED });

/** How much is due by then: each kind from an index that begins with all that is asked for, the first of it. */
async function countDue(collections: Collections, until: Date): Promise<number> {
  const { stylistTickets, csatFeedback, widgetInspiration, returns } = collections;
  const asked = (kind: keyof typeof DUE_AFTER_MS) => ({
    createdAt: { $lte: new Date(until.getTime() - DUE_AFTER_MS[kind]) },
  });
  const counts = await Promise.all([
    // the shop's earlier tickets have neither priority nor deadline
    count(stylistTickets, {
      status: { $in: ['open', 'in_progress'] },
      priority: { $in: [...TICKET_PRIORITIES] },
      dueAt: { $lte: until },
    }),
    count(csatFeedback, { 'followUp.status': 'open', score: { $in: [...LOW_SCORES] }, ...asked('feedback') }),
    count(widgetInspiration, { ...IN_REVIEW, ...asked('images') }),
    count(returns, { ...WAITING_RETURN, ...asked('returns') }),
  ]);
  return counts.reduce((sum, one) => sum + one, 0);
}
