import type { Collection, Filter, OptionalUnlessRequiredId } from 'mongodb';
import { isDuplicateKey } from './client.js';

/**
 * Inserts a document or, when a unique index already has one like it, gives back that one (found by `same`). This is how a
 * repeat of a request is told from a new one: by the index, so that two at once cannot both win.
 */
export async function insertOrFind<Doc extends object>(
  collection: Collection<Doc>,
  document: Doc,
  same: Filter<Doc>,
): Promise<{ document: Doc; existing: boolean }> {
  try {
    await collection.insertOne({ ...document } as OptionalUnlessRequiredId<Doc>);
    return { document, existing: false };
  } catch (error) {
    if (!isDuplicateKey(error)) throw error;
    const there = await collection.findOne<Doc>(same, { projection: { _id: 0 } });
    if (!there) throw error;
    return { document: there, existing: true };
  }
}

/** Runs an upsert again when another one of the same key was faster: now there is a document to update. */
export async function upsertAgain<T>(upsert: () => Promise<T>): Promise<T> {
  try {
    return await upsert();
  } catch (error) {
    if (!isDuplicateKey(error)) throw error;
    return upsert();
  }
}
