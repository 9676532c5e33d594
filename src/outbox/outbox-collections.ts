import type { WithDeliveries } from './enqueue.js';

/** The collections whose documents carry deliveries, each with the field that names a document to people. */
export type OutboxIds<Name extends string = string> = Readonly<Record<Name, string>>;

export type OutboxDocument = WithDeliveries & { _id: unknown } & Record<string, unknown>;

/** Of a collection, what the dispatcher needs. */
export interface OutboxCollection {
  findOneAndUpdate(filter: object, update: object, options: object): Promise<OutboxDocument | null>;
  findOne(filter: object): Promise<OutboxDocument | null>;
  updateOne(filter: object, update: object): Promise<{ matchedCount: number }>;
  updateMany(filter: object, update: object): Promise<{ modifiedCount: number }>;
}

/** The same collections, opened. */
export type OutboxCollections = Readonly<Record<string, OutboxCollection>>;

/** Whether what was written, a document or an update, says that there is something to deliver by now. */
export function isWorkNow(written: object, now: Date): boolean {
  const { nextDeliveryAt, $set, $min } = written as {
    nextDeliveryAt?: unknown;
    $set?: object;
    $min?: object;
  };
  if (nextDeliveryAt instanceof Date) return nextDeliveryAt <= now;
  return [$set, $min].some((part) => part !== undefined && isWorkNow(part, now));
}
