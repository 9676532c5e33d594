import { type Delivery, type WithDeliveries, withDone } from './enqueue.js';

/** Of a collection, what is needed to record deliveries on one of its documents. */
interface Updatable {
  updateOne(filter: object, update: object): Promise<unknown>;
}

export interface OutboxLog {
  warn(details: object, message: string): void;
}

/** How each kind of delivery is performed. Each has to be idempotent. */
export type InlineHandlers = Record<string, (delivery: Delivery) => Promise<void>>;

/** The document with the deliveries: where it is, and how to find it. */
interface OutboxSource {
  collection: Updatable;
  filter: object;
  queued: WithDeliveries;
}

/**
 * Runs at once the deliveries of a stored document that there is a handler for, and records it on the document. What fails stays pending,
 * so that a request never fails for it; after a crash in between it is performed again. Answers with the deliveries as they are then.
 */
export async function runInline(
  { collection, filter, queued }: OutboxSource,
  handlers: InlineHandlers,
  now: Date,
  log: OutboxLog,
): Promise<Delivery[]> {
  const done = new Set<string>();
  const perform = async (delivery: Delivery) => {
    try {
      await handlers[delivery.kind]?.(delivery);
      done.add(delivery.id);
    } catch (err) {
      log.warn({ err, kind: delivery.kind }, 'a delivery could not be run at once and stays pending');
    }
  };
  const pending = queued.deliveries.filter(
    ({ kind, state, dueAt }) =>
      state === 'pending' && (!dueAt || dueAt <= now) && Object.hasOwn(handlers, kind),
  );
  await Promise.all(pending.map(perform));
  if (done.size === 0) return queued.deliveries;
  const { deliveries, nextDeliveryAt } = withDone(queued, done, now);
  const update = nextDeliveryAt
    ? { $set: { deliveries, nextDeliveryAt } }
    : { $set: { deliveries }, $unset: { nextDeliveryAt: '' } };
  try {
    // only while the lease is ours and nothing was added: otherwise the dispatcher, or a later request, has taken over
    const { deliveries: before, nextDeliveryAt: lease } = queued;
    await collection.updateOne({ ...filter, nextDeliveryAt: lease, deliveries: before }, update);
  } catch (err) {
    log.warn({ err }, 'what was performed could not be recorded and will be performed again');
  }
  return deliveries;
}
