import type { Collection, Document } from 'mongodb';
import type { Hashes } from '../../lib/hashes.js';
import { createOrdersRepository } from '../orders/orders-repository.js';
import { isErased } from './anonymise.js';
import { filterFor, type PersonalData, type Subject } from './personal-data.js';

/** By what someone asks for a person. */
export interface Known {
  session?: string | undefined;
  email?: string | undefined;
  /** In E.164 form, and as it was typed. */
  phones?: string[];
}

/** More than one person leaves; what is beyond is found by asking again. */
const MAX_DOCUMENTS = 1000;

export interface PersonFinderOptions {
  /** What has something of a person. */
  personalData: readonly PersonalData[];
  collections: { orders: Collection<Document> } & Record<string, Collection<Document>>;
  hashes: Hashes;
}

export function createPersonFinder({ personalData, collections, hashes }: PersonFinderOptions) {
  const orders = createOrdersRepository(collections.orders);

  function collectionOf({ name }: PersonalData): Collection<Document> {
    const collection = collections[name];
    if (!collection) throw new Error(`${name} is not open`);
    return collection;
  }

  /** The documents of a person in a collection. */
  async function documentsOf(
    data: PersonalData,
    subject: Subject,
    projection?: Document,
  ): Promise<Document[]> {
    const filter = filterFor(data, subject, hashes);
    if (!filter) return [];
    return collectionOf(data).find(filter, { projection }).limit(MAX_DOCUMENTS).toArray();
  }

  /**
   * Everything that a person is found under. An address or a number leads to the sessions in which it was given, and an address to
   * its orders; a session leads to nothing else, for an address that was typed there may be another's.
   */
  async function subjectOf({ session, email, phones = [] }: Known): Promise<Subject> {
    const typed = email?.trim();
    const direct: Subject = {
      sessions: [],
      emails: typed ? [...new Set([typed, typed.toLowerCase()])] : [],
      phones,
      orders: [],
    };
    const byAddress = await Promise.all(
      personalData.map((data) => documentsOf(data, direct, { sessionId: 1 })),
    );
    const sessions = byAddress.flat().flatMap(({ sessionId }) => (sessionId ? [String(sessionId)] : []));
    const ordered = typed ? await orders.findByEmail(typed) : [];
    return {
      ...direct,
      sessions: [...new Set([...(session ? [session] : []), ...sessions])].filter((one) => !isErased(one)),
      orders: ordered.map(({ orderNumber }) => orderNumber),
    };
  }

  return { personalData, subjectOf, documentsOf, collectionOf };
}

export type PersonFinder = ReturnType<typeof createPersonFinder>;
