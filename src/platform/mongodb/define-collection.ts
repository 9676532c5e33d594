import type { Document, IndexDescription } from 'mongodb';

/** What a person is found by. An order is known by its number, or by the hash of it. */
type PersonalKey = 'sessions' | 'emails' | 'phones' | 'orders' | 'orderHashes';

// What the outbox keeps on a document, and the key that MongoDB makes, are the same everywhere.
type Own<Doc> = Exclude<
  keyof Doc & string,
  | '_id'
  | 'deliveries'
  | 'nextDeliveryAt'
  | 'leasedUntil'
  | 'deadDeliveries'
  | 'heldFor'
  | 'deliveryClaims'
  | 'suspectDelivery'
>;

/** What a collection has of a person: where it stands, how they are found, and what is done when they are to be forgotten. */
export interface Personal<Doc extends Document = Document> {
  /**
   * Every field of a document: true where it holds, or leads to, a person. A field that is missing here is an error of the type check:
   * who adds one decides what it is.
   */
  fields: Record<Own<Doc>, boolean>;
  /** The fields that name a person; each has an index. */
  foundBy: Partial<Record<PersonalKey, readonly string[]>>;
  /** What is left of a document of someone who has been forgotten; without it, nothing is. */
  anonymous?(document: Document): { set: Document; unset: string[] };
  /** The keys of what lies in the object store. */
  objects?(document: Document): string[];
}

/** An index that we want. */
export interface IndexWish extends Omit<IndexDescription, 'key'> {
  key: Record<string, 1 | -1>;
  /** The key of one of the shop's that serves as well. */
  servedBy?: Record<string, 1 | -1>;
}

interface CollectionOptions<Doc extends Document> {
  /** The shop's own: its indexes and documents are never dropped, and it gets no unique index, for its documents are not ours to refuse. */
  isShops?: boolean;
  /** The field that names a document to people. */
  id?: keyof Doc & string;
  /** No query in a request path is without one. Those of the retention and the outbox come by themselves. */
  indexes?: readonly IndexWish[];
  /**
   * The database removes a document so many days after the time in this field. Where the shop has documents of its own, only ours are
   * removed: those that have the field `having`.
   */
  retention?: { after: keyof Doc & string; days: number; having?: keyof Doc & string };
  /** Its documents carry deliveries. */
  deliveries?: boolean;
  personal?: Personal<Doc>;
}

export interface CollectionDefinition<Doc extends Document = Document> extends CollectionOptions<Doc> {
  name: string;
}

/** The documents of a definition. */
export type DocumentOf<Definition> = Definition extends CollectionDefinition<infer Doc> ? Doc : never;

/** Describes a collection: once, beside the documents that it keeps. `src/collections.ts` lists them all. */
export const defineCollection = <Doc extends Document>(
  name: string,
  options: CollectionOptions<Doc> = {},
): CollectionDefinition<Doc> => ({ name, ...options });

const DAY_SECONDS = 24 * 60 * 60;

// Both fields are there only while there is something to do: the indexes stay small however many documents are done.
const OUTBOX_INDEXES: readonly IndexWish[] = [
  { key: { nextDeliveryAt: 1 }, sparse: true },
  { key: { deadDeliveries: 1 }, sparse: true },
];

/** Every index of a collection. */
export const indexesOf = ({ indexes = [], retention, deliveries }: CollectionDefinition): IndexWish[] => [
  ...indexes,
  ...(retention ? [indexOf(retention)] : []),
  ...(deliveries ? OUTBOX_INDEXES : []),
];

const indexOf = ({ after, days, having }: { after: string; days: number; having?: string }): IndexWish => ({
  key: { [after]: 1 },
  expireAfterSeconds: days * DAY_SECONDS,
  ...(having && { partialFilterExpression: { [having]: { $exists: true } } }),
});
