import { type Collection, MongoBulkWriteError } from 'mongodb';
import { enqueue } from '../../outbox/enqueue.js';
import { DUPLICATE_KEY } from '../../platform/mongodb/client.js';
import type { AnalyticsEvent } from './analytics-event.js';
import { ANALYTICS_EVENT } from './deliveries.js';

/** `isForwarded`: whether someone outside wants the events. There are many: nothing is enqueued that would be skipped. */
export function createEventsRepository(events: Collection<AnalyticsEvent>, isForwarded: boolean) {
  /** Stores events; answers with how many were new. One that is there already learns what it did not say. */
  async function add(batch: readonly AnalyticsEvent[]): Promise<number> {
    const outbox = (event: AnalyticsEvent) => ({
      ...event,
      ...enqueue(isForwarded ? [ANALYTICS_EVENT.of()] : [], event.createdAt),
    });
    const distinct = [...new Map(batch.map((event) => [event._id, outbox(event)])).values()];
    if (distinct.length === 0) return 0;
    const there = await insert(distinct);
    const telling = there.flatMap(({ _id, sessionId }) =>
      sessionId ? [{ updateOne: { filter: { _id }, update: { $set: { sessionId } } } }] : [],
    );
    if (telling.length > 0) await events.bulkWrite(telling, { ordered: false });
    return distinct.length - there.length;
  }

  /** Most events are new. Answers with those that are there already. */
  async function insert(some: AnalyticsEvent[]): Promise<AnalyticsEvent[]> {
    try {
      await events.insertMany(some, { ordered: false });
      return [];
    } catch (error) {
      if (!(error instanceof MongoBulkWriteError)) throw error;
      const failures = [error.writeErrors].flat();
      if (failures.length === 0 || failures.some(({ code }) => code !== DUPLICATE_KEY)) throw error;
      return failures.flatMap(({ index }) => some[index] ?? []);
    }
  }

  return { add };
}
