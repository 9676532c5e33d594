import type { Collection } from 'mongodb';
import type { Hashes } from '../../lib/hashes.js';
import type { AnalyticsEvent, ReportedEvent } from './analytics-event.js';
import { cleanEvent } from './clean-event.js';
import { createEventBuffer } from './event-buffer.js';
import { createEventsRepository } from './repository.js';

export interface AnalyticsTools {
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
