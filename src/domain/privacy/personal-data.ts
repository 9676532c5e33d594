// Which fields of a document are a person's, and what is left of it once they are erased, stands in `personal` of its collection (src/collections.ts).
import type { Document } from 'mongodb';
import type { Hashes } from '../../lib/ids.js';
import type { Delivery } from '../../outbox/enqueue.js';
import type { CollectionDefinition, Personal } from '../../platform/mongodb/define-collection.js';

/** A person, by everything that we have found them under. */
export interface Subject {
  sessions: string[];
  /** In lower case. */
  emails: string[];
  /** In E.164 form. */
  phones: string[];
  /** The orders of their addresses. */
  orders: string[];
}

/** A collection that has something of a person. */
export interface PersonalData extends Omit<Personal, 'fields'> {
  name: string;
}

/** Everything of a person that is ours, in the order in which it is forgotten. What is not in it holds nobody: docs/privacy.md says why. */
export const personalDataOf = (definitions: readonly CollectionDefinition[]): PersonalData[] =>
  definitions.flatMap(({ name, personal }) =>
    personal && Object.keys(personal.foundBy).length > 0 ? [{ name, ...personal }] : [],
  );

/** The documents of a person; undefined when the person cannot be in that collection. */
export function filterFor(
  { foundBy, anonymous }: PersonalData,
  subject: Subject,
  hashes: Hashes,
): Document | undefined {
  const values = { ...subject, orderHashes: subject.orders.map(hashes.order) };
  const clauses = Object.entries(foundBy).flatMap(([what, fields]) => {
    const some = values[what as keyof typeof values];
    return some.length > 0 ? fields.map((field) => ({ [field]: { $in: some } })) : [];
  });
  if (clauses.length === 0) return undefined;
  // what is anonymous already is nobody's, though it may still name an order
  return { $or: clauses, ...(anonymous && { erasedAt: { $exists: false } }) };
}

const ERASED = 'erased-';

/** In the place of a session, and unlike any other. */
export const erased = (id: string): string => `${ERASED}${id}`;
export const isErased = (sessionId: string): boolean => sessionId.startsWith(ERASED);

export const withoutNotes = (history: Document[] = []): Document[] =>
  history.map(({ note: _, ...act }) => act);

const TO_PEOPLE = new Set<Delivery['to']>(['crm', 'email', 'notifications']);

/** What goes to people and to the CRM is not sent any more; what the service and the fulfilment team have to put right is. */
export const unsent = (deliveries: Delivery[] = []): Delivery[] =>
  deliveries.map((delivery) =>
    delivery.state === 'pending' && TO_PEOPLE.has(delivery.to)
      ? { ...delivery, state: 'skipped', lastError: 'The customer has been forgotten' }
      : delivery,
  );

/** Objects that are on their way out of the store are named by the deliveries alone. */
export const queuedKeys = (deliveries: Delivery[] = []): string[] =>
  deliveries.flatMap(({ payload }) => (payload as { keys?: string[] } | undefined)?.keys ?? []);
