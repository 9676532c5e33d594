import { randomUUID } from 'node:crypto';

/**
 * Where a delivery goes: an outside service, a place of ours that the request itself sees to (`orders`, `storage`, `creators`,
 * `privacy`), or work of ours that takes longer than a request (`images`) or comes later (`capsules`). The kinds of each, and what the
 * document has to have for them, stand in
 * docs/deliveries.md.
 */
export const DESTINATIONS = [
  'analytics',
  'assets',
  'capsules',
  'creators',
  'crm',
  'email',
  'fulfilment',
  'images',
  'notifications',
  'orders',
  'privacy',
  'render',
  'storage',
  'team',
] as const;
export type Destination = (typeof DESTINATIONS)[number];

/**
 * Something that is to go to another system, carried by the document that caused it (one accepted request is one write).
 * `id` stays the same over all attempts, so that the receiver can tell a repeat.
 */
export interface Delivery {
  id: string;
  to: Destination;
  kind: string;
  /** What cannot be read off the document itself. */
  payload?: object;
  /** `skipped`: it was not wanted any more, or there is nobody to take it. `superseded`: a later one says what is true. */
  state: 'pending' | 'done' | 'dead' | 'skipped' | 'superseded';
  attempts: number;
  /** Since when: when it was first due. */
  owedSince?: Date;
  /** Of the attempts, those that were refused for a reason that lies in our configuration. */
  refused?: number;
  /** Of these, those meanwhile others went through. */
  strikes?: number;
  /** The place that is down or misconfigured, while it waits for that: it goes on when the place does, whatever `dueAt` says. */
  heldFor?: string;
  lastAttemptAt?: Date;
  /** Not before then: when it is to be made, or tried again. Without it, at once. */
  dueAt?: Date;
  /** Why the last attempt failed, and why it is dead or skipped. */
  lastError?: string;
  doneAt?: Date;
  /** The receiver's id of what was made. */
  reference?: string;
}

/**
 * The fields of a document that carries deliveries. `nextDeliveryAt` is there only while something is pending: when to look at it
 * again. `leasedUntil` says until when a dispatcher is at work on it, and nobody but who has set it takes it away: whoever enqueues
 * more moves `nextDeliveryAt` alone. `deadDeliveries` is there only while some are dead, `heldFor` only while some wait for a place that
 * is down and nobody is at work on the document.
 */
export interface WithDeliveries {
  deliveries: Delivery[];
  nextDeliveryAt?: Date;
  leasedUntil?: Date;
  deadDeliveries?: number;
  heldFor?: string[];
  /** How often someone has begun to work on it since it was last recorded what came of it: more than once, and a process has died over it. */
  deliveryClaims?: number;
  /** The delivery that is attempted alone, because one of them ends processes. */
  suspectDelivery?: string;
}

/** With `dueAt`, not before that time: a reminder, for example. */
export type What = Pick<Delivery, 'to' | 'kind' | 'payload' | 'dueAt'>;

/** Performed by the request itself, before it answers. */
const BY_THE_REQUEST = new Set<Destination>(['orders', 'storage', 'creators', 'privacy']);
export const isInline = (to: Destination): boolean => BY_THE_REQUEST.has(to);
/** While a request runs its own deliveries, the dispatcher keeps away from the document for this long. */
const REQUEST_LEASE_MS = 30_000;

/** The deliveries of a new document. With something to run at once, the request holds the first lease. */
export function enqueue(what: What[], now: Date): WithDeliveries {
  const deliveries = what.map((one) => newDelivery(one, now));
  const lease = new Date(now.getTime() + REQUEST_LEASE_MS);
  const leased = what.some(({ to }) => isInline(to));
  return { deliveries, ...nextOf(deliveries, leased ? lease : now) };
}

/** More deliveries for a document that is there: to be merged into the update that causes it. */
export function enqueueMore(what: What[], now: Date) {
  const { deliveries, nextDeliveryAt = now } = enqueue(what, now);
  return { $push: { deliveries: { $each: deliveries } }, $min: { nextDeliveryAt } };
}

/** The same after some deliveries have been performed: what is left is due in its time, what was settled stays as it was. */
export function withDone(
  { deliveries }: WithDeliveries,
  done: ReadonlySet<string>,
  now: Date,
): WithDeliveries {
  const after = deliveries.map((delivery) =>
    done.has(delivery.id) && delivery.state === 'pending' ? asDone(delivery, now) : delivery,
  );
  return { deliveries: after, ...nextOf(after, now) };
}

/** A delivery after the attempt that succeeded. */
export function asDone(
  { dueAt: _, lastError: __, heldFor: ___, ...delivery }: Delivery,
  now: Date,
): Delivery {
  return { ...delivery, state: 'done', attempts: delivery.attempts + 1, doneAt: now };
}

/** A delivery that is pending from now on, or from its own time. */
const newDelivery = (what: What, now: Date): Delivery => ({
  id: randomUUID(),
  ...what,
  state: 'pending',
  attempts: 0,
  owedSince: what.dueAt ?? now,
});

/** When to look at these deliveries next: not before `from`, and not before the first of them is due. */
function nextOf(deliveries: readonly Delivery[], from: Date): Pick<WithDeliveries, 'nextDeliveryAt'> {
  const times = deliveries.flatMap(({ state, dueAt }) => (state === 'pending' ? [dueAt ?? from] : []));
  if (times.length === 0) return {};
  const first = Math.min(...times.map((time) => time.getTime()));
  return { nextDeliveryAt: new Date(Math.max(first, from.getTime())) };
}
