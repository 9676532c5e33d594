import type { Document } from 'mongodb';
import type { Collections } from '../../collections.js';
import { addDays, type Calendar, type Day, listDays } from '../../lib/calendar.js';
import { upsertAgain } from '../../platform/mongodb/write.js';
import { MAX_DELAY_DAYS } from './clean-event.js';
import { countDocuments } from './count-documents.js';
import { countEvents, type EventFigures, noEvents } from './count-events.js';
import {
  type DailyRollUp,
  type DayFigures,
  type DocumentFigures,
  type EarlierDay,
  type EarlierFigures,
  noDocuments,
} from './day-figures.js';
import { type FunnelName, funnelsOf } from './funnels.js';

const EARLIER_STEPS: Record<FunnelName, string[]> = {
  engagement: ['shown', 'viewed', 'shortlisted', 'reserved'],
  support: ['asked', 'answered', 'resolved', 'rated'],
  returns: ['asked', 'opened', 'rated'],
};

/** Only when no event of a day can come any more is it counted for good. */
const CLOSED_AFTER_DAYS = MAX_DELAY_DAYS + 1;
/** Days that are counted at the same time. */
const CONCURRENCY = 4;

interface RollUpOptions {
  collections: Collections;
  calendar: Calendar;
  now: () => Date;
}

/** More days than a page shows with those before them. */
const MAX_REMEMBERED = 1000;

