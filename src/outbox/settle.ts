import type { Outcome } from '../connectors/connector.js';
import { DAY_MS } from '../lib/calendar.js';
import { asDone, type Delivery, type Destination, type WithDeliveries } from './enqueue.js';
import { nextAttempt } from './next-attempt.js';

/** What became of a delivery that was due. */
export type Result =
  | Exclude<Outcome, { outcome: 'misconfigured' | 'retry' }>
  /** `heldFor`: the place is down, not this delivery alone. It need not wait for its own time when the place is back. */
  | { outcome: 'retry'; reason: string; afterMs?: number; heldFor?: string | undefined }
  /** The place refuses us. `isStrike`: others have gone through since this one was refused last. */
  | { outcome: 'misconfigured'; reason: string; heldFor: string; until: Date; isStrike: boolean }
  /** No attempt: the place is known to be down. */
  | { outcome: 'held'; reason: string; heldFor: string; until: Date }
  /** Processes have ended over it. */
  | { outcome: 'fatal'; reason: string }
  /** Broken off because the process ends. */
  | { outcome: 'left' };

interface RetryPolicy {
  schedule: readonly number[];
  random: () => number;
}

/** A reason is for a person to read. */
const MAX_REASON_LETTERS = 500;
/** What is refused so often while others go through is refused for itself. */
const MAX_STRIKES = 3;
/** The longest that anything waits for a place to be mended: by then it is news of yesterday. */
const MAX_HELD_MS = 7 * DAY_MS;

/** A later state must not be overwritten, or told, by an earlier one: of a document, what goes there goes one after the other. */
const IN_ORDER = new Set<Destination>(['orders', 'crm', 'email', 'notifications']);

/** What may be performed, now or later: everything pending, but for what has to wait for another of the same document. */
function open(deliveries: readonly Delivery[]): Delivery[] {
  const pending = deliveries.filter(({ state }) => state === 'pending');
  return pending.filter(
    (delivery) => !IN_ORDER.has(delivery.to) || delivery === pending.find(({ to }) => to === delivery.to),
  );
}

/** What may be performed now. What waits for a place to come back asks there: the document is not claimed for nothing. */
export const dueOf = (deliveries: readonly Delivery[], now: Date): Delivery[] =>
  open(deliveries).filter(({ dueAt, heldFor }) => !dueAt || dueAt <= now || heldFor !== undefined);

/**
 * What a later delivery of the same document has overtaken: one of the same series, which says what is true now. `seriesOf` gives the
 * series of a kind; most have none.
 */
export function overtakenIn(
  deliveries: readonly Delivery[],
  seriesOf: (delivery: Delivery) => string | undefined,
): Delivery[] {
  const isCounted = ({ state }: Delivery) => state === 'pending' || state === 'done';
  return deliveries.filter((delivery, index) => {
    const series = delivery.state === 'pending' ? seriesOf(delivery) : undefined;
    return (
      series !== undefined &&
      deliveries.slice(index + 1).some((later) => isCounted(later) && seriesOf(later) === series)
    );
  });
}

/** The delivery after an attempt. */
export function settle(delivery: Delivery, result: Result, now: Date, policy: RetryPolicy): Delivery {
  switch (result.outcome) {
    case 'left':
      return delivery;
    case 'postponed':
      return { ...released(delivery), dueAt: result.until };
    case 'skipped':
    case 'superseded':
      return { ...undated(delivery), state: result.outcome, lastError: result.reason };
    case 'delivered': {
      const { reference } = result;
      return { ...asDone(delivery, now), lastAttemptAt: now, ...(reference && { reference }) };
    }
    case 'rejected':
      return dead(failed(delivery, result.reason, now));
    case 'fatal':
      return dead({ ...delivery, lastError: result.reason });
    case 'held':
      return held(delivery, result, now);
    case 'misconfigured': {
      const { strikes = 0, refused = 0 } = delivery;
      const after = { ...failed(delivery, result.reason, now), refused: refused + 1 };
      if (!result.isStrike) return held(after, result, now);
      if (strikes + 1 >= MAX_STRIKES)
        return dead({ ...after, lastError: `${result.reason}, while others go through` });
      return held({ ...after, strikes: strikes + 1 }, result, now);
    }
    case 'retry': {
      const after = failed(delivery, result.reason, now);
      // what our configuration is to blame for takes no step of the schedule
      const steps = after.attempts - (after.refused ?? 0);
      const waitMs = nextAttempt(steps, policy.schedule, policy.random, result.afterMs);
      if (waitMs === undefined) return dead(after);
      const dueAt = new Date(now.getTime() + waitMs);
      return result.heldFor ? { ...after, dueAt, heldFor: result.heldFor } : { ...after, dueAt };
    }
  }
}

/** It waits for its place: as long as that takes, within reason. */
function held(
  delivery: Delivery,
  { reason, heldFor, until }: { reason: string; heldFor: string; until: Date },
  now: Date,
): Delivery {
  const lastError = delivery.lastAttemptAt && delivery.lastError ? delivery.lastError : reason;
  const { owedSince = now } = delivery;
  if (now.getTime() - owedSince.getTime() > MAX_HELD_MS)
    return dead({ ...delivery, lastError: `${lastError}, for seven days` });
  return { ...delivery, heldFor, dueAt: until, lastError };
}

const failed = (delivery: Delivery, reason: string, now: Date): Delivery => ({
  ...released(delivery),
  attempts: delivery.attempts + 1,
  lastAttemptAt: now,
  lastError: reason.slice(0, MAX_REASON_LETTERS),
});

const dead = (delivery: Delivery): Delivery => ({ ...undated(delivery), state: 'dead' });

const undated = ({ dueAt: _, heldFor: __, ...delivery }: Delivery): Delivery => delivery;
const released = ({ heldFor: _, ...delivery }: Delivery): Delivery => delivery;

/** Fields of a document that say something of the claim that ends with this record. */
export const OF_THE_CLAIM = ['deliveryClaims', 'suspectDelivery'] as const;

/** What is written on a document with these deliveries: them, when the next is due, how many are dead, and what they wait for. */
export function updateFor(
  deliveries: Delivery[],
  now: Date,
): {
  $set: WithDeliveries;
  $unset: Partial<Record<keyof WithDeliveries, ''>>;
} {
  const set: WithDeliveries = { deliveries };
  const opened = open(deliveries);
  const times = opened.map(({ dueAt }) => dueAt ?? now);
  if (times.length > 0) set.nextDeliveryAt = new Date(Math.min(...times.map((time) => time.getTime())));
  const deadOnes = deliveries.filter(({ state }) => state === 'dead').length;
  if (deadOnes > 0) set.deadDeliveries = deadOnes;
  const places = [...new Set(opened.flatMap(({ heldFor }) => heldFor ?? []))];
  if (places.length > 0) set.heldFor = places;
  const gone = (['nextDeliveryAt', 'deadDeliveries', 'heldFor', ...OF_THE_CLAIM] as const).filter(
    (field) => set[field] === undefined,
  );
  return { $set: set, $unset: Object.fromEntries(gone.map((field) => [field, '' as const])) };
}
