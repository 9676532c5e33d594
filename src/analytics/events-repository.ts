import type { Collection } from 'mongodb';
import { owe } from '../outbox/owe.js';
import type { AnalyticsEvent } from './analytics-event.js';

const FORWARD = { to: 'analytics', kind: 'analytics.event' } as const;

/** `isForwarded`: whether someone outside wants the events. There are many: they owe nothing that would be skipped. */
export function createEventsRepository(events: Collection<AnalyticsEvent>, isForwarded: boolean) {
  /** Stores events; answers with how many were new. One that is there already learns what it did not say. */
  async function add(batch: readonly AnalyticsEvent[]): Promise<number> {
    const owing = (event: AnalyticsEvent) => ({
      ...event,
      ...owe(isForwarded ? [FORWARD] : [], event.createdAt),
    });
    const byId = new Map(batch.map((event) => [event._id, owing(event)]));
    if (byId.size === 0) return 0;
    const { upsertedCount } = await events.bulkWrite([...byId.values()].map(upsert), { ordered: false });
    return upsertedCount;
  }

  return { add };
}

export type EventsRepository = ReturnType<typeof createEventsRepository>;

// The service does not know the session of every call, such as a search; the widget reports the same event with it.
function upsert({ _id, sessionId, ...event }: AnalyticsEvent) {
  return {
    updateOne: {
      filter: { _id },
      update: { $setOnInsert: event, ...(sessionId && { $set: { sessionId } }) },
      upsert: true,
    },
  };
}
