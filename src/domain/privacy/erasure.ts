import type { Collection, Document } from 'mongodb';
import { machineId } from '../../lib/ids.js';
import { type Delivery, enqueue, type WithDeliveries } from '../../outbox/enqueue.js';
import type { Handlers } from '../../outbox/run-inline.js';
import type { Storage } from '../../platform/storage/storage.js';
import type { PersonFinder } from './person.js';
import type { PersonalData, Subject } from './personal-data.js';

/** What was found and done, by collection; it names nobody. */
export interface Receipt {
  found: { collection: string; documents: number; objects: number; done: 'deleted' | 'anonymised' }[];
  /** What was made of it outside, by the other system's own id: to be erased there. */
  outside: { to: string; reference: string }[];
}

/** That a person is to be forgotten. Who it is stands here only until it has been done. */
export interface Erasure extends WithDeliveries {
  erasureId: string;
  subject?: Subject;
  receipt: Receipt;
  requestedAt: Date;
  finishedAt?: Date;
}

export const ERASE = 'privacy.erase';

export function createErasures(
  erasures: Collection<Erasure>,
  { personalData, documentsOf, collectionOf }: PersonFinder,
  storage: Pick<Storage, 'remove'>,
) {
  /** Writes down whom to forget, and what there is of them; the erasure itself is owed. */
  async function open(subject: Subject, at: Date): Promise<Erasure> {
    const erasure: Erasure = {
      erasureId: machineId('erase'),
      subject,
      receipt: await take(subject),
      requestedAt: at,
      ...enqueue([{ to: 'privacy', kind: ERASE }], at),
    };
    await erasures.insertOne({ ...erasure });
    return erasure;
  }

  async function take(subject: Subject): Promise<Receipt> {
    const receipt: Receipt = { found: [], outside: [] };
    for (const data of personalData) {
      const documents = await documentsOf(data, subject);
      const objects = documents.flatMap((document) => data.objects?.(document) ?? []).length;
      if (documents.length > 0)
        receipt.found.push({
          collection: data.name,
          documents: documents.length,
          objects,
          done: data.anonymous ? 'anonymised' : 'deleted',
        });
      receipt.outside.push(...documents.flatMap(({ deliveries = [] }) => outsideOf(deliveries)));
    }
    return receipt;
  }

  /** Forgets a person: objects before the documents that name them, so that nothing is left that no one knows of. */
  async function forget(subject: Subject, at: Date): Promise<void> {
    for (const data of personalData)
      for (const document of await documentsOf(data, subject)) await forgetOne(data, document, at);
  }

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

  /** How what an erasure owes is done. A repeat finds what is left. */
  const handlers = (
    { erasureId, subject }: Pick<Erasure, 'erasureId' | 'subject'>,
    now: () => Date,
  ): Handlers => ({
    [ERASE]: async () => {
      if (subject) await forget(subject, now());
      await erasures.updateOne({ erasureId }, { $set: { finishedAt: now() }, $unset: { subject: '' } });
    },
  });

  return { open, handlers, collection: erasures };
}

const outsideOf = (deliveries: Delivery[]) =>
  deliveries.flatMap(({ to, reference }) => (reference ? [{ to, reference }] : []));
