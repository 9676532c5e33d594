import type { Collection, Document } from 'mongodb';

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

type Method = (...args: unknown[]) => unknown;

/**
 * A collection whose every call tells the database how long it may work on it, unless the caller says otherwise: what nobody waits
 * for any more is not computed to its end. The driver has no setting for that.
 */
export function limited<Doc extends Document>(
  collection: Collection<Doc>,
  maxTimeMS: number,
): Collection<Doc> {
  const methods = collection as unknown as Record<string, Method>;
  const own = Object.entries(OPTIONS_AT).map(([name, at]) => {
    const call = methods[name]?.bind(collection);
    const value = (...args: unknown[]) => {
      args[at] = { maxTimeMS, ...(args[at] as object | undefined) };
      return call?.(...args);
    };
    // as they are on any collection: a test may stand in for one
    return [name, { value, writable: true, configurable: true }];
  });
  return Object.create(collection, Object.fromEntries(own));
}