/** Figures by day: days that are closed are counted once and kept, the latest ones are counted when they are asked for. */
export function createDailyRollUps({ collections, calendar, now }: RollUpOptions) {
  const { analyticsDays, dailyFigures, analyticsEvents } = collections;
  const lastClosed = (): Day => addDays(calendar.dayOf(now()), -CLOSED_AFTER_DAYS);

  // what a process has read once of a closed day does not change any more; of another, it is known when it was counted
  const remembered = new Map<Day, { figures: DayFigures; countedAt: number }>();

  /**
   * Every day of a period, those without anything as well.
   * @param maxAgeMs How long ago what can still change may have been counted.
   */
  async function read(from: Day, to: Day, maxAgeMs = 0): Promise<DayFigures[]> {
    const oldest = now().getTime() - maxAgeMs;
    const days = listDays(from, to);
    const isMissing = (day: Day) => (remembered.get(day)?.countedAt ?? Number.NEGATIVE_INFINITY) <= oldest;
    const [first, last] = [days.find(isMissing), days.findLast(isMissing)];
    const anew = new Map((first && last ? await readAnew(first, last) : []).map((day) => [day.day, day]));
    return days.map((day) => anew.get(day) ?? remembered.get(day)?.figures ?? nothingOn(day));
  }

  function remember(day: DayFigures, isClosed: boolean): void {
    const countedAt = isClosed ? Number.POSITIVE_INFINITY : now().getTime();
    remembered.delete(day.day);
    remembered.set(day.day, { figures: day, countedAt });
    const [longest] = remembered.keys();
    if (remembered.size > MAX_REMEMBERED && longest) remembered.delete(longest);
  }

  async function readAnew(from: Day, to: Day): Promise<DayFigures[]> {
    const [kept, first] = await Promise.all([
      analyticsDays.find({ _id: { $gte: from, $lte: to } }).toArray(),
      firstDay(),
    ]);
    const known = new Map(kept.map((day) => [day._id, day]));
    const today = calendar.dayOf(now());
    const days = listDays(from, to);
    const missing = days.filter((day) => {
      const there = known.get(day);
      return there ? !isWhole(there) : day >= first && day <= today;
    });
    const counted = new Map((await countAll(missing, known)).map((day) => [day.day, day]));
    const figures = days.map((day) => counted.get(day) ?? figuresOf(known.get(day)) ?? nothingOn(day));
    for (const day of figures)
      remember(day, day.day <= lastClosed() && (known.has(day.day) || counted.has(day.day)));
    return figures;
  }

  /** Counts what has been closed since, so that nobody waits for it: the latest days first. Answers with how many. */
  async function close(): Promise<number> {
    const last = lastClosed();
    const first = await firstDay();
    const kept = await analyticsDays.find({ _id: { $lte: last } }).toArray();
    const known = new Map(kept.map((day) => [day._id, day]));
    const earlier = kept.filter((day) => !isWhole(day)).map(({ _id }) => _id);
    const missing = listDays(first, last).filter((day) => !known.has(day));
    return (await countAll([...missing.reverse(), ...earlier], known)).length;
  }

  async function countAll(
    days: Day[],
    known: ReadonlyMap<Day, DailyRollUp | EarlierDay>,
  ): Promise<DayFigures[]> {
    if (days.length === 0) return [];
    const earlier = await dailyFigures
      .find({ day: { $in: days } }, { projection: { _id: 0, countedAt: 0 } })
      .toArray();
    const figures = new Map(earlier.map((day) => [day.day, day]));
    const done: DayFigures[] = [];
    for (let at = 0; at < days.length; at += CONCURRENCY) {
      const batch = days.slice(at, at + CONCURRENCY);
      done.push(...(await Promise.all(batch.map((day) => count(day, known.get(day), figures.get(day))))));
    }
    return done;
  }

  async function count(
    day: Day,
    events: DailyRollUp | EarlierDay | undefined,
    documents: EarlierFigures | undefined,
  ): Promise<DayFigures> {
    const [ofEvents, ofDocuments] = await Promise.all([
      events && !isWhole(events) ? readEarlier(events) : countEvents(analyticsEvents, day),
      documents ? pickDocuments(documents) : countDocuments(collections, day, calendar),
    ]);
    const figures = { ...ofEvents, ...ofDocuments };
    // whoever counts it comes to the same
    if (day <= lastClosed())
      await upsertAgain(() =>
        analyticsDays.replaceOne({ _id: day }, { ...figures, countedAt: now() }, { upsert: true }),
      );
    return { day, ...figures };
  }

  // Before it nothing has happened that could be counted.
  async function firstDay(): Promise<Day> {
    // what the shop's earlier pages have left may have no time, or a text
    const dated = { createdAt: { $gt: new Date(0) } };
    const earliest = { sort: { createdAt: 1 }, projection: { _id: 0, createdAt: 1 } } as const;
    const first = { sort: { day: 1 }, projection: { _id: 0, day: 1 } } as const;
    const { csatFeedback, stylistTickets, returns, widgetOrderSubscriptions, capsuleHolds } = collections;
    const [event, rating, ...documents] = await Promise.all([
      analyticsEvents.findOne({ day: { $gte: '' } }, first),
      csatFeedback.findOne({ day: { $gte: '' } }, first),
      stylistTickets.findOne(dated, earliest),
      returns.findOne(dated, earliest),
      widgetOrderSubscriptions.findOne(dated, earliest),
      capsuleHolds.findOne(dated, earliest),
    ]);
    const [earlierRating, earlierSubscription] = await Promise.all([
      csatFeedback.findOne<Document>({ timestamp: { $gt: new Date(0) } }, { sort: { timestamp: 1 } }),
      widgetOrderSubscriptions.findOne<Document>({ subscribedAt: { $gt: new Date(0) } } as object, {
        sort: { subscribedAt: 1 },
      }),
    ]);
    const known = [
      ...documents.map((one) => one?.createdAt),
      earlierRating?.timestamp,
      earlierSubscription?.subscribedAt,
    ];
    const times = known.flatMap((time) => (time instanceof Date ? calendar.dayOf(time) : []));
    const days = [event?.day, rating?.day, ...times].filter((day) => typeof day === 'string');
    return days.sort()[0] ?? addDays(calendar.dayOf(now()), 1);
  }

  return { read, close };
}

export type DailyRollUps = ReturnType<typeof createDailyRollUps>;

const nothingOn = (day: Day): DayFigures => ({ day, ...noEvents(), ...noDocuments() });

const isWhole = (day: DailyRollUp | EarlierDay): day is DailyRollUp => day.countedAt !== undefined;

function figuresOf(stored: DailyRollUp | EarlierDay | undefined): DayFigures | undefined {
  if (!stored || !isWhole(stored)) return undefined;
  const { _id: day, countedAt: _, ...figures } = stored;
  return { day, ...figures };
}

const readEarlier = ({ events, sessions, escalated, funnels }: EarlierDay): EventFigures => ({
  events,
  sessions,
  escalated,
  funnels: funnelsOf((name, step) => funnels[name]?.[EARLIER_STEPS[name].indexOf(step)]),
});

const pickDocuments = ({
  escalations,
  csat,
  journeys,
  returns,
  responses,
  holds,
  optIns,
}: EarlierFigures): DocumentFigures => ({ escalations, csat, journeys, returns, responses, holds, optIns });
