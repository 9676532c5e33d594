import type { Collection, Document, FindCursor } from 'mongodb';
import type { Hashes } from '../../lib/ids.js';
import { readEmail } from '../../lib/values/email.js';
import type { readPhone as ReadPhone } from '../../lib/values/phone.js';
import { plainText, readText } from '../../lib/values/text.js';
import { filterFor, isErased, type PersonalData, type Subject } from './personal-data.js';

/** Whether what stands in a document names the person who is asked for. */
type IsSame = (stored: string) => boolean;

/** The same mailbox, whatever the capitals, white space, invisible marks and the form of the domain. */
function sameEmailAs(asked: string): IsSame {
  const email = readEmail(asked);
  const plain = plainText(asked).toLowerCase();
  return (stored) =>
    stored === asked || plainText(stored).toLowerCase() === plain || readEmail(stored) === email;
}

/** As many digits as a number without its country code has at least: what ends otherwise is another number. */
const TELLING_DIGITS = 7;

/**
 * The same telephone, however it was typed: `(202) 555-0177`, `00 1 202 555 0177`, `+1 202-555-0177`. A number that cannot be read
 * without its country is the same when all that is asked for ends with it.
 * @param asked In E.164 form
 */
export function samePhoneAs(asked: string, readPhone: typeof ReadPhone): IsSame {
  const end = asked.slice(-TELLING_DIGITS);
  return (stored) => {
    const digits = plainText(stored).replace(/\D/g, '');
    // reading one by the plans of all countries takes a thousand times as long
    if (!digits.endsWith(end)) return false;
    const number = readPhone(stored);
    return number === undefined ? asked.endsWith(digits.replace(/^0+/, '')) : number === asked;
  };
}

/** By what someone asks for a person. */
export interface Known {
  session?: string | undefined;
  email?: string | undefined;
  /** In E.164 form. */
  phone?: string | undefined;
}

/** A request of a person is rare, and goes over all that there is: each call may take longer than one of the widget's. */
const PRIVACY_TIME_MS = 60_000;
const BATCH = 1000;

interface PersonFinderOptions {
  /** What has something of a person. */
  personalData: readonly PersonalData[];
  // biome-ignore lint/suspicious/noExplicitAny: documents of every collection that has something of a person
  collections: Record<'orders' | (string & {}), Collection<any>>;
  hashes: Hashes;
}

export function createPersonFinder({ personalData, collections, hashes }: PersonFinderOptions) {
  function collectionOf({ name }: PersonalData): Collection<Document> {
    const collection = collections[name];
    if (!collection) throw new Error(`${name} is not open`);
    return collection;
  }

  /** The documents of a person in a collection, however many; undefined when the person cannot be in it. */
  function find(
    data: PersonalData,
    subject: Subject,
    projection?: Document,
  ): FindCursor<Document> | undefined {
    const filter = filterFor(data, subject, hashes);
    const options = { projection, maxTimeMS: PRIVACY_TIME_MS, batchSize: BATCH };
    return filter && collectionOf(data).find(filter, options);
  }

  const documentsOf = async (
    data: PersonalData,
    subject: Subject,
    projection?: Document,
  ): Promise<Document[]> => (await find(data, subject, projection)?.toArray()) ?? [];

  /**
   * Every way in which an address or a number stands in our collections. Theirs were typed by customers, or written by the shop's
   * earlier pages: there is no normal form by which an index would find them, so the values of the index itself are gone through.
   */
  async function spellingsOf(kind: 'emails' | 'phones', isSame: IsSame): Promise<string[]> {
    const fields = personalData.flatMap((data) =>
      (data.foundBy[kind] ?? []).map((field) => ({ data, field })),
    );
    const found = await Promise.all(
      fields.map(({ data, field }) => spellingsIn(collectionOf(data), field, isSame)),
    );
    return [...new Set(found.flat())];
  }

  async function spellingsIn(
    collection: Collection<Document>,
    field: string,
    isSame: IsSame,
  ): Promise<string[]> {
    const found: string[] = [];
    const values = collection.find(
      { [field]: { $gt: '' } },
      { projection: { _id: 0, [field]: 1 }, maxTimeMS: PRIVACY_TIME_MS, batchSize: BATCH },
    );
    for await (const document of values) {
      const value = valueAt(document, field);
      if (typeof value === 'string' && isSame(value)) found.push(value);
    }
    return found;
  }

  /** The numbers of all orders of an address. */
  async function ordersOf(isSame: IsSame): Promise<string[]> {
    const { orders } = collections;
    const spellings = await spellingsIn(orders, 'customerEmail', isSame);
    const options = {
      projection: { _id: 0, orderNumber: 1 },
      maxTimeMS: PRIVACY_TIME_MS,
      batchSize: BATCH,
    };
    const found = await orders.find({ customerEmail: { $in: [...new Set(spellings)] } }, options).toArray();
    return found.flatMap(({ orderNumber }) => readText(orderNumber) ?? []);
  }

  /**
   * Everything that a person is found under. An address or a number leads to the sessions in which it was given, and an address to
   * its orders; a session leads to nothing else, for an address that was typed there may be another's.
   */
  async function subjectOf({ session, email, phone }: Known): Promise<Subject> {
    const typed = email?.trim();
    const [emails, phones, ordered] = await Promise.all([
      typed ? spellingsOf('emails', sameEmailAs(typed)) : [],
      phone
        ? import('../../lib/values/phone.js').then(({ readPhone }) =>
            spellingsOf('phones', samePhoneAs(phone, readPhone)),
          )
        : [],
      typed ? ordersOf(sameEmailAs(typed)) : [],
    ]);
    const direct: Subject = {
      sessions: [],
      emails: [...new Set([...(typed ? [typed, readEmail(typed) ?? typed.toLowerCase()] : []), ...emails])],
      phones: [...new Set([...(phone ? [phone] : []), ...phones])],
      orders: [],
    };
    const byAddress = await Promise.all(
      personalData.map((data) => documentsOf(data, direct, { sessionId: 1 })),
    );
    const sessions = byAddress.flat().flatMap(({ sessionId }) => (sessionId ? [String(sessionId)] : []));
    return {
      ...direct,
      sessions: [...new Set([...(session ? [session] : []), ...sessions])].filter((one) => !isErased(one)),
      orders: ordered,
    };
  }

  return { personalData, subjectOf, find, documentsOf, collectionOf };
}

export type PersonFinder = ReturnType<typeof createPersonFinder>;

const valueAt = (document: Document, path: string): unknown =>
  path.split('.').reduce<unknown>((value, name) => (value as Document | undefined)?.[name], document);
