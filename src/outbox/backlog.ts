import type { Destination } from './enqueue.js';

/** What is pending for a destination, of all documents together. */
export interface Backlog {
  pending: number;
  dead: number;
  /** How long the oldest of the pending has waited. What is not due yet is not late. */
  oldestSeconds: number;
}

type Backlogs = Partial<Record<Destination, Backlog>>;

interface Counted {
  _id: Destination;
  count: number;
  oldest: Date | null;
}

/** Of a collection, what is needed to count. */
interface Countable {
  aggregate(pipeline: object[]): { toArray(): Promise<unknown[]> };
}

/** More documents of a collection than this are not counted to their end: by then it is the trend that matters. */
const MAX_COUNTED = 10_000;
/** Several who ask at about the same time get the same answer. */
const FRESH_MS = 5000;

/** Counts what is pending, over the indexes of what is pending and dead: what is done costs nothing, however much there is. */
export function createBacklog(collections: Readonly<Record<string, Countable>>, now: () => Date) {
  let latest: { at: number; counted: Promise<Backlogs> } | undefined;

  async function count(): Promise<Backlogs> {
    const backlogs: Backlogs = {};
    const of = (to: Destination): Backlog => {
      backlogs[to] ??= { pending: 0, dead: 0, oldestSeconds: 0 };
      return backlogs[to];
    };
    const at = now();
    await Promise.all(
      Object.values(collections).map(async (collection) => {
        for (const { _id, count, oldest } of await counted(collection, PENDING)) {
          const backlog = of(_id);
          backlog.pending += count;
          const seconds = oldest ? (at.getTime() - oldest.getTime()) / 1000 : 0;
          backlog.oldestSeconds = Math.max(backlog.oldestSeconds, seconds);
        }
        for (const { _id, count } of await counted(collection, DEAD)) of(_id).dead += count;
      }),
    );
    return backlogs;
  }

  /** By destination; a destination with nothing pending is not there. At most five seconds old. */
  function read(): Promise<Backlogs> {
    const at = now().getTime();
    if (latest && at - latest.at < FRESH_MS) return latest.counted;
    const mine = { at, counted: count() };
    latest = mine;
    // a failure is not kept
    mine.counted.catch(() => {
      if (latest === mine) latest = undefined;
    });
    return mine.counted;
  }

  return { read };
}

const PENDING = { field: 'nextDeliveryAt', there: { $gt: new Date(0) }, state: 'pending' };
const DEAD = { field: 'deadDeliveries', there: { $gt: 0 }, state: 'dead' };

const counted = (collection: Countable, { field, there, state }: typeof PENDING | typeof DEAD) =>
  collection
    .aggregate([
      { $match: { [field]: there } },
      { $sort: { [field]: 1 } },
      { $limit: MAX_COUNTED },
      { $unwind: '$deliveries' },
      { $match: { 'deliveries.state': state } },
      { $group: { _id: '$deliveries.to', count: { $sum: 1 }, oldest: { $min: '$deliveries.owedSince' } } },
    ])
    .toArray() as Promise<Counted[]>;

interface DestinationStats {
  attempts: number;
  delivered: number;
  retried: number;
  dead: number;
  skipped: number;
  superseded: number;
}

type DispatcherStats = Partial<Record<Destination, DestinationStats>>;

/** Counts what one process has done, by destination. */
export function createStats() {
  const counts: DispatcherStats = {};
  const count = (to: Destination, what: keyof DestinationStats): void => {
    counts[to] ??= { attempts: 0, delivered: 0, retried: 0, dead: 0, skipped: 0, superseded: 0 };
    counts[to][what] += 1;
  };
  return { count, read: (): DispatcherStats => structuredClone(counts) };
}
