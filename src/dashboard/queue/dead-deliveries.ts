import type { Db } from 'mongodb';
import { OUTBOX_IDS, type OutboxName } from '../../collections.js';
import type { Delivery } from '../../outbox/enqueue.js';
import type { OutboxDocument } from '../../outbox/outbox-collections.js';
import { dueUntil } from './filters.js';
import { listStream, type Stream } from './index-stream.js';
import type { SourceContext } from './queries-by-kind.js';
import { dueAfter, type QueueItem, RANKS } from './queue-item.js';

/** Of each collection: with more than this, something is broken that no one mends one by one (`npm run deliveries -- replay --to`). */
const MAX_DEAD = 500;

/** A document, as the deliveries of it that have failed for good. */
export type ReadDead = () => Promise<QueueItem[][]>;

/** They are few and in no index by age: all of them are read, up to a limit. Of those who ask in the same turn, the first reads for all. */
export function createDeadReader(db: Db): ReadDead {
  const names = Object.keys(OUTBOX_IDS) as OutboxName[];
  let asked: Promise<QueueItem[][]> | undefined;
  const read = async () => {
    asked = undefined;
    return (await Promise.all(names.map((name) => deadOf(db, name)))).flat();
  };
  return () => {
    asked ??= Promise.resolve().then(read);
    return asked;
  };
}

/** Deliveries that have failed for good. */
export async function deliveryStreams(
  readDead: ReadDead,
  { filters, now }: SourceContext,
): Promise<Stream[]> {
  const until = dueUntil(filters, now);
  const items = (await readDead()).flat().filter(({ dueAt }) => !until || dueAt <= until);
  return [
    listStream(
      { kind: 'deliveries', status: 'open', rank: RANKS.indexOf('high') },
      items,
      filters.order ?? 'priority',
    ),
  ];
}

/** A dead delivery, and the id of the document that carries it; undefined when it is not dead, or not any more. */
export async function findDead(
  db: Db,
  id: string,
): Promise<{ delivery: Delivery; owner: string; collection: OutboxName } | undefined> {
  for (const name of Object.keys(OUTBOX_IDS) as OutboxName[]) {
    const document = await db
      .collection<OutboxDocument>(name)
      .findOne({ deadDeliveries: { $gt: 0 }, 'deliveries.id': id });
    const delivery = document?.deliveries.find((one) => one.id === id && one.state === 'dead');
    if (document && delivery)
      return { delivery, owner: String(document[OUTBOX_IDS[name]]), collection: name };
  }
  return undefined;
}

async function deadOf(db: Db, name: OutboxName): Promise<QueueItem[][]> {
  const documents = await db
    .collection<OutboxDocument>(name)
    .find(
      { deadDeliveries: { $gt: 0 } },
      { projection: { deliveries: 1, [OUTBOX_IDS[name]]: 1, createdAt: 1 } },
    )
    .limit(MAX_DEAD)
    .toArray();
  return documents.map((document) =>
    document.deliveries
      .filter(({ state }) => state === 'dead')
      .map((delivery) => deliveryItem(delivery, String(document[OUTBOX_IDS[name]]))),
  );
}

export function deliveryItem(delivery: Delivery, owner: string): QueueItem {
  const since = delivery.lastAttemptAt ?? new Date(0);
  return {
    kind: 'deliveries',
    id: delivery.id,
    status: 'open',
    priority: 'high',
    title: `${delivery.kind} to ${delivery.to} has failed`,
    detail: owner,
    createdAt: since,
    dueAt: dueAfter('deliveries', since),
    version: delivery.attempts,
  };
}
