import type { Document } from 'mongodb';
import type { Collections } from '../../collections.js';
import { isNamed, type OrderLookups } from '../../domain/orders/lookup-index.js';
import {
  CONTACT_PROJECTION,
  readContact,
  readTrackingNumbers,
  STAFF_ORDER_PROJECTION,
  trackingForm,
} from '../../domain/orders/read-order.js';
import { meantForms, spellings } from '../../domain/orders/spellings.js';
import { readEmail } from '../../lib/values/email.js';
import { plainText } from '../../lib/values/text.js';

const MAX_FOUND = 30;

type ReadPhone = (value: unknown, country?: string) => string | undefined;

/**
 * Finds the shop's orders by what someone of the staff types, as customers' requests find them: through indexes, and through the look-up
 * table for what is spelled in an odd way. Nothing is read anew for
 * what is not found, unless it is asked for (`anew`).
 */
export function createOrderFinder(
  { orders, orderChanges: changes }: Pick<Collections, 'orders' | 'orderChanges'>,
  lookups: OrderLookups,
  { prefix, country: home }: { prefix?: string | undefined; country?: string | undefined },
) {
  const find = (
    filter: object,
    sort: Record<string, 1 | -1>,
    projection: Document = STAFF_ORDER_PROJECTION,
  ): Promise<Document[]> => orders.find(filter, { projection }).sort(sort).limit(MAX_FOUND).toArray();

  const byIds = async (ids: unknown[], projection?: Document): Promise<Document[]> =>
    ids.length === 0 ? [] : find({ _id: { $in: ids } }, { _id: 1 }, projection);

  async function byNumber(typed: string, projection?: Document): Promise<Document[]> {
    const forms = meantForms(typed, prefix);
    if (forms.length === 0) return [];
    const found = await find(
      { orderNumber: { $in: spellings(typed, prefix) } },
      { orderNumber: -1 },
      projection,
    );
    return found.length > 0 ? found : byIds(await lookups.findNumbers(forms, MAX_FOUND), projection);
  }

  async function byEmails(emails: readonly string[]): Promise<Document[]> {
    if (emails.length === 0) return [];
    const normal = emails.flatMap((typed) => readEmail(typed) ?? []);
    const [direct, ...odd] = await Promise.all([
      find({ customerEmail: { $in: [...new Set([...normal, ...emails])] } }, { createdAt: -1 }),
      ...normal.map(async (email) => byIds(await lookups.findEmail(email, MAX_FOUND))),
    ]);
    return [...direct, ...odd.flat()].slice(0, MAX_FOUND);
  }

  /**
   * Of a parcel, written with or without spaces: by the shop's field that has an index, by what its systems have told us, and by the
   * look-up table for what stands among the `parcels` of an order.
   */
  async function byTracking(typed: string): Promise<Document[]> {
    const form = trackingForm(typed);
    const bare = plainText(typed).replace(/[\s-]+/g, '');
    const spelled = [...new Set([typed.trim(), bare, form, bare.toLowerCase()])];
    const [direct, told, kept] = await Promise.all([
      find({ 'shipping.trackingNumber': { $in: spelled } }, { 'shipping.trackingNumber': 1 }),
      changes
        .find({ trackingNumber: { $in: spelled } }, { projection: { _id: 0, orderNumber: 1 } })
        .limit(MAX_FOUND)
        .toArray(),
      lookups.findParcel(form, MAX_FOUND),
    ]);
    const numbers = [...new Set(told.map(({ orderNumber }) => orderNumber))];
    const [byChange, byParcel] = await Promise.all([
      numbers.length > 0 ? find({ orderNumber: { $in: numbers } }, { orderNumber: -1 }) : [],
      byIds(kept),
    ]);
    // the table says only where to look
    const certain = byParcel.filter((doc) =>
      readTrackingNumbers(doc).some((one) => trackingForm(one) === form),
    );
    const all = new Map([...direct, ...byChange, ...certain].map((doc) => [String(doc._id), doc]));
    return [...all.values()].slice(0, MAX_FOUND);
  }

  /** The orders of a telephone number in E.164 form, the newest first. */
  const byPhones = async (phones: readonly string[]): Promise<Document[]> =>
    phones.length === 0
      ? []
      : ofPeople(
          () => lookups.findPhones(phones, MAX_FOUND),
          ({ phone, country }, read) => phones.includes(read(phone, country ?? home) ?? ''),
        );

  /** The orders of a name, or of the beginnings of its words, the newest first. */
  const byName = (typed: string): Promise<Document[]> =>
    ofPeople(
      () => lookups.findNames(typed, MAX_FOUND),
      ({ name }) => isNamed(typed, name),
    );

  // The table says only where to look. What has just come is looked for when nothing is found.
  async function ofPeople(
    find: () => Promise<unknown[]>,
    isMeant: (contact: ReturnType<typeof readContact>, read: ReadPhone) => boolean,
  ): Promise<Document[]> {
    let ids = await find();
    if (ids.length === 0) {
      await lookups.refreshPeople();
      ids = await find();
    }
    if (ids.length === 0) return [];
    const { readPhone } = await import('../../lib/values/phone.js');
    const projection = { ...STAFF_ORDER_PROJECTION, ...CONTACT_PROJECTION };
    const found = await orders.find({ _id: { $in: ids } } as Document, { projection }).toArray();
    const places = new Map(ids.map((id, nth) => [String(id), nth]).reverse() as [string, number][]);
    const placeOf = ({ _id }: Document) => places.get(String(_id)) ?? 0;
    return found
      .filter((doc) => isMeant(readContact(doc), readPhone))
      .sort((a, b) => placeOf(a) - placeOf(b))
      .slice(0, MAX_FOUND);
  }

  function byBeginning(typed: string): Promise<Document[]> {
    const beginning = plainText(typed).toUpperCase().replace(/\s+/g, '');
    return find({ orderNumber: { $gte: beginning, $lt: `${beginning}\uffff` } }, { orderNumber: -1 });
  }

  /** The orders that a text means: those of an address, the one with that number, or those whose number begins so. */
  async function meant(typed: string): Promise<Document[]> {
    if (typed.includes('@')) return byEmails([typed.trim()]);
    const exact = await byNumber(typed);
    return exact.length > 0 ? exact : byBeginning(typed);
  }

  /** The same after new orders that are spelled in an odd way have been looked for, when there was nothing: it may take a second. */
  async function anew(find: () => Promise<Document[]>): Promise<Document[]> {
    const found = await find();
    if (found.length > 0) return found;
    await lookups.refresh();
    return find();
  }

  return { anew, byNumber, byEmails, byTracking, byPhones, byName, byBeginning, meant };
}

export type OrderFinder = ReturnType<typeof createOrderFinder>;
