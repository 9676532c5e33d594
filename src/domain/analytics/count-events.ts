import type { Collection } from 'mongodb';
import type { Day } from '../../lib/calendar.js';
import type { AnalyticsEvent } from './analytics-event.js';
import {
  ESCALATIONS,
  FUNNEL_NAMES,
  FUNNELS,
  type FunnelName,
  type FunnelStep,
  type Funnels,
  funnelsOf,
  REQUESTS,
  SERVICE_EVENTS,
} from './funnels.js';

/** What the events of a day come to. */
export interface EventFigures {
  /** By name: how often, and how often not without success. */
  events: { event: string; count: number; succeeded: number }[];
  /** Sessions that asked for something, and those that came to a person. */
  sessions: number;
  escalated: number;
  funnels: Funnels;
}

/** Counts a day from its events. */
export async function countEvents(events: Collection<AnalyticsEvent>, day: Day): Promise<EventFigures> {
  const [counts, [sessions]] = await Promise.all([
    events.aggregate<{ _id: string; count: number; succeeded: number }>(occurrences(day)).toArray(),
    events.aggregate<Record<string, number>>(sessionCounts(day)).toArray(),
  ]);
  return {
    events: counts
      .map(({ _id, count, succeeded }) => ({ event: _id, count, succeeded }))
      .sort((a, b) => (a.event < b.event ? -1 : 1)),
    sessions: sessions?.sessions ?? 0,
    escalated: sessions?.escalated ?? 0,
    funnels: funnelsOf((funnel, step) => sessions?.[countName(funnel, step)]),
  };
}

export const noEvents = (): EventFigures => ({
  events: [],
  sessions: 0,
  escalated: 0,
  funnels: funnelsOf(() => 0),
});

// who does not say so does not report a failure
const isSuccess = { $ne: ['$success', false] };

/** How often each event happened. Of what the service notes itself, the widget's reports are not counted beside it. */
export const occurrences = (day: Day) => [
  { $match: { day } },
  { $match: { $or: [{ source: { $ne: 'widget' } }, { event: { $nin: SERVICE_EVENTS } }] } },
  {
    $group: {
      _id: '$event',
      count: { $sum: 1 },
      succeeded: { $sum: { $cond: [isSuccess, 1, 0] } },
    },
  },
];

/**
 * Whether an event says of its session that it has happened. The widget may report of the service's own events too, since it knows
 * the session where a call does not name one; but only what it says went well: `aurora_return_initiated` comes from it when the form
 * is opened.
 */
const tells = {
  $or: [
    { $ne: ['$source', 'widget'] },
    { $eq: ['$success', true] },
    { $not: [{ $in: ['$event', SERVICE_EVENTS] }] },
  ],
};

/** How many sessions have come how far: first what each session did on the day, then the sessions that match. */
export const sessionCounts = (day: Day) => [
  { $match: { day } },
  {
    $group: {
      _id: '$sessionId',
      asked: { $addToSet: { $cond: [tells, '$event', null] } },
      done: { $addToSet: { $cond: [{ $and: [tells, isSuccess] }, '$event', null] } },
    },
  },
  // what has no session is left out here: before, it would be looked up by session rather than by day
  { $match: { _id: { $gt: '' } } },
  { $group: { _id: null, ...SESSION_COUNTS } },
];

const countName = (funnel: FunnelName, step: string): string => `${funnel}_${step}`;

const oneOf = (events: readonly string[], of: string) => ({
  $or: events.map((event) => ({ $in: [event, of] })),
});
const countIf = (...conditions: object[]) => ({ $sum: { $cond: [{ $and: conditions }, 1, 0] } });

const conditionsOf = ({ asked, done, without }: FunnelStep): object[] => [
  ...(asked ? [oneOf(asked, '$asked')] : []),
  ...(done ? [oneOf(done, '$done')] : []),
  ...(without ? [{ $not: [oneOf(without, '$done')] }] : []),
];

const SESSION_COUNTS = {
  sessions: countIf(oneOf(REQUESTS, '$asked')),
  escalated: countIf(oneOf(ESCALATIONS, '$done')),
  ...Object.fromEntries(
    FUNNEL_NAMES.flatMap((funnel) =>
      FUNNELS[funnel].map(({ step }, index) => [
        countName(funnel, step),
        countIf(...FUNNELS[funnel].slice(0, index + 1).flatMap(conditionsOf)),
      ]),
    ),
  ),
};
