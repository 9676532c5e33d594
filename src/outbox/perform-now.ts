import { type Delivery, type Owing, withDone } from './owe.js';

/** Of a collection, what is needed to record deliveries on one of its documents. */
interface Updatable {
  updateOne(filter: object, update: object): Promise<unknown>;
}

export interface OutboxLog {
  warn(details: object, message: string): void;
}

/** How each kind of delivery is performed. Each has to be idempotent. */
export type Performers = Record<string, (delivery: Pick<Delivery, 'id' | 'payload'>) => Promise<void>>;

/** The document that owes: where it is, and how to find it. */
export interface Debtor {
  collection: Updatable;
  filter: object;
  owing: Owing;
}

/**
 * Performs at once what a stored document owes and there is a performer for, and records it on the document. What fails stays owed,
 * so that a request never fails for it; after a crash in between it is performed again. Answers with the deliveries as they are then.
 */
export async function performNow(
  { collection, filter, owing }: Debtor,
  performers: Performers,
  now: Date,
  log: OutboxLog,
): Promise<Delivery[]> {
  const done = new Set<string>();
  const perform = async (delivery: Delivery) => {
    try {
      await performers[delivery.kind]?.(delivery);
      done.add(delivery.id);
    } catch (err) {
      log.warn({ err, kind: delivery.kind }, 'a delivery could not be performed at once and stays owed');
    }
  };
  const pending = owing.deliveries.filter(
    ({ kind, state, dueAt }) =>
      state === 'pending' && (!dueAt || dueAt <= now) && Object.hasOwn(performers, kind),
  );
  await Promise.all(pending.map(perform));
  if (done.size === 0) return owing.deliveries;
  const { deliveries, nextDeliveryAt } = withDone(owing, done, now);
  const update = nextDeliveryAt
    ? { $set: { deliveries, nextDeliveryAt } }
    : { $set: { deliveries }, $unset: { nextDeliveryAt: '' } };
  try {
    // only while the lease is ours and nothing was added: otherwise the dispatcher, or a later request, has taken over
    const { deliveries: before, nextDeliveryAt: lease } = owing;
    await collection.updateOne({ ...filter, nextDeliveryAt: lease, deliveries: before }, update);
  } catch (err) {
    log.warn({ err }, 'what was performed could not be recorded and will be performed again');
  }
  return deliveries;
}
