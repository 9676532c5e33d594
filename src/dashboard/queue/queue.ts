import { type Static, Type } from '@sinclair/typebox';
import type { Db } from 'mongodb';
import type { Collections } from '../../collections.js';
import type { Inspiration } from '../../domain/inspiration/inspiration.js';
import type { PictureAddresses } from '../../domain/inspiration/picture-address.js';
import { sha256 } from '../../platform/keys/keys.js';
import { Instant, readCursor, toCursor } from '../cursor.js';
import { knownCustomers, orderCustomers, shownCustomer } from '../customers/known-customers.js';
import { findSessionImages, isInReview } from '../customers/session-images.js';
import type { Viewer } from '../viewer.js';
import { countQueue } from './counts.js';
import { createDeadReader, deliveryStreams } from './dead-deliveries.js';
import type { QueueFilters } from './filters.js';
import type { Direction, Stream } from './index-stream.js';
import {
  capsuleStreams,
  feedbackStreams,
  imageStreams,
  returnStreams,
  type SourceContext,
  ticketStreams,
} from './queries-by-kind.js';
import {
  comparePositions,
  positionOf,
  type QueueItem,
  type QueueKind,
  type QueueOrder,
  type QueuePosition,
  RANKS,
} from './queue-item.js';

const ITEMS_A_PAGE = 50;
/** Of what has just come, no more is told of one by one. */
const MAX_NEWS = 20;
/** Images of one customer beside which the next thing of the queue is looked for. */
const MAX_SKIPPED = 20;
const MAX_THUMBNAILS = 4;

const ANYBODY: Viewer = { key: '', name: '', scopes: [] };

/** The last item of a page: the rank of its priority, its time in the order of the page, and its id. */
const QueuePlace = Type.Tuple([
  Type.Integer({ minimum: 0, maximum: 2 }),
  Instant,
  Type.String({ maxLength: 128 }),
]);
type QueuePlace = Static<typeof QueuePlace>;

interface QueueOptions {
  db: Db;
  collections: Collections;
  pictures: PictureAddresses;
  now: () => Date;
}

/** A row of the inbox: an item of the queue, or all images of one customer that wait. */
interface QueueRow extends QueueItem {
  /** Of a customer's images: each of them. */
  images?: { id: string; version: number }[];
  thumbnails?: string[];
}

interface Page<Item extends QueueItem = QueueItem> {
  items: Item[];
  nextCursor?: string;
}

