import type { Collection, Db } from 'mongodb';
import type { Delivery, Destination } from './enqueue.js';
import type { OutboxDocument, OutboxIds } from './outbox-collections.js';
import { updateFor } from './settle.js';

/** A delivery, and the document that carries it. */
export interface LocatedDelivery {
  collection: string;
  /** The document's own id, as people know it. */
  document: string;
  delivery: Delivery;
}

interface ListOptions {
  state: 'dead' | 'pending';
  to?: Destination | undefined;
  limit: number;
}

/** The fields by which documents with deliveries in that state are found: each has a sparse index. */
const FOUND_BY = { dead: 'deadDeliveries', pending: 'nextDeliveryAt' } as const;

/** What the staff see and do of the outbox. Nothing here looks through documents without deliveries, but for `find` as its last resort. */
export function createOperations(db: Db, ids: OutboxIds) {
  const outboxes = Object.entries(ids).map(([name, id]) => ({
    name,
    id,
    collection: db.collection<OutboxDocument>(name),
  }));

  /** Deliveries that are dead or pending, collection by collection. */
  async function list({ state, to, limit }: ListOptions): Promise<LocatedDelivery[]> {
    const found: LocatedDelivery[] = [];
    for (const { name, id, collection } of outboxes)
      for await (const document of withSome(collection, state, to)) {
        found.push(...deliveriesOf(name, id, document).filter((one) => isLike(one.delivery, state, to)));
        if (found.length >= limit) return found.slice(0, limit);
      }
    return found;
  }

  /** All deliveries of a document, pending or not, by its id or by that of one of its deliveries. */
  async function find(id: string): Promise<LocatedDelivery[]> {
    const filters = (idField: string) => [
      { [idField]: id },
      { [FOUND_BY.dead]: { $gt: 0 }, 'deliveries.id': id },
      { [FOUND_BY.pending]: { $gt: new Date(0) }, 'deliveries.id': id },
      // a delivery that is done is in no index of its own
      { 'deliveries.id': id },
    ];
    for (const nth of [0, 1, 2, 3])
      for (const { name, id: idField, collection } of outboxes) {
        const document = await collection.findOne(filters(idField)[nth] ?? {});
        if (document) return deliveriesOf(name, idField, document);
      }
    return [];
  }

  /** Makes dead deliveries pending again, due now, with the whole schedule before them; answers with how many. */
  async function replay(which: { id: string } | { to: Destination }, now: Date): Promise<number> {
    const isMeant = (delivery: Delivery) =>
      delivery.state === 'dead' && ('id' in which ? delivery.id === which.id : delivery.to === which.to);
    let replayed = 0;
    for (const { collection } of outboxes)
      for await (const document of withSome(collection, 'dead', undefined))
        replayed += await revive(collection, document, isMeant, now);
    return replayed;
  }

  return { list, find, replay };
}

function withSome(
  collection: Collection<OutboxDocument>,
  state: ListOptions['state'],
  to: Destination | undefined,
) {
  const field = FOUND_BY[state];
  const there = state === 'dead' ? { $gt: 0 } : { $gt: new Date(0) };
  return collection
    .find({ [field]: there, ...(to && { 'deliveries.to': to }) })
    .sort({ [field]: 1 })
    .batchSize(200);
}

// Only while the document is as it was read. A dispatcher that is at work on it finds that it has changed, and looks again.
async function revive(
  collection: Collection<OutboxDocument>,
  { _id, deliveries: before, nextDeliveryAt }: OutboxDocument,
  isMeant: (delivery: Delivery) => boolean,
  now: Date,
): Promise<number> {
  const meant = before.filter(isMeant);
  if (meant.length === 0) return 0;
  const after = before.map((delivery) => (meant.includes(delivery) ? revived(delivery, now) : delivery));
  const filter = { _id, deliveries: before, nextDeliveryAt: nextDeliveryAt ?? { $exists: false } };
  const update: object = updateFor(after, now);
  const { matchedCount } = await collection.updateOne(filter as object, update);
  return matchedCount === 1 ? meant.length : 0;
}

const revived = ({ refused: _, strikes: __, heldFor: ___, ...delivery }: Delivery, now: Date): Delivery => ({
  ...delivery,
  state: 'pending',
  attempts: 0,
  dueAt: now,
});

const isLike = (delivery: Delivery, state: Delivery['state'], to: Destination | undefined): boolean =>
  delivery.state === state && (!to || delivery.to === to);

const deliveriesOf = (collection: string, id: string, document: OutboxDocument): LocatedDelivery[] =>
  document.deliveries.map((delivery) => ({ collection, document: String(document[id]), delivery }));
