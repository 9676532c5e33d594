import type { Viewer } from '../viewer.js';
import type { QueueCounts } from './counts.js';
import type { QueueFilters } from './filters.js';

/** A part of the queue that someone works through, at an address of its own. */
interface QueueView {
  name: string;
  filters: (viewer: Viewer) => QueueFilters;
  count?: keyof QueueCounts;
}

const kind = (name: string, of: NonNullable<QueueFilters['kind']>): QueueView => ({
  name,
  filters: () => ({ kind: of }),
  count: of,
});

/** In the order in which they are listed. */
export const QUEUE_VIEWS = {
  all: { name: 'Everything', filters: () => ({}) },
  mine: { name: 'Mine', filters: ({ name }) => ({ assignee: name }), count: 'mine' },
  unassigned: { name: 'Unassigned tickets', filters: () => ({ assignee: 'none' }), count: 'unassigned' },
  due: { name: 'Due', filters: () => ({ due: 'soon' }), count: 'soon' },
  tickets: kind('Tickets', 'tickets'),
  'follow-ups': kind('Follow-ups', 'feedback'),
  returns: kind('Returns', 'returns'),
  holds: kind('Holds', 'capsules'),
  images: kind('Images', 'images'),
  deliveries: kind('Failed deliveries', 'deliveries'),
} as const satisfies Record<string, QueueView>;
export type QueueViewName = keyof typeof QUEUE_VIEWS;
