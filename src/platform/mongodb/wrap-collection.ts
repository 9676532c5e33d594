import type { AbstractCursor, Collection, Document } from 'mongodb';
import type { Metrics } from '../metrics/define-metrics.js';
import { isDuplicateKey, isWriteConflict } from './client.js';

export interface Wrapping {
  /** How long the database may work on a call that does not say it itself. */
  maxTimeMs: number;
  /** Told of each call when it has ended, and of how long it took, waiting for a connection included. */
  onCall?: ((operation: string, ms: number, error?: unknown) => void) | undefined;
  /** Told of each document and update that has been written. */
  onWrite?: ((collection: string, written: object) => void) | undefined;
}

// Where a method takes its options.
const OPTIONS_AT = {
  find: 1,
  findOne: 1,
  findOneAndUpdate: 2,
  findOneAndDelete: 1,
  findOneAndReplace: 2,
  insertOne: 1,
  insertMany: 1,
  updateOne: 2,
  updateMany: 2,
  replaceOne: 2,
  deleteOne: 1,
  deleteMany: 1,
  bulkWrite: 1,
  aggregate: 1,
  countDocuments: 1,
  estimatedDocumentCount: 0,
  distinct: 2,
} as const;

/** What a method writes, of its arguments: documents, or updates. */
const WRITTEN_BY: Record<string, (args: unknown[]) => unknown[]> = {
  insertOne: ([document]) => [document],
  insertMany: ([documents]) => documents as unknown[],
  updateOne: ([, update]) => [update],
  updateMany: ([, update]) => [update],
  findOneAndUpdate: ([, update]) => [update],
  replaceOne: ([, document]) => [document],
  findOneAndReplace: ([, document]) => [document],
  bulkWrite: ([operations]) => (operations as object[]).flatMap(writtenBy),
};

function writtenBy(operation: object): unknown[] {
  const [parts] = Object.values(operation) as { document?: object; update?: object; replacement?: object }[];
  return [parts?.document ?? parts?.update ?? parts?.replacement];
}

/** Change one document, or none: refused because of another write of it, they have changed none. */
const OF_ONE_DOCUMENT = /^(insert|update|replace|delete)One$|^findOneAnd/;
const MAX_WRITES = 5;

type Method = (...args: unknown[]) => Promise<unknown> | AbstractCursor;

/**
 * A collection whose every call tells the database how long it may work on it: what nobody waits for any more is not computed to its
 * end; the driver has no setting for that. Whose calls are measured: the driver's own monitoring makes objects of every command
 * and answer, which took a tenth of a request; of a cursor, what is measured is `toArray`. And whose writes of one document are tried again when
 * they met another one, as MongoDB itself does and not every compatible server.
 */
export function wrapCollection<Doc extends Document>(
  collection: Collection<Doc>,
  { maxTimeMs, onCall, onWrite }: Wrapping,
): Collection<Doc> {
  const own = Object.entries(OPTIONS_AT).map(([name, at]) => {
    const call: Method | undefined = Reflect.get(collection, name)?.bind(collection);
    const writes = WRITTEN_BY[name];
    const isOfOne = OF_ONE_DOCUMENT.test(name);
    const value = (...args: unknown[]) => {
      args[at] = { maxTimeMS: maxTimeMs, ...(args[at] as object | undefined) };
      const result = call && isOfOne ? again(() => call(...args) as Promise<unknown>) : call?.(...args);
      if (writes && onWrite && result instanceof Promise)
        result.then(
          () => {
            for (const written of writes(args)) if (written) onWrite(collection.collectionName, written);
          },
          () => undefined,
        );
      return onCall && result ? observed(result, (ms, error) => onCall(name, ms, error)) : result;
    };
    // as they are on any collection: a test may stand in for one
    return [name, { value, writable: true, configurable: true }];
  });
  return Object.create(collection, Object.fromEntries(own));
}

async function again<T>(write: () => Promise<T>): Promise<T> {
  for (let left = MAX_WRITES - 1; ; left--)
    try {
      return await write();
    } catch (error) {
      if (left === 0 || !isWriteConflict(error)) throw error;
    }
}

function observed(result: ReturnType<Method>, onEnd: (ms: number, error?: unknown) => void) {
  const measure = <T>(work: Promise<T>): Promise<T> => {
    const startedAt = performance.now();
    work.then(
      () => onEnd(performance.now() - startedAt),
      (error) => onEnd(performance.now() - startedAt, error),
    );
    return work;
  };
  if (result instanceof Promise) return measure(result);
  const toArray = result.toArray.bind(result);
  return Object.assign(result, { toArray: () => measure(toArray()) });
}

/** Measures each call; one that a unique index has refused is no failure, but how a repeat is told from what is new. */
export const measureCalls =
  ({
    databaseDuration,
    databaseFailures,
  }: Pick<Metrics, 'databaseDuration' | 'databaseFailures'>): NonNullable<Wrapping['onCall']> =>
  (operation, ms, error) => {
    databaseDuration.observeAs(operation, () => ({ operation }), ms / 1000);
    if (error !== undefined && !isDuplicateKey(error)) databaseFailures.inc({ operation });
  };
