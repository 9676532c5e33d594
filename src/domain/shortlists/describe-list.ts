import type { Piece } from '../catalog/piece.js';
import { findProduct, type Snapshot } from '../catalog/snapshot.js';
import {
  type Availability,
  type ListedPiece,
  nameOf,
  type SavedPiece,
  type SavedShortlist,
} from './shortlist.js';

/** A saved piece today: `price` is today's, `savedPrice` the one that it was saved at. */
type DescribedPiece = SavedPiece & {
  savedAt: Date;
  savedPrice?: number;
  priceChanged: boolean;
  availability: Availability;
  /** Whether the catalogue knows it; if not, it is as it was saved. */
  known: boolean;
};

/** The pieces as they are today. One that the catalogue no longer knows, or never did, stays on the list. */
export const describeList = (items: ListedPiece[], catalogue: Snapshot): DescribedPiece[] =>
  items.map((item) => describe(item, findProduct(catalogue, item.id)));

function describe(item: ListedPiece, piece: Piece | undefined): DescribedPiece {
  const { savedAt, variantId, price: savedPrice } = item;
  return {
    ...(piece ? { ...piece.card, ...(variantId && { variantId }) } : item),
    savedAt,
    ...(savedPrice !== undefined && { savedPrice }),
    priceChanged: piece !== undefined && savedPrice !== undefined && piece.price !== savedPrice,
    availability: piece ? availabilityOf(piece) : 'not_on_sale',
    known: piece !== undefined,
  };
}

/** Whether a piece can be had at once, after it has been made, or not before there is another. */
function availabilityOf({ readyToShip, madeToOrder, available }: Piece): Availability {
  if (madeToOrder) return 'made_to_order';
  if (available === 0) return 'sold_out';
  return readyToShip ? 'ready_to_ship' : 'made_to_order';
}

/** The pieces with the time and price at which each was saved first. */
export function listed(pieces: SavedPiece[], before: readonly ListedPiece[], at: Date): ListedPiece[] {
  const earlier = new Map(before.map((piece) => [nameOf(piece), piece]));
  return pieces.map((piece) => earlier.get(nameOf(piece)) ?? { ...piece, savedAt: at });
}

/** The pieces of a list for what is made of it. */
export const piecesOf = (list: SavedShortlist | null): SavedPiece[] =>
  (list?.items ?? []).map(({ savedAt: _, ...piece }) => piece);
