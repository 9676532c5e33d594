import { randomUUID } from 'node:crypto';

/** Where a delivery goes: an outside service, or (`orders`) a change in another collection of the shop. */
export type Destination = 'crm' | 'email' | 'fulfilment' | 'notifications' | 'orders' | 'render';

/**
 * Something owed to another system, carried by the document that caused it (one accepted request is one write).
 * `id` stays the same over all attempts, so that the receiver can tell a repeat.
 */
export interface Delivery {
  id: string;
  to: Destination;
  kind: string;
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

/** While a request performs its own effects, the dispatcher keeps away from the document for this long. */
const REQUEST_LEASE_MS = 30_000;

type What = Pick<Delivery, 'to' | 'kind'>;

/** The deliveries that a new document owes. With an effect to perform at once, the request holds the first lease. */
export function owe(what: What[], now: Date): Owing {
  const deliveries = what.map(
    ({ to, kind }): Delivery => ({ id: randomUUID(), to, kind, state: 'pending', attempts: 0 }),
  );
  if (deliveries.length === 0) return { deliveries };
  const lease = what.some(({ to }) => to === 'orders') ? REQUEST_LEASE_MS : 0;
  return { deliveries, nextDeliveryAt: new Date(now.getTime() + lease) };
}

/** The same deliveries after `kind` has been performed: what is left is due at once. */
export function withDone({ deliveries }: Owing, kind: string, now: Date): Owing {
  const after = deliveries.map(
    (delivery): Delivery =>
      delivery.kind === kind
        ? { ...delivery, state: 'done', attempts: delivery.attempts + 1, doneAt: now }
        : delivery,
  );
  const pending = after.some(({ state }) => state === 'pending');
  return pending ? { deliveries: after, nextDeliveryAt: now } : { deliveries: after };
}
