import { addAll, allBits, type BitSet, countBits, intersection, without } from './bit-set.js';
import { bitsOf } from './postings.js';
import type { PriceWish } from './price-wish.js';
import { readQuery } from './read-query.js';
import { excluded, type Scored, scoreText } from './score-text.js';
import type { Snapshot } from './snapshot.js';
import { firstRank, pricedBetween, type SortBy } from './sort.js';

/** What to look for; every value is in its normal form. */
export interface CatalogueFilters {
  category?: string;
  /** Any of them. */
  metals?: string[];
  /** None of them. */
  withoutMetals?: string[];
  stone?: string;
  /** Any of them. */
  tags?: string[];
  readyToShip?: boolean;
  featured?: boolean;
  text?: string;
  /** In the shop's currency. */
  price: PriceWish;
  /** Left out: by relevance for a text, else `featured`. */
  sortBy?: SortBy;
}

/** What a piece can be asked to have, named as in a request. */
export type Criterion = 'category' | 'metal' | 'stone' | 'tags' | 'readyToShip' | 'featured' | 'price' | 'q';

/** For each wish of a request, the pieces that fulfil it. */
export type Criteria = ReadonlyMap<Criterion, BitSet>;

export function readCriteria(
  snapshot: Snapshot,
  filters: CatalogueFilters,
): { wishes: Criteria; scored?: Scored } {
  const { postings, pieces } = snapshot;
  const count = pieces.length;
  const wishes = new Map<Criterion, BitSet>();
  const { category, metals, withoutMetals, stone, tags } = filters;
  if (category !== undefined) wishes.set('category', bitsOf(postings.category, [category], count));
  if (metals ?? withoutMetals) {
    const having = metals ? bitsOf(postings.metal, metals, count) : allBits(count);
    wishes.set(
      'metal',
      without(intersection([having], count), withoutMetals && bitsOf(postings.metal, withoutMetals, count)),
    );
  }
  if (stone !== undefined) wishes.set('stone', bitsOf(postings.stone, [stone], count));
  if (tags) wishes.set('tags', bitsOf(postings.tag, tags, count));
  if (filters.readyToShip) wishes.set('readyToShip', snapshot.readyToShip);
  if (filters.featured) wishes.set('featured', snapshot.featured);
  if (isPriced(filters.price)) wishes.set('price', affordable(snapshot, filters.price));
  if (filters.text === undefined) return { wishes };
  const query = readQuery(filters.text, snapshot);
  const scored = scoreText(query, snapshot);
  const all = [scored.bits, ...(isPriced(query.price) ? [affordable(snapshot, query.price)] : [])];
  wishes.set('q', without(intersection(all, count), excluded(query, snapshot)));
  return { wishes, scored };
}

/** The pieces that fulfil every wish but those let go. */
export const fulfilling = (wishes: Criteria, pieces: number, letGo: readonly Criterion[] = []): BitSet =>
  intersection(
    [...wishes].filter(([wish]) => !letGo.includes(wish)).map(([, bits]) => bits),
    pieces,
  );

const isPriced = (wish: PriceWish): boolean => Object.values(wish).some((bound) => bound !== undefined);

/** The pieces in a range of prices, and those whose price cannot be compared with it: no number says that they are too dear. */
function affordable(snapshot: Snapshot, wish: PriceWish): BitSet {
  const bits = priced(snapshot, wish);
  addAll(bits, snapshot.otherwisePriced);
  return bits;
}

/** The pieces whose price, in the shop's currency, is in the range; a new set. */
export function priced({ pieces, orders, prices }: Snapshot, { min, max, below, above }: PriceWish): BitSet {
  const order = orders['price-asc'];
  // behind the dearest stand those that are priced in another currency
  const from = (holds: (price: number) => boolean): number =>
    firstRank(order.positions, (position) => holds(pieces[position]?.price ?? Number.MAX_VALUE));
  const end = firstRank(order.positions, (position) => pieces[position]?.price === undefined);
  const first = Math.max(
    min === undefined ? 0 : from((price) => price >= min),
    above === undefined ? 0 : from((price) => price > above),
  );
  const behindMax = max === undefined ? end : from((price) => price > max);
  const behindBelow = below === undefined ? end : from((price) => price >= below);
  return pricedBetween(order, prices, first, Math.min(end, behindMax, behindBelow));
}

/**
 * Which wishes to let go so that there is something: as few as possible, and among as few those that customers give up most
 * easily, which come first here. The kind of piece is given up last: who asks for a ring is shown no necklace while there are rings.
 */
const EASILY_GIVEN_UP: readonly Criterion[] = [
  'featured',
  'tags',
  'metal',
  'price',
  'readyToShip',
  'stone',
  'q',
];

export function chooseWhatToLetGo(wishes: Criteria, pieces: number): Criterion[] {
  const candidates = EASILY_GIVEN_UP.filter((wish) => wishes.has(wish));
  for (const withCategory of [false, true])
    for (let size = withCategory ? 0 : 1; size <= candidates.length; size++)
      for (const some of subsets(candidates, size)) {
        const letGo: Criterion[] = withCategory ? [...some, 'category'] : some;
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
