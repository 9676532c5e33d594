import type { AnyBulkWriteOperation, Collection } from 'mongodb';
import { MOST_INSPIRATIONS, SESSION_DAYS, type Session, type SessionFacts } from './session.js';

/** Session touches are telemetry: they may wait this long, so that no request waits for them. */
const FLUSH_MS = 200;
/** When the database is slow to take them, no more than this many sessions are kept waiting. */
const MOST_WAITING = 10_000;

interface Waiting {
  at: Date;
  lastOrderNumber?: string;
  inspirationIds: string[];
}

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
  let timer: NodeJS.Timeout | undefined;
  // one write at a time: while the database is slow, what is noted waits in `waiting`, where it is merged and bounded
  let writing: Promise<void> = Promise.resolve();
  let next: Promise<void> | undefined;

  function note(sessionId: string, facts: SessionFacts = {}): void {
    const before = waiting.get(sessionId);
    if (!before && waiting.size >= MOST_WAITING) return;
    const inspirationIds = [
      ...(before?.inspirationIds ?? []),
      ...(facts.inspirationId ? [facts.inspirationId] : []),
    ].slice(-MOST_INSPIRATIONS);
    const lastOrderNumber = facts.lastOrderNumber ?? before?.lastOrderNumber;
    waiting.set(sessionId, { at: now(), inspirationIds, ...(lastOrderNumber && { lastOrderNumber }) });
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
    waiting = new Map();
    writing = batch.size > 0 ? write(batch).catch(onFailure) : Promise.resolve();
    return writing;
  }

  async function write(batch: Map<string, Waiting>): Promise<void> {
    await collection.bulkWrite([...batch].map(upsert), { ordered: false });
  }

  async function find(sessionId: string): Promise<Session | null> {
    await (waiting.has(sessionId) ? flush() : writing);
    return collection.findOne({ sessionId }, { projection: { _id: 0 } });
  }

  return { note, flush, find };
}

export type Sessions = ReturnType<typeof createSessions>;

function upsert([sessionId, { at, lastOrderNumber, inspirationIds }]: [
  string,
  Waiting,
]): AnyBulkWriteOperation<Session> {
  const expiresAt = new Date(at.getTime() + SESSION_DAYS * 24 * 60 * 60_000);
  const $set = { lastSeenAt: at, expiresAt, ...(lastOrderNumber && { lastOrderNumber }) };
  const $push = { inspirationIds: { $each: inspirationIds, $slice: -MOST_INSPIRATIONS } };
  return {
    updateOne: {
      filter: { sessionId },
      update: { $setOnInsert: { createdAt: at }, $set, ...(inspirationIds.length > 0 && { $push }) },
      upsert: true,
    },
  };
}
