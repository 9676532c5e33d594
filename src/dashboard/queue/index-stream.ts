import type { Collection, Document, Filter } from 'mongodb';
import {
  oldestFirst,
  type QueueItem,
  type QueueKind,
  type QueuePosition,
  type QueueStatus,
} from './queue-item.js';

/**
 * A part of the queue that one index has in order: items of one kind, one status and one priority, by age. The queue is the merge
 * of all of them, so that a page costs the same however long it is.
 */
export interface Stream {
  kind: QueueKind;
  status: QueueStatus;
  /** 0 is the most urgent. */
  rank: number;
  /** Up to `limit` items, the oldest first, from behind that place. */
  read(behind: QueuePosition | undefined, limit: number): Promise<QueueItem[]>;
  /** The same, the newest first. */
  newest(before: QueuePosition | undefined, limit: number): Promise<QueueItem[]>;
}

export interface StreamSource<Doc extends Document> {
  collection: Collection<Doc>;
  /** The field that is unique, and the last of the index. */
  idField: keyof Doc & string;
  /** What the index begins with. */
  equal: object;
  /** What is looked at beyond the index. */
  also: object[];
  projection: Record<string, 1>;
  toItem: (doc: Doc) => QueueItem;
}

export function createStream<Doc extends Document>(
  about: Pick<Stream, 'kind' | 'status' | 'rank'>,
  { collection, idField, equal, also, projection, toItem }: StreamSource<Doc>,
): Stream {
  async function find(
    from: QueuePosition | undefined,
    limit: number,
    direction: 1 | -1,
  ): Promise<QueueItem[]> {
    const conditions = [...also, ...(from ? beyond(from, idField, direction) : [])];
    const filter = { ...equal, ...(conditions.length > 0 && { $and: conditions }) } as Filter<Doc>;
    const docs = collection
      .find<Doc>(filter, { projection: { ...projection, _id: 0 } })
      .sort({ createdAt: direction, [idField]: direction })
      .limit(limit);
    return (await docs.toArray()).map(toItem);
  }
  return {
    ...about,
    read: (behind, limit) => find(behind, limit, 1),
    newest: (before, limit) => find(before, limit, -1),
  };
}

function beyond({ at, id }: QueuePosition, idField: string, direction: 1 | -1): object[] {
  const [further, orEqual] = direction === 1 ? ['$gt', '$gte'] : ['$lt', '$lte'];
  const time = new Date(at);
  return [
    { createdAt: { [orEqual]: time } },
    { $or: [{ createdAt: { [further]: time } }, { [idField]: { [further]: id } }] },
  ];
}

/** A stream of what is few, and has been read already. */
export function listStream(about: Pick<Stream, 'kind' | 'status' | 'rank'>, items: QueueItem[]): Stream {
  const sorted = [...items].sort(oldestFirst);
  const compare = (item: QueueItem, { at, id }: QueuePosition) =>
    item.createdAt.getTime() - at || (item.id === id ? 0 : item.id < id ? -1 : 1);
  return {
    ...about,
    read: async (behind, limit) =>
      sorted.filter((item) => !behind || compare(item, behind) > 0).slice(0, limit),
    newest: async (before, limit) =>
      sorted
        .filter((item) => !before || compare(item, before) < 0)
        .reverse()
        .slice(0, limit),
  };
}
