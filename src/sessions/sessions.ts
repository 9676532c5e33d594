import type { AnyBulkWriteOperation, Collection } from 'mongodb';
import { MOST_INSPIRATIONS, SESSION_DAYS, type Session, type SessionFacts } from './session.js';

/** Session touches are telemetry: they may wait this long, so that no request waits for them. */
const FLUSH_MS = 200;
/** When the database does not take them, no more than this many sessions are kept waiting. */
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
  let writing = Promise.resolve();

  function note(sessionId: string, facts: SessionFacts = {}): void {
    const before = waiting.get(sessionId);
    if (!before && waiting.size >= MOST_WAITING) return;
    const inspirationIds = [
      ...(before?.inspirationIds ?? []),
      ...(facts.inspirationId ? [facts.inspirationId] : []),
    ];
    const lastOrderNumber = facts.lastOrderNumber ?? before?.lastOrderNumber;
    waiting.set(sessionId, { at: now(), inspirationIds, ...(lastOrderNumber && { lastOrderNumber }) });
    timer ??= setTimeout(() => void flush(), FLUSH_MS);
  }

  function flush(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    const batch = waiting;
    waiting = new Map();
    if (batch.size > 0) writing = writing.then(() => write(batch)).catch(onFailure);
    return writing;
  }

  async function write(batch: Map<string, Waiting>): Promise<void> {
    await collection.bulkWrite([...batch].map(upsert), { ordered: false });
  }

  async function find(sessionId: string): Promise<Session | null> {
    if (waiting.has(sessionId)) await flush();
    await writing;
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
