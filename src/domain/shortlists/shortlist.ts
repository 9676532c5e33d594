import type { ProductCard } from '../catalog/piece.js';

/** A piece that a customer has saved, as it was shown then: `price` is the price at that time. */
export type SavedPiece = Pick<ProductCard, 'id'> & Partial<ProductCard> & { variantId?: string };

/** A piece on a list, since when. One that stays on it keeps the price that it was saved at. */
export type ListedPiece = SavedPiece & { savedAt: Date };

/** The saved list of a session: one a session, replaced as a whole. */
export interface SavedShortlist {
  shortlistId: string;
  sessionId: string;
  items: ListedPiece[];
  /** When the request came that this list was in, before and after all others: the later one stays. */
  arrival: string;
  updatedAt: Date;
}

export const MAX_SAVED_PIECES = 100;

/** The same for what is the same piece to a customer: two sizes of a ring are two pieces. */
export const nameOf = ({ id, variantId }: SavedPiece): string => JSON.stringify([id, variantId]);
