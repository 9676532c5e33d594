import { defineCollection } from '../../platform/mongodb/define-collection.js';
import { readDate, readFields, readList, readText } from '../../platform/mongodb/read.js';
import type { ProductCard } from '../catalog/piece.js';

/** A piece that a customer has saved, as it was shown then: `price` is the price at that time. */
export type SavedPiece = Pick<ProductCard, 'id'> & Partial<ProductCard> & { variantId?: string };

/** A piece on a list, since when. One that stays on it keeps the price that it was saved at. */
export type ListedPiece = SavedPiece & { savedAt: Date };

/** Whether a piece of the list can be had today. */
export const AVAILABILITIES = ['ready_to_ship', 'made_to_order', 'sold_out', 'not_on_sale'] as const;
export type Availability = (typeof AVAILABILITIES)[number];

/** The saved list of a session: one a session, replaced as a whole. */
export interface SavedShortlist {
  shortlistId: string;
  sessionId: string;
  items: ListedPiece[];
  /** When the request came that this list was in, before and after all others: the later one stays. */
  arrival: string;
  updatedAt: Date;
  /** When it is forgotten, under the name that the shop's own index removes it by. */
  expiresAt: Date;
}

export const SHORTLIST_DAYS = 30;
export const MAX_SAVED_PIECES = 100;

/** The same for what is the same piece to a customer: two sizes of a ring are two pieces. */
export const nameOf = ({ id, variantId }: SavedPiece): string => JSON.stringify([id, variantId]);

/**
 * A list as it stands in the database: one of ours, or one of the shop's earlier pages, `{ sessionId, items, createdAt, expiresAt }`,
 * whose id is empty and whose pieces were saved when it was made.
 */
export function readShortlist(document: object): SavedShortlist {
  const fields = document as Partial<SavedShortlist> & Record<string, unknown>;
  const updatedAt = readDate(fields.updatedAt) ?? readDate(fields.createdAt) ?? new Date(0);
  const items = readList(fields.items).flatMap((item) => {
    const { id, productId, ...piece } = readFields(item);
    const known = readText(id) ?? readText(productId);
    return known ? [{ ...piece, id: known, savedAt: readDate(piece.savedAt) ?? updatedAt }] : [];
  });
  return {
    shortlistId: readText(fields.shortlistId) ?? '',
    sessionId: readText(fields.sessionId) ?? '',
    items,
    arrival: readText(fields.arrival) ?? '',
    updatedAt,
    expiresAt: readDate(fields.expiresAt) ?? updatedAt,
  };
}

export const widgetShortlists = defineCollection<SavedShortlist>('widgetShortlists', {
  indexes: [{ key: { sessionId: 1 }, unique: true }],
  // sliding: each change moves it
  retention: { after: 'expiresAt', days: 0 },
  personal: {
    fields: {
      shortlistId: false,
      sessionId: true,
      items: false,
      arrival: false,
      updatedAt: false,
      expiresAt: false,
    },
    foundBy: { sessions: ['sessionId'] },
  },
});
