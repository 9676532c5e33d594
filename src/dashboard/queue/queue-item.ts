import type { PriorityReason, TicketPriority } from '../../domain/stylist/stylist-ticket.js';
import { HOUR_MS } from '../../lib/calendar.js';

export const QUEUE_KINDS = ['tickets', 'capsules', 'feedback', 'returns', 'deliveries', 'images'] as const;
/** What waits for someone of the staff: each kind is named as in the paths. */
export type QueueKind = (typeof QUEUE_KINDS)[number];

export type QueueStatus = 'open' | 'in_progress' | 'done';

/** One thing in the queue, whatever it is. */
export interface QueueItem {
  kind: QueueKind;
  id: string;
  status: QueueStatus;
  priority: TicketPriority;
  /** What it is about, for a person to read. */
  title: string;
  detail?: string;
  customer?: string;
  /** Of the widget, in which it began: leads to the customer. */
  sessionId?: string | undefined;
  assignee?: string;
  priorityReasons?: PriorityReason[];
  createdAt: Date;
  /** By when someone should have acted. */
  dueAt: Date;
  /** What an action has to name. */
  version: number;
}

export const RANKS: readonly TicketPriority[] = ['urgent', 'high', 'normal'];

/** How long someone has for what carries no deadline of its own. */
export const DUE_AFTER_MS: Record<'feedback' | 'returns' | 'deliveries' | 'images', number> = {
  feedback: 24 * HOUR_MS,
  returns: 24 * HOUR_MS,
  deliveries: 4 * HOUR_MS,
  images: 24 * HOUR_MS,
};

export const dueAfter = (kind: keyof typeof DUE_AFTER_MS, since: Date): Date =>
  new Date(since.getTime() + DUE_AFTER_MS[kind]);

export const QUEUE_ORDERS = ['priority', 'due', 'age'] as const;
/** By priority and then by age, by deadline, or by age alone. */
export type QueueOrder = (typeof QUEUE_ORDERS)[number];

/** The place of an item among those of its rank: by its time in that order, then by id. */
export interface QueuePosition {
  at: number;
  id: string;
}

export const positionOf = (
  { id, createdAt, dueAt }: Pick<QueueItem, 'id' | 'createdAt' | 'dueAt'>,
  order: QueueOrder,
): QueuePosition => ({ at: (order === 'due' ? dueAt : createdAt).getTime(), id });

export const comparePositions = (a: QueuePosition, b: QueuePosition): number =>
  a.at - b.at || (a.id === b.id ? 0 : a.id < b.id ? -1 : 1);
