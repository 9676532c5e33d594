import type { Outcome } from '../connectors/connector.js';
import { asDone, type Delivery, type Destination, type WithDeliveries } from './enqueue.js';
import { nextAttempt } from './schedule.js';

/** What became of a delivery that was due. */
export type Result =
  | Outcome
  /** No attempt: the receiver is known to be down. */
  | { outcome: 'spared'; reason: string }
  /** No attempt: there was no room. */
  | { outcome: 'postponed'; until: Date }
  /** Broken off because the process ends. */
  | { outcome: 'left' };

export interface RetryPolicy {
  schedule: readonly number[];
  random: () => number;
}

/** A reason is for a person to read. */
const MAX_REASON_LETTERS = 500;

/** A later state must not be overwritten by an earlier one: of a document, what goes there goes one after the other. */
const IN_ORDER = new Set<Destination>(['orders', 'crm']);

/** What may be performed, now or later: everything pending, but for what has to wait for another of the same document. */
function open(deliveries: readonly Delivery[]): Delivery[] {
  const pending = deliveries.filter(({ state }) => state === 'pending');
  return pending.filter(
    (delivery) => !IN_ORDER.has(delivery.to) || delivery === pending.find(({ to }) => to === delivery.to),
  );
}

/** What may be performed now. */
export const dueOf = (deliveries: readonly Delivery[], now: Date): Delivery[] =>
  open(deliveries).filter(({ dueAt }) => !dueAt || dueAt <= now);

/** The delivery after an attempt. */
export function settle(delivery: Delivery, result: Result, now: Date, policy: RetryPolicy): Delivery {
  switch (result.outcome) {
    case 'left':
      return delivery;
    case 'postponed':
      return { ...delivery, dueAt: result.until };
    case 'skipped':
      return { ...undated(delivery), state: 'skipped', lastError: result.reason };
    case 'delivered': {
      const { reference } = result;
      return { ...asDone(delivery, now), lastAttemptAt: now, ...(reference && { reference }) };
    }
    case 'rejected':
      return dead(failed(delivery, result.reason, now));
    case 'spared':
      return spared(delivery, result.reason, now, policy);
    case 'retry': {
      const after = failed(delivery, result.reason, now);
      const waitMs = nextAttempt(stepsTaken(after), policy.schedule, policy.random, result.afterMs);
      return waitMs === undefined ? dead(after) : { ...after, dueAt: new Date(now.getTime() + waitMs) };
    }
  }
}

const stepsTaken = ({ attempts, spared = 0 }: Delivery): number => attempts + spared;

// It takes a step of the schedule, so that a backlog is not looked at again and again; but only a call that was made is the last.
function spared(delivery: Delivery, reason: string, now: Date, { schedule, random }: RetryPolicy): Delivery {
  const after = { ...delivery, spared: (delivery.spared ?? 0) + 1, lastError: reason };
  const waitMs = nextAttempt(Math.min(stepsTaken(after), schedule.length), schedule, random) ?? 0;
  return { ...after, dueAt: new Date(now.getTime() + waitMs) };
}

const failed = (delivery: Delivery, reason: string, now: Date): Delivery => ({
  ...delivery,
  attempts: delivery.attempts + 1,
  lastAttemptAt: now,
  lastError: reason.slice(0, MAX_REASON_LETTERS),
});

const dead = (delivery: Delivery): Delivery => ({ ...undated(delivery), state: 'dead' });

const undated = ({ dueAt: _, ...delivery }: Delivery): Delivery => delivery;

/** What is written on a document with these deliveries: them, when the next is due, and how many are dead. */
export function updateFor(deliveries: Delivery[], now: Date): { $set: WithDeliveries; $unset?: object } {
  const set: WithDeliveries = { deliveries };
  const times = open(deliveries).map(({ dueAt }) => dueAt ?? now);
  if (times.length > 0) set.nextDeliveryAt = new Date(Math.min(...times.map((time) => time.getTime())));
  const deadOnes = deliveries.filter(({ state }) => state === 'dead').length;
  if (deadOnes > 0) set.deadDeliveries = deadOnes;
  const gone = (['nextDeliveryAt', 'deadDeliveries'] as const).filter((field) => set[field] === undefined);
  return {
    $set: set,
    ...(gone.length > 0 && { $unset: Object.fromEntries(gone.map((field) => [field, ''])) }),
  };
}
