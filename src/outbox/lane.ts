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
/** What waits for a place that is down looks by itself within this time; when the place is back, it is called at once. */
const HOLD_MS = 20 * 60_000;

/** `held`: a call would be in vain, and why. `until`: there is no room before then. */
export type Entry = 'enter' | { held: string; until: Date } | { held?: undefined; until: Date };

export interface LaneClock {
  now: () => Date;
  sleep: (ms: number) => Promise<unknown>;
}

/**
 * The way to one place: so many at once, so many a second, a pause when the receiver asks for one, and a circuit breaker. It
 * never holds more than twice its concurrency, so that a slow place does not take the room of the others.
 */
export function createLane(
  limits: NonNullable<Place['limits']>,
  clock: LaneClock,
  random: () => number = Math.random,
) {
  const { concurrency = CONCURRENCY, perSecond = Number.POSITIVE_INFINITY, pauseAfterTooManyMs = 0 } = limits;
  const semaphore = createSemaphore(concurrency);
  const circuit = createCircuit();
  const spacingMs = 1000 / perSecond;
  let usualMs = 0;
  let nextTurn = 0;
  let pausedUntil = 0;
  let backlog = 0;
  /** The pause that has its probe: one delivery comes again when it ends. */
  let probedAt: number | undefined;
  let lastDelivered: Date | undefined;
  /** What it answered last, when that was nothing good. */
  let why = '';
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
    if (!circuit.admits(at)) return hold(at);
    nextTurn = turn + spacingMs;
    if (turn > at) await clock.sleep(turn - at);
    return 'enter';
  }

  // One after the other, at the pace of the place: a long backlog is not looked through again and again.
  function comeAgain(from: number): Entry {
    const paceMs = Math.max(spacingMs, usualMs / concurrency, 1);
    backlog = Math.min(Math.max(backlog, from) + paceMs, from + MAX_BACKLOG_MS);
    return { until: new Date(Math.ceil(backlog)) };
  }

  /** The first that comes in a pause is the probe at its end; the others wait until it has gone through, or for a while. */
  function hold(at: number): Entry {
    const probe = circuit.probedAt() ?? at;
    if (probe > at && probedAt !== probe) {
      probedAt = probe;
      return { held: why, until: new Date(probe) };
    }
    return {
      held: why,
      until: new Date(Math.max(probe, at) + Math.round((0.25 + 0.75 * random()) * HOLD_MS)),
    };
  }

  /**
   * What the attempt has come to; nothing when it was broken off. `opened`: from now on the place is not called. `closed`: it is back, and
   * what waits for it can go on.
   */
  function leave(outcome: Outcome | undefined, tookMs: number): 'opened' | 'closed' | undefined {
    semaphore.release();
    // nothing was called
    if (outcome?.outcome !== 'postponed') usualMs = usual(usualMs, tookMs);
    if (outcome?.outcome === 'misconfigured' || outcome?.outcome === 'retry') why = outcome.reason;
    switch (outcome?.outcome) {
      case 'misconfigured':
        return circuit.failed(now(), true) ? 'opened' : undefined;
      case 'retry': {
        if (outcome.afterMs === undefined) return circuit.failed(now()) ? 'opened' : undefined;
        // it answers, so it is not down: it wants less
        const pauseMs = Math.min(Math.max(outcome.afterMs, pauseAfterTooManyMs), MAX_PAUSE_MS);
        pausedUntil = Math.max(pausedUntil, now() + pauseMs);
        circuit.leftOff();
        return undefined;
      }
      case 'delivered':
      case 'rejected':
        if (outcome.outcome === 'delivered') lastDelivered = clock.now();
        return circuit.succeeded() ? 'closed' : undefined;
      default:
        // it may not have been called: nothing is learnt
        circuit.leftOff();
        return undefined;
    }
  }

  /** Whether something has gone through since then: what is refused all the same is refused for itself. */
  const hasDeliveredSince = (at: Date | undefined): boolean =>
    at !== undefined && lastDelivered !== undefined && lastDelivered > at;

  /** When a place that is not called is probed next, but not by what has just failed to: another delivery may fare better. */
  const afterProbe = (): Date => {
    const probe = circuit.probedAt() ?? now();
    return new Date(probe + (probe - now()) * 0.5);
  };

  /** Whether it is not called at present. */
  const isOpen = (): boolean => circuit.probedAt() !== undefined;

  return { enter, leave, hasDeliveredSince, afterProbe, isOpen };
}

export type Lane = ReturnType<typeof createLane>;

/** A quick one counts for more: the first of all may have been slow because a process or a connection had to be made for it. */
const usual = (beforeMs: number, tookMs: number): number => {
  const weight = beforeMs === 0 ? 1 : tookMs < beforeMs ? 0.5 : 0.1;
  return beforeMs + (tookMs - beforeMs) * weight;
};
