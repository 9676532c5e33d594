import type { Collection } from 'mongodb';
import type { Collections } from '../../collections.js';
import { addDays, type Calendar, type Day, listDays } from '../../lib/calendar.js';
import { countDay } from './count-day.js';
import { type CountedDay, type DayFigures, noFigures } from './figures.js';

/** Events are believed for two days after they happened: only then is a day counted for good. */
const CLOSED_AFTER_DAYS = 3;
/** Days that are counted at the same time. */
const CONCURRENCY = 4;

export interface DailyOptions {
  collections: Collections;
  calendar: Calendar;
  now: () => Date;
}

/** Figures by day: days that are closed are counted once and kept, the latest ones are counted each time that they are asked for. */
export function createDailyFigures({ collections, calendar, now }: DailyOptions) {
  const counted: Collection<CountedDay> = collections.dailyFigures;

  async function figures(from: Day, to: Day): Promise<DayFigures[]> {
    const days = listDays(from, to);
    const [kept, first] = await Promise.all([
      counted.find({ day: { $gte: from, $lte: to } }, { projection: { _id: 0, countedAt: 0 } }).toArray(),
      firstDay(),
    ]);
    const known = new Map<Day, DayFigures>(kept.map((day) => [day.day, day]));
    const today = calendar.dayOf(now());
    const missing = days.filter((day) => !known.has(day) && day >= first && day <= today);
    for (const day of await inBatches(missing)) known.set(day.day, day);
    return days.map((day) => known.get(day) ?? noFigures(day));
  }

  /** Counts what has been closed since, so that nobody waits for it: the latest days first. Answers with how many. */
  async function closeDays(): Promise<number> {
    const last = lastClosed();
    const first = await firstDay();
    if (first > last) return 0;
    const kept = await counted
      .find({ day: { $gte: first, $lte: last } }, { projection: { _id: 0, day: 1 } })
      .toArray();
    const known = new Set(kept.map(({ day }) => day));
    const missing = listDays(first, last).filter((day) => !known.has(day));
    return (await inBatches(missing.reverse())).length;
  }

  async function inBatches(days: Day[]): Promise<DayFigures[]> {
    const done: DayFigures[] = [];
    for (let at = 0; at < days.length; at += CONCURRENCY)
      done.push(...(await Promise.all(days.slice(at, at + CONCURRENCY).map(count))));
    return done;
  }

  async function count(day: Day): Promise<DayFigures> {
    const figures = await countDay(collections, day, calendar.spanOf(day));
    if (day <= lastClosed())
      // whoever counts it comes to the same: the first one stays
      await counted.updateOne({ day }, { $setOnInsert: { ...figures, countedAt: now() } }, { upsert: true });
    return figures;
  }

  const lastClosed = (): Day => addDays(calendar.dayOf(now()), -CLOSED_AFTER_DAYS);

  // Before it nothing has happened that could be counted.
  async function firstDay(): Promise<Day> {
    const earliest = { sort: { createdAt: 1 }, projection: { _id: 0, createdAt: 1 } } as const;
    const { analyticsEvents, csatFeedback, stylistTickets, returns, widgetOrderSubscriptions } = collections;
    const first = { sort: { day: 1 }, projection: { _id: 0, day: 1 } } as const;
    const [event, rating, ...documents] = await Promise.all([
      analyticsEvents.findOne({ day: { $gte: '' } }, first),
      csatFeedback.findOne({ day: { $gte: '' } }, first),
      stylistTickets.findOne({}, earliest),
      returns.findOne({}, earliest),
      widgetOrderSubscriptions.findOne({}, earliest),
      collections.capsuleHolds.findOne({}, earliest),
    ]);
    const days = [event?.day, rating?.day, ...documents.map((one) => one && calendar.dayOf(one.createdAt))];
    return days.filter((day) => typeof day === 'string').sort()[0] ?? addDays(calendar.dayOf(now()), 1);
  }

  return { figures, closeDays };
}

export type DailyFigures = ReturnType<typeof createDailyFigures>;
