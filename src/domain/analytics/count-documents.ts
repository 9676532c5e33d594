import type { Document } from 'mongodb';
import type { Collections } from '../../collections.js';
import type { Calendar, Day, TimeSpan } from '../../lib/calendar.js';
import { MINUTE_MS } from '../../lib/calendar.js';
import { readEarlierRating } from '../csat/rating.js';
import { readEarlierSubscriptions } from '../order-updates/subscription.js';
import type { DocumentFigures } from './day-figures.js';

/** Counts a day from the documents themselves: every query has an index that begins with its time. */
export async function countDocuments(
  collections: Collections,
  day: Day,
  { spanOf, hourOf }: Calendar,
): Promise<DocumentFigures> {
  const span = spanOf(day);
  const within = { $gte: span.from, $lt: span.until };
  const [escalations, csat, journeys, returns, responses, holds, optIns, optOuts] = await Promise.all([
    collections.stylistTickets.countDocuments({ createdAt: within }),
    countRatings(collections, day, within),
    countJourneys(collections, day),
    countReturns(collections, span),
    countResponses(collections, within, hourOf),
    countHolds(collections, within),
    countOptIns(collections, within),
    countOptOuts(collections, within),
  ]);
  return { escalations, csat, journeys, returns, holds, optIns, optOuts, ...responses };
}

type Within = { $gte: Date; $lt: Date };

async function countRatings(
  { csatFeedback }: Collections,
  day: Day,
  within: Within,
): Promise<DocumentFigures['csat']> {
  const [counts, earlier] = await Promise.all([
    csatFeedback
      .aggregate<{ _id: number; count: number }>([
        { $match: { day } },
        { $group: { _id: '$score', count: { $sum: 1 } } },
      ])
      .toArray(),
    // those of the shop's earlier pages say when they were given, and no day
    csatFeedback
      .find<Document>(
        { $or: [{ timestamp: within }, { timestamp: asText(within) }], day: { $exists: false } } as object,
        { projection: { _id: 0, score: 1, timestamp: 1 } },
      )
      .toArray(),
  ]);
  const scores = earlier.flatMap((rating) => readEarlierRating(rating)?.score ?? []);
  const of = (score: number) =>
    (counts.find(({ _id }) => _id === score)?.count ?? 0) + scores.filter((one) => one === score).length;
  return [of(1), of(2), of(3), of(4), of(5)];
}

// A time that was stored as a text is compared as one.
const asText = ({ $gte, $lt }: Within) => ({ $gte: $gte.toISOString(), $lt: $lt.toISOString() });

// A journey is one session's pursuit of one intent: it went well if anything in it did. That an intent was detected says nothing yet.
async function countJourneys(
  { analyticsEvents }: Collections,
  day: Day,
): Promise<DocumentFigures['journeys']> {
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
  { from, until }: TimeSpan,
): Promise<DocumentFigures['returns']> {
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
  hourOf: Calendar['hourOf'],
): Promise<Pick<DocumentFigures, 'responses' | 'responseHours'>> {
  const tickets = await stylistTickets
    .find({ firstResponseAt: within }, { projection: { _id: 0, createdAt: 1, dueAt: 1, firstResponseAt: 1 } })
    .toArray();
  const responseHours = Array.from({ length: 24 }, () => ({ tickets: 0, minutes: 0 }));
  for (const { createdAt, firstResponseAt = createdAt } of tickets) {
    const hour = responseHours[hourOf(createdAt)];
    if (!hour) continue;
    hour.tickets += 1;
    hour.minutes += (firstResponseAt.getTime() - createdAt.getTime()) / MINUTE_MS;
  }
  const responses = {
    tickets: tickets.length,
    minutes: responseHours.reduce((sum, { minutes }) => sum + minutes, 0),
    inTime: tickets.filter(({ dueAt, firstResponseAt = dueAt }) => firstResponseAt <= dueAt).length,
  };
  return { responses, responseHours };
}

async function countHolds({ capsuleHolds }: Collections, within: Within): Promise<DocumentFigures['holds']> {
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
): Promise<DocumentFigures['optIns']> {
  const [counts, earlier] = await Promise.all([
    widgetOrderSubscriptions
      .aggregate<{ _id: 'email' | 'sms'; count: number }>([
        { $match: { createdAt: within } },
        { $group: { _id: '$channel', count: { $sum: 1 } } },
      ])
      .toArray(),
    widgetOrderSubscriptions
      .find<Document>({ $or: [{ subscribedAt: within }, { subscribedAt: asText(within) }] } as object)
      .toArray(),
  ]);
  const channels = earlier.flatMap(readEarlierSubscriptions).map(({ channel }) => channel);
  const of = (channel: 'email' | 'sms') =>
    (counts.find(({ _id }) => _id === channel)?.count ?? 0) +
    channels.filter((one) => one === channel).length;
  return { email: of('email'), sms: of('sms') };
}

async function countOptOuts(
  { widgetOrderSubscriptions }: Collections,
  within: Within,
): Promise<DocumentFigures['optIns']> {
  const ended = await widgetOrderSubscriptions
    .find({ 'stopped.at': within }, { projection: { _id: 0, channel: 1 } })
    .toArray();
  const sms = ended.filter(({ channel }) => channel === 'sms').length;
  return { email: ended.length - sms, sms };
}
