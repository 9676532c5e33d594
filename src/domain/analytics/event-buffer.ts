import { writeSome } from '../../platform/mongodb/write.js';
import type { AnalyticsEvent } from './analytics-event.js';

/** Events of the service's own making are telemetry: they may wait this long, so that no answer waits for them. */
const FLUSH_MS = 200;
/** While the database is slow to take them, no more than this many are kept waiting. */
const MAX_WAITING = 10_000;

/** Events, written behind: `record` returns at once, and what was recorded is written together within 200 ms. */
export function createEventBuffer(
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
