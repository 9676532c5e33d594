import { type Owing, withDone } from './owe.js';

/** Of a collection, what is needed to record a delivery on one of its documents. */
interface Updatable {
  updateOne(filter: object, update: object): Promise<unknown>;
}

export interface EffectLog {
  warn(details: object, message: string): void;
}

/** An effect that a stored document owes, and where to record that it is done. It has to be idempotent. */
export interface Effect {
  kind: string;
  perform: () => Promise<void>;
  collection: Updatable;
  filter: object;
}

/**
 * Performs an effect at once and records it on the document that owes it. What fails stays owed, so that a request
 * never fails for it; after a crash in between it is performed again.
 */
export async function performNow(owing: Owing, effect: Effect, now: Date, log: EffectLog): Promise<void> {
  try {
    await effect.perform();
    const { deliveries, nextDeliveryAt } = withDone(owing, effect.kind, now);
    const update = nextDeliveryAt
      ? { $set: { deliveries, nextDeliveryAt } }
      : { $set: { deliveries }, $unset: { nextDeliveryAt: '' } };
    await effect.collection.updateOne(effect.filter, update);
  } catch (err) {
    log.warn({ err, kind: effect.kind }, 'an effect could not be performed at once and stays owed');
  }
}
