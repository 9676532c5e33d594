import { ApiError, type FieldError } from '../../platform/http/errors.js';
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
}

/**
 * The pieces as the catalogue has them today, and what of them comes off the shelf: what ships at once, where the shop counts it. A piece that is yet to be
 * made is held without a claim. `path` is where the list stands in the request.
 * @throws ApiError 409 naming the pieces that the catalogue does not have on sale.
 */
export function heldPieces(pieces: SavedPiece[], catalogue: Snapshot, path: string): HeldPieces {
  const items: SavedPiece[] = [];
  const wanted = new Map<string, Wanted>();
  const errors: FieldError[] = [];
  for (const [index, { id, variantId }] of pieces.entries()) {
    const piece = catalogue.byName.get(id);
    if (!piece) {
      errors.push({ path: `${path}/${index}`, message: `${id} is not on sale` });
      continue;
    }
    items.push({ ...piece.card, ...(variantId && { variantId }) });
    if (!piece.readyToShip || piece.madeToOrder || piece.available === undefined) continue;
    const sku = piece.card.id;
    const before = wanted.get(sku)?.pieces ?? 0;
    wanted.set(sku, { sku, pieces: before + 1, available: piece.available });
  }
  if (errors.length > 0) throw notAvailable('not_on_sale', errors);
  return { items, wanted: [...wanted.values()] };
}

/** A 409 for pieces that are all held by others, or sold. */
export const soldOut = (skus: string[], items: SavedPiece[], path: string): ApiError =>
  notAvailable(
    'sold_out',
    skus.map((sku) => ({
      path: `${path}/${items.findIndex(({ id }) => id === sku)}`,
      message: `${sku} is held for others or sold out`,
    })),
  );

function notAvailable(reason: 'not_on_sale' | 'sold_out', errors: FieldError[]): ApiError {
  const detail =
    reason === 'sold_out'
      ? 'Some of these pieces have just been taken. Take them off the list, and we will hold the others.'
      : 'Some of these pieces are no longer on sale. Take them off the list, and we will hold the others.';
  return new ApiError('capsule.not_available', detail, { errors, reason });
}
