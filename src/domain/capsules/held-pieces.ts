import { findProduct } from '../catalog/search.js';
import type { Snapshot } from '../catalog/snapshot.js';
import type { SavedPiece } from '../shortlists/shortlist.js';

/** What is wanted off the shelf, and how many of it there are. */
export interface Wanted {
  sku: string;
  pieces: number;
  available: number;
}

export interface HeldPieces {
  items: SavedPiece[];
  wanted: Wanted[];
  /** Where in the list the pieces stand that the catalogue does not have on sale. */
  notOnSale: number[];
}

/**
 * The pieces as the catalogue has them today, and what of them comes off the shelf: what ships at once, where the shop counts it. A piece that is yet to be
 * made is held without a claim.
 */
export function heldPieces(pieces: SavedPiece[], catalogue: Snapshot): HeldPieces {
  const items: SavedPiece[] = [];
  const wanted = new Map<string, Wanted>();
  const notOnSale: number[] = [];
  for (const [index, { id, variantId }] of pieces.entries()) {
    const piece = findProduct(catalogue, id);
    if (!piece) {
      notOnSale.push(index);
      continue;
    }
    items.push({ ...piece.card, ...(variantId && { variantId }) });
    // of what is sold out nothing is ready to ship, and there is none to hold; what is yet to be made needs no shelf
    const isOffTheShelf = !piece.madeToOrder && (piece.readyToShip || piece.available === 0);
    if (!isOffTheShelf || piece.available === undefined) continue;
    const sku = piece.card.id;
    const before = wanted.get(sku)?.pieces ?? 0;
    wanted.set(sku, { sku, pieces: before + 1, available: piece.available });
  }
  return { items, wanted: [...wanted.values()], notOnSale };
}
