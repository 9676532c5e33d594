import { type Collection, MongoBulkWriteError } from 'mongodb';
import type { Hashes } from '../../lib/ids.js';
import { enqueue } from '../../outbox/enqueue.js';
import { DUPLICATE_KEY } from '../../platform/mongodb/client.js';
import { writeSome } from '../../platform/mongodb/write.js';
import type { AnalyticsEvent, ReportedEvent } from './analytics-event.js';
import { cleanEvent } from './clean-event.js';
import { ANALYTICS_EVENT } from './deliveries.js';

/** Events of the service's own making are telemetry: they may wait this long, so that no answer waits for them. */
const FLUSH_MS = 200;
/** While the database is slow to take them, no more than this many are kept waiting. */
const MAX_WAITING = 10_000;

/** Events, written behind: `record` returns at once, and what was recorded is written together within 200 ms. */
function createEventBuffer(
  write: (batch: readonly AnalyticsEvent[]) => Promise<unknown>,
  onFailure: (error: unknown) => void,
) {
  let waiting: AnalyticsEvent[] = [];
  let timer: NodeJS.Timeout | undefined;
  // one write at a time: while the database is slow, what is recorded waits here, where it is bounded
  let writing: Promise<void> = Promise.resolve();

  function record(event: AnalyticsEvent): void {
    if (waiting.length >= MAX_WAITING) return;
    waiting.push(event);
    timer ??= setTimeout(() => void flush(), FLUSH_MS);
  }

  /** Writes what waits, after the write that is under way. */
  function flush(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    writing = writing.then(writeWaiting);
    return writing;
  }

  async function writeWaiting(): Promise<void> {
    const batch = waiting;
    waiting = [];
    await writeSome(batch, write).catch(onFailure);
  }

  return { record, flush };
}

interface AnalyticsTools {
  hashes: Hashes;
  dayOf: (at: Date) => string;
  now: () => Date;
  onFailure: (error: unknown) => void;
  /** Whether someone outside wants the events. */
  isForwarded: boolean;
}

/** The events, cleaned before they are kept. */
export function createAnalytics(collection: Collection<AnalyticsEvent>, tools: AnalyticsTools) {
  const { add } = createEventsRepository(collection, tools.isForwarded);
  const buffer = createEventBuffer(add, tools.onFailure);

  /** Stores what a client reports, before it is answered. */
  async function report(reported: ReportedEvent[]) {
    const at = tools.now();
    const cleaned = reported.map((one) => cleanEvent(one, 'widget', at, tools));
    const accepted = await add(cleaned.map(({ event }) => event));
    const dropped = cleaned.reduce((sum, one) => sum + one.dropped, 0);
    return { accepted, duplicates: reported.length - accepted, dropped };
  }

  /** Notes an event of the service's own making, to be written within a moment. */
  function note({
    event,
    sessionId,
    intent,
    success,
    requestId,
    properties,
  }: Omit<ReportedEvent, 'at'>): void {
    const at = tools.now();
    const own = { event, at, sessionId, intent, success, requestId, properties };
    buffer.record(cleanEvent(own, 'service', at, tools).event);
  }

  return { report, note, flush: buffer.flush };
}

export type Analytics = ReturnType<typeof createAnalytics>;

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
