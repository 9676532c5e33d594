import { type Static, Type } from '@sinclair/typebox';
import type { Db } from 'mongodb';
import type { Collections } from '../../collections.js';
import { sha256 } from '../../platform/keys/keys.js';
import { Instant, readCursor, toCursor } from '../cursor.js';
import type { Viewer } from '../viewer.js';
import { countQueue } from './counts.js';
import { deliveryStreams } from './dead-deliveries.js';
import type { QueueFilters } from './filters.js';
import type { Stream } from './index-stream.js';
import { oldestFirst, type QueueItem, type QueuePosition } from './queue-item.js';
import {
  capsuleStreams,
  feedbackStreams,
  imageStreams,
  type SourceContext,
  ticketStreams,
} from './streams-by-kind.js';

export const ITEMS_A_PAGE = 50;

const ANYBODY: Viewer = { key: '', name: '', scopes: [] };

/** The last item of a page: the rank of its priority, when it began, and its id. */
const QueuePlace = Type.Tuple([
  Type.Integer({ minimum: 0, maximum: 2 }),
  Instant,
  Type.String({ maxLength: 128 }),
]);
type QueuePlace = Static<typeof QueuePlace>;

export interface QueueOptions {
  db: Db;
  collections: Collections;
  now: () => Date;
}

export interface Page {
  items: QueueItem[];
  nextCursor?: string;
}

/** What waits for the staff, over all kinds: by priority, then by age. What is done comes newest first. */
export function createQueue({ db, collections, now }: QueueOptions) {
  async function page(viewer: Viewer, filters: QueueFilters, cursor: string | undefined): Promise<Page> {
    const place = cursor ? readCursor(QueuePlace, cursor) : undefined;
    const streams = await streamsOf({ collections, viewer, filters, now: now() });
    const found = await merged(streams, filters.status === 'done', place, ITEMS_A_PAGE + 1);
    const items = found.slice(0, ITEMS_A_PAGE).map(({ item }) => item);
    const last = found[ITEMS_A_PAGE - 1];
    if (found.length <= ITEMS_A_PAGE || !last) return { items };
    return { items, nextCursor: toCursor([last.rank, last.item.createdAt.getTime(), last.item.id]) };
  }

  async function streamsOf(context: SourceContext): Promise<Stream[]> {
    const { kind, status, assignee } = context.filters;
    const all = [
      ...ticketStreams(context),
      // only tickets are taken by someone
      ...(assignee
        ? []
        : [...capsuleStreams(context), ...feedbackStreams(context), ...imageStreams(context)]),
      ...(assignee || (kind && kind !== 'deliveries') ? [] : await deliveryStreams(db, context)),
    ];
    return all.filter(
      (stream) =>
        (!kind || stream.kind === kind) && (status ? stream.status === status : stream.status !== 'done'),
    );
  }

  const counts = () => countQueue(db, collections, now());

  /** Another text whenever the cards or the first page have changed. */
  async function fingerprint(): Promise<string> {
    const [first, cards] = await Promise.all([page(ANYBODY, {}, undefined), counts()]);
    const items = first.items.map(({ id, version, status }) => [id, version, status]);
    return sha256(JSON.stringify([cards, items]));
  }

  return { page, counts, fingerprint };
}

interface Found {
  rank: number;
  item: QueueItem;
}

// One rank after the other: within a rank, what is asked of each stream is enough for the page even if all of it came from there.
async function merged(
  streams: Stream[],
  newestFirst: boolean,
  place: QueuePlace | undefined,
  limit: number,
): Promise<Found[]> {
  const found: Found[] = [];
  for (const rank of [0, 1, 2]) {
    if (place && rank < place[0]) continue;
    const from: QueuePosition | undefined =
      place && rank === place[0] ? { at: place[1], id: place[2] } : undefined;
    const left = limit - found.length;
    const lists = await Promise.all(
      streams
        .filter((stream) => stream.rank === rank)
        .map((stream) => (newestFirst ? stream.newest(from, left) : stream.read(from, left))),
    );
    const sorted = lists.flat().sort((a, b) => (newestFirst ? oldestFirst(b, a) : oldestFirst(a, b)));
    found.push(...sorted.slice(0, left).map((item) => ({ rank, item })));
    if (found.length >= limit) break;
  }
  return found;
}
