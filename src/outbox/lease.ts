import { isDeepStrictEqual } from 'node:util';
import type { Delivery } from './enqueue.js';
import type { OutboxCollection, OutboxDocument } from './outbox-collections.js';
import { OF_THE_CLAIM, updateFor } from './settle.js';

/** A delivery as it was read, and as it is after the attempt. */
interface Settled {
  before: Delivery;
  after: Delivery;
}

/**
 * Takes on the document that has waited longest, for so long; null when none is due. Nobody else takes it meanwhile; when its process dies, the
 * lease runs out.
 */
export function lease(
  collection: OutboxCollection,
  now: Date,
  leaseMs: number,
): Promise<OutboxDocument | null> {
  const leasedUntil = new Date(now.getTime() + leaseMs);
  return collection.findOneAndUpdate(
    { nextDeliveryAt: { $lte: now }, leasedUntil: { $not: { $gt: now } } },
    // both: what is held is looked past by its time, and stays held when more is enqueued, which brings the time forward
    {
      $set: { nextDeliveryAt: leasedUntil, leasedUntil },
      $inc: { deliveryClaims: 1 },
      $unset: { heldFor: '' },
    },
    { sort: { nextDeliveryAt: 1 }, returnDocument: 'after' },
  );
}

/** How often a document that keeps changing is looked at again. */
const MAX_ATTEMPTS = 3;

/**
 * Records what has become of deliveries, and ends the lease: while the document is as it was read, as a whole; when it has changed
 * meanwhile, as far as the deliveries themselves have not. False when something could not be recorded: it is performed again, under the same id.
 */
export async function record(
  collection: OutboxCollection,
  document: OutboxDocument,
  settled: readonly Settled[],
  now: Date,
  /** How many claims the next one is to know of; none, but while one of the deliveries is taken to end processes. */
  deliveryClaims?: number,
): Promise<boolean> {
  let current: OutboxDocument | null = document;
  for (let attempt = 0; attempt < MAX_ATTEMPTS && current; attempt++) {
    const { _id, deliveries: before, nextDeliveryAt, leasedUntil }: OutboxDocument = current;
    const after = before.map((delivery) => afterOf(delivery, settled));
    const isRecorded = attempt === 0 || after.some((delivery, index) => delivery !== before[index]);
    const isOurs = leasedUntil?.getTime() === document.leasedUntil?.getTime();
    if (!isRecorded && !isOurs) return false;
    const update = updateFor(after, now);
    if (isOurs) {
      update.$unset.leasedUntil = '';
      if (deliveryClaims) {
        update.$set.deliveryClaims = deliveryClaims;
        delete update.$unset.deliveryClaims;
      }
    } else {
      // the lease ran out: whoever has taken the document on since says when to look at it again, and counts its claims
      if (update.$set.nextDeliveryAt && nextDeliveryAt) update.$set.nextDeliveryAt = nextDeliveryAt;
      for (const field of OF_THE_CLAIM) delete update.$unset[field];
    }
    const unchanged = {
      _id,
      nextDeliveryAt: nextDeliveryAt ?? { $exists: false },
      leasedUntil: leasedUntil ?? { $exists: false },
      deliveries: before,
    };
    const { matchedCount } = await collection.updateOne(unchanged, update);
    if (matchedCount > 0) return isRecorded;
    current = await collection.findOne({ _id });
  }
  return false;
}

function afterOf(delivery: Delivery, settled: readonly Settled[]): Delivery {
  const one = settled.find(({ before }) => before.id === delivery.id);
  return one && isDeepStrictEqual(one.before, delivery) ? one.after : delivery;
}
