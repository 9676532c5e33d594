import type { Collection, Document } from 'mongodb';
import { DAY_MS } from '../../lib/calendar.js';
import { machineId } from '../../lib/ids.js';
import { type Delivery, enqueue, type What } from '../../outbox/enqueue.js';
import type { Storage } from '../../platform/storage/storage.js';
import { ASSET_ERASE, CASE_ERASE, ERASE, PROFILE, PROFILE_ERASE } from './deliveries.js';
import type { Erasure, Receipt } from './erasure.js';
import type { PersonFinder } from './find-person.js';
import type { PersonalData, Subject } from './personal-data.js';

/** Longer than anything waits to be told. */
const MAX_TELLING_DAYS = 8;
/** So many documents are forgotten before the next are looked for. */
const BATCH = 500;

export function createErasures(
  erasures: Collection<Erasure>,
  { personalData, find, collectionOf }: PersonFinder,
  storage: Pick<Storage, 'remove'>,
) {
  /** Writes down whom to forget, and what there is of them; the erasure itself is enqueued. */
  async function open(subject: Subject, at: Date): Promise<Erasure> {
    const receipt = await take(subject);
    const hasProfile = receipt.outside.some(({ reference }) => reference === PROFILE);
    const { emails, phones } = subject;
    const erasure: Erasure = {
      erasureId: machineId('erase'),
      subject,
      telling: hasProfile ? { emails, phones } : undefined,
      receipt,
      requestedAt: at,
      ...enqueue([ERASE.of(), ...passedOn(receipt)], at),
    };
    await erasures.insertOne({ ...erasure });
    return erasure;
  }

  async function take(subject: Subject): Promise<Receipt> {
    const receipt: Receipt = { found: [], outside: [] };
    for (const data of personalData) {
      let documents = 0;
      let objects = 0;
      for await (const document of find(data, subject) ?? []) {
        documents += 1;
        objects += data.objects?.(document).length ?? 0;
        receipt.outside.push(...outsideOf(document));
      }
      if (documents > 0)
        receipt.found.push({
          collection: data.name,
          documents,
          objects,
          done: data.anonymous ? 'anonymised' : 'deleted',
        });
    }
    return {
      ...receipt,
      outside: [...new Map(receipt.outside.map((one) => [`${one.to} ${one.reference}`, one])).values()],
    };
  }

  /**
   * Forgets a person: objects before the documents that name them, so that nothing is left that no one knows of, and the sessions,
   * by which the rest is found again when this is broken off, when nothing else is left.
   */
  async function forget(subject: Subject, at: Date): Promise<void> {
    for (const data of personalData)
      for (let rest = await some(data, subject); rest.length > 0; rest = await some(data, subject)) {
        if (data.anonymous || data.objects) for (const document of rest) await forgetOne(data, document, at);
        else await collectionOf(data).deleteMany({ _id: { $in: rest.map(({ _id }) => _id) } });
      }
  }

  // What has been forgotten is not found again.
  const some = async (data: PersonalData, subject: Subject): Promise<Document[]> =>
    (await find(data, subject)?.limit(BATCH).toArray()) ?? [];

  async function forgetOne(data: PersonalData, document: Document, at: Date): Promise<void> {
    const collection = collectionOf(data);
    const { _id } = document;
    for (const key of data.objects?.(document) ?? []) await storage.remove(key);
    if (!data.anonymous) {
      await collection.deleteOne({ _id });
      return;
    }
    const { set, unset } = data.anonymous(document);
    const update = {
      $set: { ...set, erasedAt: at },
      $unset: Object.fromEntries(unset.map((field) => [field, ''])),
    };
    const { matchedCount } = await collection.updateOne({ _id, deliveries: document.deliveries }, update);
    if (matchedCount === 1) return;
    // it has changed meanwhile, such as by a delivery
    const again = await collection.findOne({ _id });
    if (again) await forgetOne(data, again, at);
  }

  /** Forgets whom an erasure names. A repeat finds what is left. */
  async function perform({ erasureId, subject }: Pick<Erasure, 'erasureId' | 'subject'>, at: Date) {
    if (subject) await forget(subject, at);
    await erasures.updateOne({ erasureId }, { $set: { finishedAt: at }, $unset: { subject: '' } });
  }

  async function forgetTelling(erasureId: string): Promise<void> {
    await erasures.updateOne({ erasureId }, { $unset: { telling: '' } });
  }

  /** Whom a vendor was to be told of and never took it: they are not kept for its sake. */
  async function forgetOldTelling(now: Date): Promise<void> {
    const before = new Date(now.getTime() - MAX_TELLING_DAYS * DAY_MS);
    await erasures.updateMany(
      { requestedAt: { $lt: before }, telling: { $exists: true } },
      { $unset: { telling: '' } },
    );
  }

  /** The receipt, as it is now; null when there is none of that number. */
  const receiptOf = (erasureId: string): Promise<Erasure | null> => erasures.findOne({ erasureId });

  return { open, perform, forgetTelling, forgetOldTelling, receiptOf, collection: erasures };
}

/** What other systems were given of a document: by their ids, and a case of a CRM in any case. */
function outsideOf({ deliveries = [], ...document }: Document): Receipt['outside'] {
  const caseId = document.ticketId ?? document.feedbackId ?? document.threadId;
  return (deliveries as Delivery[]).flatMap(({ to, state, reference }): Receipt['outside'] => {
    if (state !== 'done') return [];
    // whatever it did there: a ticket that was closed is followed up by another
    if (to === 'crm')
      return caseId ? [{ to, reference: reference ?? String(caseId), caseId: String(caseId) }] : [];
    return [
      ...(to === 'notifications' && document.subscriptionId ? [{ to, reference: PROFILE }] : []),
      ...(reference ? [{ to, reference }] : []),
    ];
  });
}

/** What is passed on of it, to those who can be asked. */
const passedOn = ({ outside }: Receipt): What[] =>
  outside.flatMap(({ to, reference, caseId }) => {
    if (to === 'crm' && caseId) return [CASE_ERASE.of({ caseId, reference })];
    if (to === 'assets') return [ASSET_ERASE.of({ reference })];
    return reference === PROFILE ? [PROFILE_ERASE.of({ reference })] : [];
  });
