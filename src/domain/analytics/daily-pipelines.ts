import { ESCALATIONS, FUNNEL_NAMES, FUNNELS, type FunnelStep, REQUESTS } from './funnels.js';

/** A range of days, both of them in it. */
export interface Days {
  from: string;
  to: string;
}

const within = ({ from, to }: Days) => ({ day: { $gte: from, $lte: to } });

/** How often each event happened, by day. */
export const countEvents = (days: Days) => [
  { $match: within(days) },
  {
    $group: {
      _id: { day: '$day', event: '$event' },
      count: { $sum: 1 },
      succeeded: { $sum: { $cond: [isSuccess, 1, 0] } },
    },
  },
];

// who does not say so does not report a failure
const isSuccess = { $ne: ['$success', false] };

/** How many sessions of each day have come how far: first what each session did on a day, then the sessions that match. */
export const countSessions = (days: Days) => [
  { $match: within(days) },
  {
    $group: {
      _id: { day: '$day', session: '$sessionId' },
      asked: { $addToSet: '$event' },
      done: { $addToSet: { $cond: [isSuccess, '$event', null] } },
    },
  },
  // what has no session is left out here: before, it would be looked up by session rather than by day
  { $match: { '_id.session': { $gt: '' } } },
  { $group: { _id: '$_id.day', ...SESSION_COUNTS } },
];

/** The name of a count in what `countSessions` gives: `engagement_0`, `engagement_1`, … */
export const stepName = (funnel: string, step: number): string => `${funnel}_${step}`;

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
      FUNNELS[funnel].map((_step, index) => [
        stepName(funnel, index),
        countIf(...FUNNELS[funnel].slice(0, index + 1).flatMap(conditionsOf)),
      ]),
    ),
  ),
};
