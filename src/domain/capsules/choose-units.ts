import { findProduct, type Snapshot } from '../catalog/snapshot.js';
import type { SavedPiece } from '../shortlists/shortlist.js';

/** How many more numbers are looked at than are needed, so that requests at the same moment seldom choose the same one. */
const SPREAD = 256;

/** Names a piece off the shelf: the third of `RNG-101` is `RNG-101/3`. */
export const claimOf = (sku: string, unit: number): string => `${sku}/${unit}`;

/** The number of a piece among those of its SKU; undefined for one of another. */
export function unitOf(sku: string, claim: string): number | undefined {
  const unit = claim.startsWith(`${sku}/`) ? claim.slice(sku.length + 1) : '';
  return /^\d+$/.test(unit) ? Number(unit) : undefined;
}

/**
 * Numbers for so many pieces of which `available` are on the shelf and these are taken; undefined when there are not as many. When
 * the shelf has shrunk, pieces may be taken whose numbers lie beyond it. So numbers are chosen up to one below which, even if all of them
 * were taken, there would be no more than there are: whoever chooses at the same moment, the sum holds.
 */
export function chooseUnits(
  available: number,
  taken: ReadonlySet<number>,
  wanted: number,
  random: () => number,
): number[] | undefined {
  let beyond = [...taken].filter((unit) => unit > available).length;
  let last = available;
  for (; last > 0 && last + beyond > available; last--) if (taken.has(last)) beyond++;
  const free: number[] = [];
  for (let unit = 1; unit <= Math.min(last, taken.size + wanted + SPREAD); unit++)
    if (!taken.has(unit)) free.push(unit);
  if (free.length < wanted) return undefined;
  return Array.from({ length: wanted }, () => free.splice(Math.floor(random() * free.length), 1)).flat();
}

/** What is wanted off the shelf, and how many of it there are. */
export interface Wanted {
  sku: string;
  pieces: number;
  available: number;
}

interface HeldPieces {
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
