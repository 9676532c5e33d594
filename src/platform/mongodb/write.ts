import { setTimeout as sleep } from 'node:timers/promises';
import type { Collection, Filter, OptionalUnlessRequiredId } from 'mongodb';
import { isDatabaseAway, isDuplicateKey, isWriteConflict } from './client.js';

/**
 * Inserts a document or, when a unique index already has one like it, gives back that one (found by `same`). This is how a
 * repeat of a request is told from a new one: by the index, so that two at once cannot both win.
 */
export async function insertOrFind<Doc extends object>(
  collection: Collection<Doc>,
  document: Doc,
  same: Filter<Doc>,
  /** False when there is one already. */
  insert: (document: Doc) => Promise<boolean> = (one) => insertNew(collection, one),
): Promise<{ document: Doc; existing: boolean }> {
  const attempt = async () => {
    if (await insert(document)) return { document, existing: false };
    const there = await collection.findOne<Doc>(same, { projection: { _id: 0 } });
    return there && { document: there, existing: true };
  };
  // one that is no longer found has just made room, such as a hold that has ended
  const outcome = (await attempt()) ?? (await attempt());
  if (!outcome) throw new Error('A document is a duplicate of one that cannot be found');
  return outcome;
}

/** Inserts a document; false when a unique index already has one like it. */
export async function insertNew<Doc extends object>(
  collection: Collection<Doc>,
  document: Doc,
): Promise<boolean> {
  try {
    await collection.insertOne({ ...document } as OptionalUnlessRequiredId<Doc>);
    return true;
  } catch (error) {
    if (!isDuplicateKey(error)) throw error;
    return false;
  }
}

/** A larger bulk would hold up the calls of requests that come behind it. */
const MAX_OF_A_BULK = 10;
/** Between two bulks, for the calls of requests, as long as the first one took; no longer than this. */
const MAX_REST_MS = 10;

/**
 * Writes many documents behind the requests, some after the other.
 * @throws the first failure, when the others have been written; while the database is away they are not tried.
 */
export async function writeSome<T>(
  all: readonly T[],
  write: (some: readonly T[]) => Promise<unknown>,
): Promise<void> {
  const failures: unknown[] = [];
  for (let at = 0; at < all.length && !failures.some(isDatabaseAway); at += MAX_OF_A_BULK) {
    const startedAt = performance.now();
    await write(all.slice(at, at + MAX_OF_A_BULK)).catch((error) => failures.push(error));
    if (at + MAX_OF_A_BULK < all.length) await sleep(Math.min(performance.now() - startedAt, MAX_REST_MS));
  }
  if (failures.length > 0) throw failures[0];
}

/** Others of the same key may be faster more than once. */
const MAX_UPSERTS = 4;

/** Runs an upsert again when another one of the same key was faster: now there is a document to update. */
export async function upsertAgain<T>(upsert: () => Promise<T>): Promise<T> {
  for (let left = MAX_UPSERTS - 1; ; left--) {
    try {
      return await upsert();
    } catch (error) {
      if (left === 0 || !(isDuplicateKey(error) || isWriteConflict(error))) throw error;
    }
  }
}
