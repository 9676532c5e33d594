import { type BitSet, countBits, intersection } from './bit-set.js';
import { bitsOf } from './postings.js';
import { type Scored, scoreText } from './score-text.js';
import type { Snapshot } from './snapshot.js';
import { firstRank, pricedBetween, type SortBy } from './sort.js';

/** What to look for; every value is in its normal form. */
export interface CatalogueFilters {
  category?: string;
  /** Any of them. */
  metals?: string[];
  stone?: string;
  /** Any of them. */
  tags?: string[];
  readyToShip?: true;
  featured?: true;
  text?: string;
  /** `below` is exclusive, the others inclusive. */
  price: { min?: number; max?: number; below?: number };
  /** Left out: by relevance for a text, else `featured`. */
  sortBy?: SortBy;
}

/** What a piece can be asked to have, named as in a request. */
export type Wish = 'category' | 'metal' | 'stone' | 'tags' | 'readyToShip' | 'featured' | 'price' | 'q';

/** For each wish of a request, the pieces that fulfil it. */
export type Wishes = ReadonlyMap<Wish, BitSet>;

export function readWishes(
  snapshot: Snapshot,
  filters: CatalogueFilters,
): { wishes: Wishes; scored?: Scored } {
  const { postings, pieces } = snapshot;
  const count = pieces.length;
  const wishes = new Map<Wish, BitSet>();
  const { category, metals, stone, tags } = filters;
  if (category !== undefined) wishes.set('category', bitsOf(postings.category, [category], count));
  if (metals) wishes.set('metal', bitsOf(postings.metal, metals, count));
  if (stone !== undefined) wishes.set('stone', bitsOf(postings.stone, [stone], count));
  if (tags) wishes.set('tags', bitsOf(postings.tag, tags, count));
  if (filters.readyToShip) wishes.set('readyToShip', snapshot.readyToShip);
  if (filters.featured) wishes.set('featured', snapshot.featured);
  if (Object.keys(filters.price).length > 0) wishes.set('price', priced(snapshot, filters.price));
  if (filters.text === undefined) return { wishes };
  const scored = scoreText(snapshot.text, snapshot.synonyms, filters.text, count);
  wishes.set('q', scored.bits);
  return { wishes, scored };
}

/** The pieces that fulfil every wish but those let go. */
export const fulfilling = (wishes: Wishes, pieces: number, letGo: readonly Wish[] = []): BitSet =>
  intersection(
    [...wishes].filter(([wish]) => !letGo.includes(wish)).map(([, bits]) => bits),
    pieces,
  );

export function priced(
  { pieces, orders, prices }: Snapshot,
  { min, max, below }: CatalogueFilters['price'],
): BitSet {
  const order = orders['price-asc'];
  const from = (holds: (price: number) => boolean): number =>
    firstRank(order.positions, (position) => holds(pieces[position]?.price ?? 0));
  const first = min === undefined ? 0 : from((price) => price >= min);
  const behindMax = max === undefined ? pieces.length : from((price) => price > max);
  const behindBelow = below === undefined ? pieces.length : from((price) => price >= below);
  return pricedBetween(order, prices, first, Math.min(behindMax, behindBelow));
}

/**
 * Which wishes to let go so that there is something: as few as possible, and among as few those that customers give up most
 * easily, which come first here. The kind of piece is given up last: who asks for a ring is shown no necklace while there are rings.
 */
const EASILY_GIVEN_UP: readonly Wish[] = ['featured', 'tags', 'metal', 'price', 'readyToShip', 'stone', 'q'];

export function chooseWhatToLetGo(wishes: Wishes, pieces: number): Wish[] {
  const candidates = EASILY_GIVEN_UP.filter((wish) => wishes.has(wish));
  for (const withCategory of [false, true])
    for (let size = withCategory ? 0 : 1; size <= candidates.length; size++)
      for (const some of subsets(candidates, size)) {
        const letGo: Wish[] = withCategory ? [...some, 'category'] : some;
        if (countBits(fulfilling(wishes, pieces, letGo)) > 0) return letGo;
      }
  return [];
}

function* subsets<T>(items: readonly T[], size: number): Generator<T[]> {
  if (size === 0) yield [];
  else
    for (const [index, item] of items.entries())
      for (const rest of subsets(items.slice(index + 1), size - 1)) yield [item, ...rest];
}
