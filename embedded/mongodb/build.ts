// Indexes over many documents, built in slices of time between which everything else goes on, writes included.
import type { Collection } from './collection.js';
import type { Database } from './database.js';
import { ServerError } from './errors.js';
import type { Index } from './indexes.js';
import { Turns } from './turns.js';

/** So many documents take no longer than a slice. */
export const MAX_FILLED_AT_ONCE = 500;

/**
 * Fills the indexes, and calls `commit` when they are whole: in the same breath, so that no write comes between.
 * Documents that are written meanwhile are in them too, whether their turn had come or not.
 */
export function buildInTurns<T>(
  database: Database,
  collection: Collection,
  indexes: readonly Index[],
  commit: () => T,
): Promise<T> {
  const work = build(database, collection, indexes, commit);
  const built = work
    .catch(() => {})
    .then(() => {
      if (collection.built === built) collection.built = undefined;
    });
  collection.built = built;
  return work;
}

async function build<T>(
  database: Database,
  collection: Collection,
  indexes: readonly Index[],
  commit: () => T,
): Promise<T> {
  const { ns, docs, building } = collection;
  const turns = new Turns();
  for (const index of indexes) building.add(index);
  try {
    for (const { id, doc } of docs.values()) {
      for (const index of indexes) index.include(doc, id, ns);
      if (!turns.isOver) continue;
      await turns.next();
      if (database.get(ns) !== collection || database.isClosed) {
        throw new ServerError('IndexBuildAborted', `Index build failed: ${ns} is gone`);
      }
      checkFaults(indexes);
    }
    checkFaults(indexes);
    return commit();
  } finally {
    building.clear();
  }
}

function checkFaults(indexes: readonly Index[]): void {
  const failed = indexes.find((index) => index.fault);
  if (failed) throw failed.fault;
}
