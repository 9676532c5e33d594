import type { Collection } from 'mongodb';
import { coalesce, duplicatesOf } from '../../platform/mongodb/in-batches.js';
import { upsertAgain, writeSome } from '../../platform/mongodb/write.js';
import { joined, upsertOf, type Waiting } from './pending-writes.js';
import type { Session, SessionFacts } from './session.js';

/** Session touches are telemetry: they may wait this long, so that no request waits for them. */
const FLUSH_MS = 200;
/** What decides how much of an order a session is told. */
type OrdersOfSession = Pick<Session, 'sessionId' | 'verifiedOrders'> &
  Partial<Pick<Session, 'createdAt' | 'followedOrders'>>;
const ORDERS_OF_SESSION = {
  _id: 0,
  sessionId: 1,
  createdAt: 1,
  verifiedOrders: 1,
  followedOrders: 1,
} as const;

/** When the database is slow to take them, no more than this many sessions are kept waiting. */
const MAX_WAITING = 10_000;

/**
 * The sessions, written behind: `note` returns at once, and what was noted is written together within 200 ms.
 * `find` writes first what waits for that session, so that a process always reads what it has noted.
 */
export function createSessions(
  collection: Collection<Session>,
  now: () => Date,
  onFailure: (error: unknown) => void,
) {
  let waiting = new Map<string, Waiting>();
  let underWay = new Map<string, Waiting>();
  let timer: NodeJS.Timeout | undefined;
  // one write at a time: while the database is slow, what is noted waits in `waiting`, where it is merged and bounded
  let writing: Promise<void> = Promise.resolve();
  let next: Promise<void> | undefined;

  function note(sessionId: string, facts: SessionFacts = {}): void {
    const before = waiting.get(sessionId);
    if (!before && waiting.size >= MAX_WAITING) return;
    waiting.set(sessionId, joined(before, facts, now()));
    timer ??= setTimeout(() => void flush(), FLUSH_MS);
  }

  /** Writes what waits, after the write that is under way. */
  function flush(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    next ??= writing.then(writeWaiting);
    return next;
  }

  function writeWaiting(): Promise<void> {
    next = undefined;
    const batch = waiting;
    underWay = batch;
    waiting = new Map();
    writing = batch.size > 0 ? write(batch).catch(onFailure) : Promise.resolve();
    return writing;
  }

  async function write(batch: Map<string, Waiting>): Promise<void> {
    await writeSome([...batch], async (some) => {
      const writes = some.map(([sessionId, noted]) => upsertOf(sessionId, noted));
      const refused = await duplicatesOf(() => collection.bulkWrite(writes, { ordered: false }));
      // another process has made the same session at the same moment: now it is there to be added to
      const left = writes.filter((_, index) => refused.has(index));
      if (left.length > 0) await collection.bulkWrite(left, { ordered: false });
    });
  }

  const findStored = coalesce<string, OrdersOfSession>({
    namesOf: (sessionId) => [sessionId],
    nameOf: ({ sessionId }) => sessionId,
    most: 1,
    find: (all, limit) =>
      collection
        .find({ sessionId: { $in: all } }, { projection: ORDERS_OF_SESSION })
        .limit(limit)
        .toArray(),
  });

  /** The orders that a session has proved, with those that wait to be written, and those that it follows: nothing has to be written first. */
  async function findOrders(sessionId: string): Promise<OrdersOfSession> {
    const noted = [waiting, underWay].flatMap((batch) => batch.get(sessionId)?.verifiedOrders ?? []);
    const [stored] = await findStored(sessionId);
    return { sessionId, ...stored, verifiedOrders: [...(stored?.verifiedOrders ?? []), ...noted] };
  }

  /** The session without its messages, which may be many. */
  async function find(sessionId: string): Promise<Session | null> {
    await (waiting.has(sessionId) ? flush() : writing);
    return collection.findOne({ sessionId }, { projection: { _id: 0, messages: 0 } });
  }

  /** Keeps at once what an answer says that stands: that a session has proved an order, or hears of it. */
  async function keep(sessionId: string, facts: SessionFacts): Promise<void> {
    await upsertAgain(() => collection.bulkWrite([upsertOf(sessionId, joined(undefined, facts, now()))]));
  }

  return { note, flush, find, findOrders, keep };
}

export type Sessions = ReturnType<typeof createSessions>;