/** What waits for the staff, over all kinds. What is done comes newest first. */
export function createQueue({ db, collections, pictures, now }: QueueOptions) {
  const readDead = createDeadReader(db);

  async function page(viewer: Viewer, filters: QueueFilters, cursor: string | undefined): Promise<Page> {
    const place = cursor ? readCursor(QueuePlace, cursor) : undefined;
    const found = await read(viewer, filters, place, ITEMS_A_PAGE + 1, directionOf(filters));
    const items = await named(viewer, found.slice(0, ITEMS_A_PAGE));
    const last = found.length > ITEMS_A_PAGE && found[ITEMS_A_PAGE - 1];
    return last ? { items, nextCursor: toCursor(placeOf(last, orderOf(filters))) } : { items };
  }

  /** The same, with the images of one customer in one row: where the oldest of them stands. */
  async function inbox(
    viewer: Viewer,
    filters: QueueFilters,
    cursor: string | undefined,
  ): Promise<Page<QueueRow>> {
    const { items, ...rest } = await page(viewer, filters, cursor);
    return { ...rest, items: await rowsOf(items) };
  }

  /** What stands before an item and after it in a view: before and after where it stood, when it is in the view no longer. */
  async function neighbours(viewer: Viewer, filters: QueueFilters, item: QueueItem) {
    const place = placeOf({ ...item, status: filters.status ?? 'open' }, orderOf(filters));
    const direction = directionOf(filters);
    const own = item.kind === 'images' && item.sessionId;
    const [next, previous] = await Promise.all(
      [direction, -direction as Direction].map(async (towards) => {
        const beside = await read(viewer, filters, place, MAX_SKIPPED, towards);
        const rows = await rowsOf(beside);
        return rows.find((row) => row.kind !== 'images' || row.sessionId !== own);
      }),
    );
    return { next, previous };
  }

  async function rowsOf(items: QueueItem[]): Promise<QueueRow[]> {
    const sessionIds = items.flatMap(({ kind, sessionId }) => (kind === 'images' ? (sessionId ?? []) : []));
    const waiting = await waitingImages(sessionIds);
    return items.flatMap((item): QueueRow[] => {
      const images = item.kind === 'images' && waiting.get(item.sessionId ?? '');
      if (!images) return [item];
      if (images[0]?.inspirationId !== item.id) return [];
      return [
        {
          ...item,
          title: images.length > 1 ? `${images.length} images` : item.title,
          images: images.map(({ inspirationId, version }) => ({ id: inspirationId, version })),
          thumbnails: images
            .slice(0, MAX_THUMBNAILS)
            .flatMap((image) => pictures.pictureOf(image, now(), 'thumbnail') ?? []),
        },
      ];
    });
  }

  async function read(
    viewer: Viewer,
    filters: QueueFilters,
    place: QueuePlace | undefined,
    limit: number,
    direction: Direction,
  ): Promise<QueueItem[]> {
    const streams = await streamsOf({ collections, viewer, filters, now: now() });
    return merged(streams, orderOf(filters), place, limit, direction);
  }

  async function streamsOf(context: SourceContext): Promise<Stream[]> {
    const { kind, status, assignee } = context.filters;
    const all = [
      ...ticketStreams(context),
      // only tickets are taken by someone
      ...(assignee
        ? []
        : [
            ...capsuleStreams(context),
            ...feedbackStreams(context),
            ...returnStreams(context),
            ...imageStreams(context),
          ]),
      ...(assignee || (kind && kind !== 'deliveries') ? [] : await deliveryStreams(readDead, context)),
    ];
    return all.filter(
      (stream) =>
        (!kind || stream.kind === kind) && (status ? stream.status === status : stream.status !== 'done'),
    );
  }

  // Returns without a contact are of the customer of their order. Ratings and images say nothing of theirs, but their session may.
  async function named(viewer: Viewer, items: QueueItem[]): Promise<QueueItem[]> {
    const nameless = items.flatMap(({ customer, sessionId }) => (customer ? [] : (sessionId ?? [])));
    const orderNumbers = items.flatMap((item) => (item.customer ? [] : (orderNumberOf(item) ?? [])));
    const [known, ofOrders] = await Promise.all([
      knownCustomers(collections, nameless),
      orderCustomers(collections, orderNumbers),
    ]);
    return items.map((item) => {
      const customer =
        item.customer ??
        shownCustomer(viewer, ofOrders.get(orderNumberOf(item) ?? '') ?? {}) ??
        shownCustomer(viewer, known.get(item.sessionId ?? '') ?? {});
      return customer ? { ...item, customer } : item;
    });
  }

  /** By session, the oldest first. */
  async function waitingImages(sessionIds: string[]): Promise<Map<string, Inspiration[]>> {
    const waiting = new Map<string, Inspiration[]>();
    for (const image of await findSessionImages(collections.widgetInspiration, sessionIds))
      if (isInReview(image)) waiting.set(image.sessionId, [...(waiting.get(image.sessionId) ?? []), image]);
    for (const images of waiting.values()) images.sort(oldestFirst);
    return waiting;
  }

  const counts = (viewer?: Viewer) => countQueue(readDead, collections, now(), viewer?.name);

  /** Another `print` whenever the counts or the first page have changed, and what has come latest. */
  async function look(): Promise<{ print: string; latest: { kind: QueueKind; id: string; at: number }[] }> {
    const [first, newest, waiting] = await Promise.all([
      page(ANYBODY, {}, undefined),
      read(ANYBODY, { order: 'age' }, undefined, MAX_NEWS, -1),
      counts(),
    ]);
    const items = first.items.map(({ id, version, status }) => [id, version, status]);
    return {
      print: sha256(JSON.stringify([waiting, items])),
      latest: newest.map(({ kind, id, createdAt }) => ({ kind, id, at: createdAt.getTime() })),
    };
  }

  return { page, inbox, neighbours, counts, look };
}

export type Queue = ReturnType<typeof createQueue>;

// the detail of a return's row is the number of its order
const orderNumberOf = ({ kind, detail }: QueueItem): string | undefined =>
  kind === 'returns' ? detail : undefined;

const oldestFirst = (one: Inspiration, other: Inspiration): number =>
  comparePositions(
    { at: one.createdAt.getTime(), id: one.inspirationId },
    { at: other.createdAt.getTime(), id: other.inspirationId },
  );

const orderOf = ({ order }: QueueFilters): QueueOrder => order ?? 'priority';
const directionOf = ({ status }: QueueFilters): Direction => (status === 'done' ? -1 : 1);

// What is done has no order of urgency, and other orders know no priorities: all of them are of one rank.
const rankIn = (order: QueueOrder, { status, rank }: Pick<Stream, 'status' | 'rank'>): number =>
  order === 'priority' && status !== 'done' ? rank : 0;

function placeOf(item: QueueItem, order: QueueOrder): QueuePlace {
  const { at, id } = positionOf(item, order);
  return [rankIn(order, { status: item.status, rank: RANKS.indexOf(item.priority) }), at, id];
}

// One rank after the other: within a rank, what is asked of each stream is enough for the page even if all of it came from there.
async function merged(
  streams: Stream[],
  order: QueueOrder,
  place: QueuePlace | undefined,
  limit: number,
  direction: Direction,
): Promise<QueueItem[]> {
  const found: QueueItem[] = [];
  for (const rank of direction === 1 ? [0, 1, 2] : [2, 1, 0]) {
    if (place && (rank - place[0]) * direction < 0) continue;
    const from: QueuePosition | undefined =
      place && rank === place[0] ? { at: place[1], id: place[2] } : undefined;
    const left = limit - found.length;
    const lists = await Promise.all(
      streams
        .filter((stream) => rankIn(order, stream) === rank)
        .map((stream) => stream.read(from, left, direction)),
    );
    const sorted = lists
      .flat()
      .sort((a, b) => comparePositions(positionOf(a, order), positionOf(b, order)) * direction);
    found.push(...sorted.slice(0, left));
    if (found.length >= limit) break;
  }
  return found;
}
