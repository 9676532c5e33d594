import { randomUUID } from 'node:crypto';

/**
 * Where a delivery goes: an outside service, a place of ours that the request itself sees to (`orders`, `storage`), or work of ours
 * that takes longer than a request (`images`).
 */
export const DESTINATIONS = [
  'crm',
  'email',
  'fulfilment',
  'images',
  'notifications',
  'orders',
  'render',
  'storage',
] as const;
export type Destination = (typeof DESTINATIONS)[number];

/**
 * Something owed to another system, carried by the document that caused it (one accepted request is one write).
 * `id` stays the same over all attempts, so that the receiver can tell a repeat.
 */
export interface Delivery {
  id: string;
  to: Destination;
  kind: string;
  /** What cannot be read off the document itself. */
  payload?: object;
  state: 'pending' | 'done' | 'dead' | 'skipped';
  attempts: number;
  /** Attempts that were due, and not made because the receiver was known to be down. */
  spared?: number;
  lastAttemptAt?: Date;
  /** When it is to be tried again; without it, at once. */
  dueAt?: Date;
  /** Why the last attempt failed, and why it is dead or skipped. */
  lastError?: string;
  doneAt?: Date;
  /** The receiver's id of what was made. */
  reference?: string;
}

/**
 * The fields of a document that owes deliveries. `nextDeliveryAt` is there only while something is pending: when to look at it
 * again, or until when someone is at work on it. `deadDeliveries` is there only while some are dead.
 */
export interface Owing {
  deliveries: Delivery[];
  nextDeliveryAt?: Date;
  deadDeliveries?: number;
}

export type What = Pick<Delivery, 'to' | 'kind' | 'payload'>;

/** Performed by the request itself, before it answers. */
const BY_THE_REQUEST = new Set<Destination>(['orders', 'storage']);
/** While a request performs what it owes, the dispatcher keeps away from the document for this long. */
const REQUEST_LEASE_MS = 30_000;

/** The deliveries that a new document owes. With something to perform at once, the request holds the first lease. */
export function owe(what: What[], now: Date): Owing {
  const deliveries = what.map(
    (one): Delivery => ({ id: randomUUID(), ...one, state: 'pending', attempts: 0 }),
  );
  if (deliveries.length === 0) return { deliveries };
  const lease = what.some(({ to }) => BY_THE_REQUEST.has(to)) ? REQUEST_LEASE_MS : 0;
  return { deliveries, nextDeliveryAt: new Date(now.getTime() + lease) };
}

/** The same after some deliveries have been performed: what is left is due at once, what was settled stays as it was. */
export function withDone({ deliveries }: Owing, done: ReadonlySet<string>, now: Date): Owing {
  const after = deliveries.map((delivery) =>
    done.has(delivery.id) && delivery.state === 'pending' ? asDone(delivery, now) : delivery,
  );
  const pending = after.some(({ state }) => state === 'pending');
  return pending ? { deliveries: after, nextDeliveryAt: now } : { deliveries: after };
}

/** A delivery after the attempt that succeeded. */
export function asDone({ dueAt: _, lastError: __, ...delivery }: Delivery, now: Date): Delivery {
  return { ...delivery, state: 'done', attempts: delivery.attempts + 1, doneAt: now };
}
