import { type Collection, type Document, ObjectId } from 'mongodb';
import { defineCollection } from '../../platform/mongodb/define-collection.js';
import { readText } from '../../platform/mongodb/read.js';
import type { CreatorCredit } from './deliveries.js';

/** A creator through whom customers come: of the shop's document, what is read. */
interface Creator {
  creatorCode: string;
  /** A creator who is paused, or not yet taken on, gets no credit. */
  isActive: boolean;
}

/** The shop says `approved`; older documents say `active`, or nothing. */
const CREDITED = new Set(['approved', 'active']);

/** What a creator was credited for last: by these a repeat is known. */
const MAX_REMEMBERED = 200;

export function createCreatorsRepository(creators: Collection<Document>) {
  /** The creator of that code, as a customer may type it, or of that id. */
  async function find(named: string): Promise<Creator | null> {
    const byCode = { creatorCode: { $in: [named, named.toUpperCase()] } };
    const ids = ObjectId.isValid(named) ? [named, new ObjectId(named)] : [named];
    const byId = { _id: { $in: ids } } as Document;
    const projection = { creatorCode: 1, status: 1 };
    const doc =
      (await creators.findOne(byCode, { projection })) ?? (await creators.findOne(byId, { projection }));
    const creatorCode = readText(doc?.creatorCode);
    if (!creatorCode) return null;
    return { creatorCode, isActive: CREDITED.has((readText(doc?.status) ?? 'approved').toLowerCase()) };
  }

  /** Counts a ticket for a creator, once. Nothing else of the shop's document is touched. */
  async function credit({ creatorCode, ticketId }: CreatorCredit): Promise<void> {
    await creators.updateOne(
      { creatorCode, conciergeTickets: { $ne: ticketId } },
      {
        $inc: { 'metrics.stylistTickets': 1 },
        $push: { conciergeTickets: { $each: [ticketId], $slice: -MAX_REMEMBERED } } as Document,
      },
    );
  }

  return { find, credit };
}

export type CreatorsRepository = ReturnType<typeof createCreatorsRepository>;

/** Written only by the credit that is enqueued on a ticket. */
export const creators = defineCollection('creators', {
  isShops: true,
  // the shop may yet make its unique one, which serves as well
  indexes: [{ key: { creatorCode: 1, status: 1 }, servedBy: { creatorCode: 1 } }],
});
