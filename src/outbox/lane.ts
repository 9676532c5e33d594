import type { Outcome, Place } from '../connectors/connector.js';
import { createSemaphore } from '../lib/semaphore.js';
import { createCircuit } from './circuit.js';

const CONCURRENCY = 10;
/** A delivery waits this long for its turn, holding its document; with more ahead of it, it comes again later. */
const MAX_WAIT_MS = 1000;
/** What comes again later does so within this time. */
const MAX_BACKLOG_MS = 60_000;
/** The longest that a receiver can make everything wait that goes to it. */
const MAX_PAUSE_MS = 10 * 60_000;

/** `down`: a call would be in vain. `until`: there is no room before then. */
export type Entry = 'enter' | 'down' | { until: Date };

export interface LaneClock {
  now: () => Date;
  sleep: (ms: number) => Promise<unknown>;
}

/**
 * The way to one destination: so many at once, so many a second, a pause when the receiver asks for one, and a circuit breaker. It
 * never holds more than twice its concurrency, so that a slow destination does not take the room of the others.
 */
export function createLane(limits: NonNullable<Place['limits']>, clock: LaneClock) {
  const { concurrency = CONCURRENCY, perSecond = Number.POSITIVE_INFINITY, pauseAfterTooManyMs = 0 } = limits;
  const semaphore = createSemaphore(concurrency);
  const circuit = createCircuit();
  const spacingMs = 1000 / perSecond;
  let usualMs = 0;
  let nextTurn = 0;
  let pausedUntil = 0;
  let backlog = 0;
  const now = () => clock.now().getTime();

  async function enter(): Promise<Entry> {
    if (semaphore.waiting() >= concurrency) return comeAgain(now());
    await semaphore.acquire();
    const entry = await takeTurn();
    if (entry !== 'enter') semaphore.release();
    return entry;
  }

  async function takeTurn(): Promise<Entry> {
    const at = now();
    if (at < pausedUntil) return comeAgain(pausedUntil);
    const turn = Math.max(nextTurn, at);
    if (turn - at > MAX_WAIT_MS) return comeAgain(turn);
    if (!circuit.admits(at)) return 'down';
    nextTurn = turn + spacingMs;
    if (turn > at) await clock.sleep(turn - at);
    return 'enter';
  }

  // One after the other, at the pace of the destination: a long backlog is not looked through again and again.
  function comeAgain(from: number): Entry {
    const paceMs = Math.max(spacingMs, usualMs / concurrency, 1);
    backlog = Math.min(Math.max(backlog, from) + paceMs, from + MAX_BACKLOG_MS);
    return { until: new Date(Math.ceil(backlog)) };
  }

  /** What the attempt has come to; nothing when it was broken off. */
  function leave(outcome: Outcome | undefined, tookMs: number): void {
    semaphore.release();
    usualMs = usualMs === 0 ? tookMs : usualMs * 0.9 + tookMs * 0.1;
    if (outcome?.outcome === 'retry' && outcome.afterMs !== undefined) {
      // it answers, so it is not down: it wants less
      const pauseMs = Math.min(Math.max(outcome.afterMs, pauseAfterTooManyMs), MAX_PAUSE_MS);
      pausedUntil = Math.max(pausedUntil, now() + pauseMs);
      circuit.leftOff();
    } else if (outcome?.outcome === 'retry') circuit.failed(now());
    else if (outcome) circuit.succeeded();
    else circuit.leftOff();
  }

  return { enter, leave };
}

export type Lane = ReturnType<typeof createLane>;
