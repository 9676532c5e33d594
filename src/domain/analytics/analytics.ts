import type { Collection } from 'mongodb';
import type { Hashes } from '../../lib/ids.js';
import { writeSome } from '../../platform/mongodb/write.js';
import type { AnalyticsEvent, ReportedEvent } from './analytics-event.js';
import { cleanEvent } from './clean-event.js';
import { createEventsRepository } from './repository.js';

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
  function note(own: Omit<ReportedEvent, 'at'>): void {
    const at = tools.now();
    buffer.record(cleanEvent({ ...own, at }, 'service', at, tools).event);
  }

  return { report, note, flush: buffer.flush };
}

export type Analytics = ReturnType<typeof createAnalytics>;
