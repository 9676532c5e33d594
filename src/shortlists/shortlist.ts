import type { ProductCard } from '../catalog/piece.js';

/** A piece that a customer has saved, as it was shown then: `price` is the price at that time. */
export type SavedPiece = Pick<ProductCard, 'id'> & Partial<ProductCard> & { variantId?: string };

/** The saved list of a session: one a session, replaced as a whole. */
export interface SavedShortlist {
  shortlistId: string;
  sessionId: string;
  items: SavedPiece[];
  updatedAt: Date;
}

export const MOST_SAVED_PIECES = 100;
