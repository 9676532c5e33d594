import type { Collection, Document, Filter } from 'mongodb';
import {
  comparePositions,
  positionOf,
  type QueueItem,
  type QueueKind,
  type QueueOrder,
  type QueuePosition,
  type QueueStatus,
} from './queue-item.js';

/** Forwards is the oldest, or what is due first; backwards the other way. */
export type Direction = 1 | -1;

/**
 * A part of the queue that one index has in order: items of one kind, one status and one priority. The queue is the merge of all of
 * them, so that a page costs the same however long it is.
 */
export interface Stream {
  kind: QueueKind;
  status: QueueStatus;
  /** 0 is the most urgent. */
  rank: number;
  /** Up to `limit` items from beyond that place. */
  read(beyond: QueuePosition | undefined, limit: number, direction: Direction): Promise<QueueItem[]>;
}

/** The field that has a stream in its order, and how much later than its time the order's time is. */
export interface SortKey<Doc extends Document> {
  field: keyof Doc & string;
  laterMs?: number;
}

interface StreamSource<Doc extends Document> {
  collection: Collection<Doc>;
  /** The field that is unique, and the last of the index. */
  idField: keyof Doc & string;
  sort: SortKey<Doc>;
  /** What the index begins with. */
  equal: object;
  /** What is looked at beyond the index. */
  also: object[];
  projection: Record<string, 1>;
  toItem: (doc: Doc) => QueueItem;
}

export const createStream = <Doc extends Document>(
  about: Pick<Stream, 'kind' | 'status' | 'rank'>,
  { collection, idField, sort, equal, also, projection, toItem }: StreamSource<Doc>,
): Stream => ({
  ...about,
  async read(from, limit, direction) {
    const conditions = [...also, ...(from ? beyond(from, sort, idField, direction) : [])];
    const filter = { ...equal, ...(conditions.length > 0 && { $and: conditions }) } as Filter<Doc>;
    const docs = collection
      .find<Doc>(filter, { projection: { ...projection, _id: 0 } })
      .sort({ [sort.field]: direction, [idField]: direction })
      .limit(limit);
    return (await docs.toArray()).map(toItem);
  },
});

function beyond<Doc extends Document>(
  { at, id }: QueuePosition,
  { field, laterMs = 0 }: SortKey<Doc>,
  idField: string,
  direction: Direction,
): object[] {
  const [further, orEqual] = direction === 1 ? ['$gt', '$gte'] : ['$lt', '$lte'];
  const time = new Date(at - laterMs);
  return [
    { [field]: { [orEqual]: time } },
    { $or: [{ [field]: { [further]: time } }, { [idField]: { [further]: id } }] },
  ];
}

/** A stream of what is few, and has been read already. */
export function listStream(
  about: Pick<Stream, 'kind' | 'status' | 'rank'>,
  items: QueueItem[],
  order: QueueOrder,
): Stream {
  const placed = items.map((item) => ({ item, place: positionOf(item, order) }));
  return {
    ...about,
    read: async (from, limit, direction) =>
      placed
        .filter(({ place }) => !from || comparePositions(place, from) * direction > 0)
        .sort((a, b) => comparePositions(a.place, b.place) * direction)
        .slice(0, limit)
        .map(({ item }) => item),
  };
}
