import { DAY_MS, HOUR_MS } from '../../lib/calendar.js';
import type { QueueKind, QueueOrder, QueueStatus } from './queue-item.js';

export interface QueueFilters {
  kind?: QueueKind | undefined;
  /** Left out: everything that is not done. */
  status?: QueueStatus | undefined;
  /** A name, or `none`: tickets only. */
  assignee?: string | undefined;
  due?: 'overdue' | 'soon' | 'today' | undefined;
  order?: QueueOrder | undefined;
}

/** Until when a deadline has to be for that filter. */
export function dueUntil({ due }: QueueFilters, now: Date): Date | undefined {
  if (due === 'overdue') return now;
  if (due === 'soon') return new Date(now.getTime() + HOUR_MS);
  return due === 'today' ? new Date(now.getTime() + DAY_MS) : undefined;
}

/** What a filter on a deadline is where only the beginning is known. */
export const begunBy = (until: Date | undefined, afterMs: number): object[] =>
  until ? [{ createdAt: { $lte: new Date(until.getTime() - afterMs) } }] : [];
