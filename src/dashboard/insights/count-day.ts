import type { Collections } from '../../collections.js';
import type { Day, Span } from '../../lib/calendar.js';
import { type DayFigures, FUNNEL, type FunnelStep, noFigures } from './figures.js';

const STEPS = Object.keys(FUNNEL) as FunnelStep[];
const MINUTE_MS = 60_000;

/** Counts what happened on a day, from the documents and the events themselves: every query has an index that begins with its time. */
export async function countDay(collections: Collections, day: Day, span: Span): Promise<DayFigures> {
  const within = { $gte: span.from, $lt: span.until };
  const [escalations, csat, journeys, returns, responses, holds, optIns, funnel] = await Promise.all([
    collections.stylistTickets.countDocuments({ createdAt: within }),
    countRatings(collections, day),
    countJourneys(collections, day),
    countReturns(collections, span),
    countResponses(collections, within),
    countHolds(collections, within),
    countOptIns(collections, within),
    countFunnel(collections, day),
  ]);
  return { ...noFigures(day), escalations, csat, journeys, returns, responses, holds, optIns, funnel };
}

type Within = { $gte: Date; $lt: Date };

async function countRatings({ csatFeedback }: Collections, day: Day): Promise<DayFigures['csat']> {
  const counts = await csatFeedback
    .aggregate<{ _id: number; count: number }>([
      { $match: { day } },
      { $group: { _id: '$score', count: { $sum: 1 } } },
    ])
    .toArray();
  const of = (score: number) => counts.find(({ _id }) => _id === score)?.count ?? 0;
  return [of(1), of(2), of(3), of(4), of(5)];
}

// A journey is one session's pursuit of one intent: it went well if anything in it did. That an intent was detected says nothing yet.
async function countJourneys({ analyticsEvents }: Collections, day: Day): Promise<DayFigures['journeys']> {
  const counts = await analyticsEvents
    .aggregate<{ _id: { intent: string; success: boolean }; count: number }>([
      {
        $match: {
          day,
          event: { $ne: 'aurora_intent_detected' },
          intent: { $exists: true },
          sessionId: { $exists: true },
          success: { $exists: true },
        },
      },
      { $group: { _id: { intent: '$intent', sessionId: '$sessionId' }, success: { $max: '$success' } } },
      { $group: { _id: { intent: '$_id.intent', success: '$success' }, count: { $sum: 1 } } },
    ])
    .toArray();
  const intents = [...new Set(counts.map(({ _id }) => _id.intent))].sort();
  return intents.map((intent) => {
    const ofIntent = counts.filter(({ _id }) => _id.intent === intent);
    const succeeded = ofIntent.find(({ _id }) => _id.success)?.count ?? 0;
    return { intent, journeys: ofIntent.reduce((sum, { count }) => sum + count, 0), succeeded };
  });
}

async function countReturns(
  { returns, stylistTickets }: Collections,
  { from, until }: Span,
): Promise<DayFigures['returns']> {
  const within = { $gte: from, $lt: until };
  const opened = await returns
    .find({ createdAt: within }, { projection: { _id: 0, sessionId: 1 } })
    .toArray();
  const sessions = [...new Set(opened.flatMap(({ sessionId }) => sessionId ?? []))];
  const tickets =
    sessions.length > 0
      ? await stylistTickets
          .find({ sessionId: { $in: sessions }, createdAt: within }, { projection: { _id: 0, sessionId: 1 } })
          .toArray()
      : [];
  const escalated = new Set(tickets.map(({ sessionId }) => sessionId));
  const automated = opened.filter(({ sessionId }) => !sessionId || !escalated.has(sessionId));
  return { opened: opened.length, automated: automated.length };
}

async function countResponses(
  { stylistTickets }: Collections,
  within: Within,
): Promise<DayFigures['responses']> {
  const tickets = await stylistTickets
    .find({ firstResponseAt: within }, { projection: { _id: 0, createdAt: 1, dueAt: 1, firstResponseAt: 1 } })
    .toArray();
  const waits = tickets.map(
    ({ createdAt, firstResponseAt = createdAt }) => firstResponseAt.getTime() - createdAt.getTime(),
  );
  return {
    tickets: tickets.length,
    minutes: waits.reduce((sum, wait) => sum + wait, 0) / MINUTE_MS,
    inTime: tickets.filter(({ dueAt, firstResponseAt = dueAt }) => firstResponseAt <= dueAt).length,
  };
}

async function countHolds({ capsuleHolds }: Collections, within: Within): Promise<DayFigures['holds']> {
  const [opened, converted] = await Promise.all([
    capsuleHolds.countDocuments({ createdAt: within }),
    // few: a hold is removed three days after its time
    capsuleHolds.countDocuments({
      status: 'converted',
      history: { $elemMatch: { action: 'converted', at: within } },
    }),
  ]);
  return { opened, converted };
}

async function countOptIns(
  { widgetOrderSubscriptions }: Collections,
  within: Within,
): Promise<DayFigures['optIns']> {
  const counts = await widgetOrderSubscriptions
    .aggregate<{ _id: 'email' | 'sms'; count: number }>([
      { $match: { createdAt: within } },
      { $group: { _id: '$channel', count: { $sum: 1 } } },
    ])
    .toArray();
  return { email: 0, sms: 0, ...Object.fromEntries(counts.map(({ _id, count }) => [_id, count])) };
}

async function countFunnel({ analyticsEvents }: Collections, day: Day): Promise<DayFigures['funnel']> {
  const counts = await analyticsEvents
    .aggregate<{ _id: string; sessions: number }>([
      { $match: { day, event: { $in: Object.values(FUNNEL) }, sessionId: { $exists: true } } },
      { $group: { _id: { event: '$event', sessionId: '$sessionId' } } },
      { $group: { _id: '$_id.event', sessions: { $sum: 1 } } },
    ])
    .toArray();
  const of = (step: FunnelStep) => counts.find(({ _id }) => _id === FUNNEL[step])?.sessions ?? 0;
  return Object.fromEntries(STEPS.map((step) => [step, of(step)])) as DayFigures['funnel'];
}
