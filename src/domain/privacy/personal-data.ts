import type { Document } from 'mongodb';
import type { Hashes } from '../../lib/ids.js';
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
