import type { Collection, Document } from 'mongodb';
import { machineId } from '../../lib/ids.js';
import { type Delivery, enqueue } from '../../outbox/enqueue.js';
import type { Storage } from '../../platform/storage/storage.js';
import { ERASE } from './deliveries.js';
import type { Erasure, Receipt } from './erasure.js';
import type { PersonFinder } from './person.js';
import type { PersonalData, Subject } from './personal-data.js';

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
      ...enqueue([ERASE.of()], at),
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

  /** Forgets whom an erasure names. A repeat finds what is left. */
  async function perform({ erasureId, subject }: Pick<Erasure, 'erasureId' | 'subject'>, at: Date) {
    if (subject) await forget(subject, at);
    await erasures.updateOne({ erasureId }, { $set: { finishedAt: at }, $unset: { subject: '' } });
  }

  return { open, perform, collection: erasures };
}

const outsideOf = (deliveries: Delivery[]) =>
  deliveries.flatMap(({ to, reference }) => (reference ? [{ to, reference }] : []));
