import type { Attempt, Outcome } from '../connector.js';
import { INTERRUPTED } from '../http.js';
import type { OutgoingEvent, SentEvent } from './event.js';

interface BatchOptions {
  /** Events in one call. */
  maxEntries: number;
  /** How long the first event of a call waits for others. */
  waitMs: number;
  /** Delivers them in one call; an outcome for each, in their order. */
  deliverAll: (events: SentEvent[], signal: AbortSignal) => Promise<Outcome[]>;
}

interface Waiting {
  event: SentEvent;
  signal: AbortSignal;
  resolve: (outcome: Outcome) => void;
}

/** Gathers what is delivered at about the same time into calls. Each event keeps its own id and its own outcome. */
export function batched({ maxEntries, waitMs, deliverAll }: BatchOptions) {
  let waiting: Waiting[] = [];
  let timer: NodeJS.Timeout | undefined;

  function flush(): void {
    clearTimeout(timer);
    const batch = waiting;
    waiting = [];
    for (const { resolve } of batch.filter(({ signal }) => signal.aborted))
      resolve({ outcome: 'retry', reason: INTERRUPTED });
    const live = batch.filter(({ signal }) => !signal.aborted);
    if (live.length > 0) void perform(live);
  }

  async function perform(batch: Waiting[]): Promise<void> {
    const signal = AbortSignal.any(batch.map((one) => one.signal));
    const events = batch.map(({ event }) => event);
    const outcomes = await deliverAll(events, signal).catch(() => []);
    for (const [index, { resolve }] of batch.entries())
      resolve(
        outcomes[index] ?? { outcome: 'retry', reason: 'the call failed: nothing to do, it goes again' },
      );
  }

  return (event: OutgoingEvent, { id, signal }: Attempt): Promise<Outcome> =>
    new Promise((resolve) => {
      waiting.push({ event: { id, ...event }, signal, resolve });
      if (waiting.length >= maxEntries) flush();
      else if (waiting.length === 1) timer = setTimeout(flush, waitMs);
    });
}
