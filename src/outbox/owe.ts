import { randomUUID } from 'node:crypto';

/** Where a delivery goes: an outside service, or a place of ours that the request itself sees to (`orders`, `storage`). */
export type Destination = 'crm' | 'email' | 'fulfilment' | 'notifications' | 'orders' | 'render' | 'storage';

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
  lastError?: string;
  doneAt?: Date;
}

/** The fields of a document that owes deliveries. `nextDeliveryAt` is there only while something is pending. */
export interface Owing {
  deliveries: Delivery[];
  nextDeliveryAt?: Date;
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
  const after = deliveries.map(
    (delivery): Delivery =>
      done.has(delivery.id) && delivery.state === 'pending'
        ? { ...delivery, state: 'done', attempts: delivery.attempts + 1, doneAt: now }
        : delivery,
  );
  const pending = after.some(({ state }) => state === 'pending');
  return pending ? { deliveries: after, nextDeliveryAt: now } : { deliveries: after };
}
