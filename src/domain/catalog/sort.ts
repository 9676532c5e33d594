import { type Slices, sortInSlices } from '../../lib/time-slices.js';
import { addBit, type BitSet, noBits } from './bit-set.js';
import type { Piece } from './piece.js';

export type SortBy = 'featured' | 'newest' | 'price-asc' | 'price-desc';

/** What the orders look at: enough to say where a piece stood, also when it is no longer there. */
export type SortKey = Pick<Piece, 'featured' | 'bestseller' | 'createdAt' | 'price' | 'key'>;

/** One order of the whole catalogue. */
export interface PieceOrder {
  /** Rank → position. */
  positions: Uint32Array;
  /** Position → rank. */
  ranks: Uint32Array;
}

/** Dearer than all that is priced in the shop's currency: what is priced in another one stands behind, whatever its number. */
const priceOf = ({ price }: SortKey): number => price ?? Number.MAX_VALUE;

/** What is compared by number stands before what is not, also where the dearest come first. */
const byComparable = (a: SortKey, b: SortKey): number =>
  Number(a.price === undefined) - Number(b.price === undefined);

const byKey = (a: SortKey, b: SortKey): number => (a.key < b.key ? -1 : Number(a.key > b.key));

// Equal pieces keep one order, that of their keys, so that pages do not overlap.
const COMPARISONS: Record<SortBy, (a: SortKey, b: SortKey) => number> = {
  featured: (a, b) =>
    Number(b.featured) - Number(a.featured) ||
    Number(b.bestseller) - Number(a.bestseller) ||
    b.createdAt - a.createdAt ||
    byKey(a, b),
  newest: (a, b) => b.createdAt - a.createdAt || byKey(a, b),
  'price-asc': (a, b) => priceOf(a) - priceOf(b) || byKey(a, b),
  'price-desc': (a, b) => byComparable(a, b) || priceOf(b) - priceOf(a) || byKey(a, b),
};

export async function orderPieces(pieces: readonly Piece[], by: SortBy, slices: Slices): Promise<PieceOrder> {
  const compare = COMPARISONS[by];
  const positions = await sortInSlices(
    pieces.length,
    (a, b) => compare(at(pieces, a), at(pieces, b)),
    slices,
  );
  const ranks = new Uint32Array(pieces.length);
  for (let rank = 0; rank < positions.length; rank++) ranks[positions[rank] ?? 0] = rank;
  return { positions, ranks };
}

/** The first rank behind that key, whether or not a piece with it is there. */
export const rankAfter = (
  pieces: readonly Piece[],
  { positions }: PieceOrder,
  by: SortBy,
  key: SortKey,
): number => firstRank(positions, (position) => COMPARISONS[by](at(pieces, position), key) > 0);

/** The first rank at which something holds that holds at every later one too. */
export function firstRank(positions: Uint32Array, holds: (position: number) => boolean): number {
  let low = 0;
  let high = positions.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(positions[middle] ?? 0)) high = middle;
    else low = middle + 1;
  }
  return low;
}

function at(pieces: readonly Piece[], position: number): Piece {
  const piece = pieces[position];
  if (!piece) throw new RangeError(`There is no piece at ${position}`);
  return piece;
}

/** So many sets of the cheapest pieces are kept, each a step larger than the last: a range of prices is the difference of two. */
const STEPS = 64;

export interface PriceSteps {
  size: number;
  /** `[2]` has the `2 * size` cheapest pieces. */
  cheapest: BitSet[];
}

export async function stepPrices({ positions }: PieceOrder, slices: Slices): Promise<PriceSteps> {
  const count = positions.length;
  const size = Math.max(1, Math.ceil(count / STEPS));
  const cheapest = [noBits(count)];
  for (let start = 0; start < count; start += size) {
    const bits = (cheapest.at(-1) ?? noBits(count)).slice();
    for (const position of positions.subarray(start, start + size)) addBit(bits, position);
    cheapest.push(bits);
    if (slices.areOver()) await slices.pause();
  }
  return { size, cheapest };
}

/** The pieces whose rank by price is from `from` to before `to`. */
export function pricedBetween(
  { positions }: PieceOrder,
  steps: PriceSteps,
  from: number,
  to: number,
): BitSet {
  const below = (rank: number): BitSet => {
    const step = Math.floor(rank / steps.size);
    const bits = (steps.cheapest[step] ?? noBits(positions.length)).slice();
    for (const position of positions.subarray(step * steps.size, rank)) addBit(bits, position);
    return bits;
  };
  const bits = below(Math.max(from, to));
  const cheaper = below(from);
  for (let w = 0; w < bits.length; w++) bits[w] = (bits[w] ?? 0) & ~(cheaper[w] ?? 0);
  return bits;
}
