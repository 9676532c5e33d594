import type { Collection } from 'mongodb';
import { addDays } from '../../lib/calendar.js';
import type { AnalyticsEvent } from './analytics-event.js';
import { countEvents, countSessions, type Days, stepName } from './daily-pipelines.js';
import { FUNNEL_NAMES, FUNNELS, type Funnels } from './funnels.js';

/** What happened on a day of the shop, counted. No person is in it, so it outlives the events. */
export interface AnalyticsDay {
  /** The day, as `2026-11-25`. */
  _id: string;
  events: { event: string; count: number; succeeded: number }[];
  /** Sessions that asked for something, and those that came to a person. */
  sessions: number;
  escalated: number;
  funnels: Funnels;
}

interface EventCount {
  _id: { day: string; event: string };
  count: number;
  succeeded: number;
}
type SessionCount = Record<string, number> & { _id: string };

export function createDailyRepository(
  events: Collection<AnalyticsEvent>,
  closedDays: Collection<AnalyticsDay>,
) {
  /** Counts days from their events. */
  async function count(days: Days): Promise<AnalyticsDay[]> {
    const [eventCounts, sessionCounts] = await Promise.all([
      events.aggregate<EventCount>(countEvents(days)).toArray(),
      events.aggregate<SessionCount>(countSessions(days)).toArray(),
    ]);
    const names = [...new Set(eventCounts.map(({ _id }) => _id.day))].sort();
    return names.map((day) => toDay(day, eventCounts, sessionCounts));
  }

  const lastClosed = async (): Promise<string | undefined> =>
    (await closedDays.findOne({}, { sort: { _id: -1 }, projection: { _id: 1 } }))?._id;

  /** The days of a period on which something happened: those that are closed as they were counted, the others from their events. */
  async function read({ from, to }: Days): Promise<AnalyticsDay[]> {
    const last = await lastClosed();
    const open = last && last >= from ? addDays(last, 1) : from;
    const [closed, live] = await Promise.all([
      closedDays
        .find({ _id: { $gte: from, $lte: to } })
        .sort({ _id: 1 })
        .toArray(),
      open <= to ? count({ from: open, to }) : [],
    ]);
    return [...closed, ...live];
  }

  /** Counts, once and for all, the days up to this one that have not been. A repeat writes the same. */
  async function close(upTo: string): Promise<number> {
    const last = await lastClosed();
    const first = last ? addDays(last, 1) : (await events.findOne({}, { sort: { day: 1 } }))?.day;
    let closed = 0;
    for (let day = first; day && day <= upTo; day = addDays(day, 1)) {
      const [counted = emptyDay(day)] = await count({ from: day, to: day });
      await closedDays.replaceOne({ _id: day }, counted, { upsert: true });
      closed += 1;
    }
    return closed;
  }

  return { read, close };
}

export type DailyRepository = ReturnType<typeof createDailyRepository>;

const emptyDay = (day: string): AnalyticsDay => toDay(day, [], []);

function toDay(
  day: string,
  eventCounts: readonly EventCount[],
  sessionCounts: readonly SessionCount[],
): AnalyticsDay {
  const counts = sessionCounts.find(({ _id }) => _id === day);
  const stepsOf = (funnel: keyof Funnels) =>
    FUNNELS[funnel].map((_step, index) => counts?.[stepName(funnel, index)] ?? 0);
  return {
    _id: day,
    events: eventCounts
      .filter(({ _id }) => _id.day === day)
      .map(({ _id, count, succeeded }) => ({ event: _id.event, count, succeeded }))
      .sort((a, b) => (a.event < b.event ? -1 : 1)),
    sessions: counts?.sessions ?? 0,
    escalated: counts?.escalated ?? 0,
    funnels: Object.fromEntries(FUNNEL_NAMES.map((name) => [name, stepsOf(name)])) as Funnels,
  };
}
