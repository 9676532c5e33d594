import { addAll, allBits, type BitSet, countBits, countCommon, intersection, without } from './bit-set.js';
import { bitsOf } from './postings.js';
import type { PriceWish } from './price-wish.js';
import { type Query, readQuery } from './read-query.js';
import { excluded, type Scored, scoreText } from './score-text.js';
import type { Kind, Snapshot } from './snapshot.js';
import { firstRank, pricedBetween, type SortBy } from './sort.js';

/** What to look for; every value is in its normal form. */
export interface CatalogueFilters {
  /** Any of them. */
  category?: string | readonly string[];
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

/** What a request asks for. */
export interface Asked {
  wishes: Criteria;
  query?: Query;
  scored?: Scored;
  /** What the text names that the pieces have only in their words, for there are none that have it as theirs. */
  mentioned: Criterion[];
}

export function readCriteria(snapshot: Snapshot, filters: CatalogueFilters): Asked {
  const { postings, pieces } = snapshot;
  const count = pieces.length;
  const wishes = new Map<Criterion, BitSet>();
  const { category, metals, withoutMetals, stone, tags } = filters;
  if (category !== undefined) wishes.set('category', bitsOf(postings.category, [category].flat(), count));
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
  if (filters.text === undefined) return { wishes, mentioned: [] };
  const query = readQuery(filters.text, snapshot);
  // `category: 'ring'` beside `a ring for my necklace`: the field says which of them is looked for
  if (category !== undefined)
    for (const wish of query.wishes) if (wish.naming?.kind === 'category') wish.naming = undefined;
  const read = (isMentioned: boolean): Asked => {
    const scored = scoreText(query, snapshot, isMentioned);
    const all = [scored.bits, ...(isPriced(query.price) ? [affordable(snapshot, query.price)] : [])];
    wishes.set('q', without(intersection(all, count), excluded(query, snapshot)));
    return { wishes, query, scored, mentioned: [] };
  };
  const asked = read(false);
  const kinds = KINDS.filter((kind) => query.wishes.some(({ naming }) => naming?.kind === kind));
  if (kinds.length === 0 || countBits(fulfilling(wishes, count)) > 0) return asked;
  const spoken = read(true);
  const found = fulfilling(wishes, count);
  if (countBits(found) === 0) return spoken;
  const isMissing = (kind: Kind) =>
    countCommon(found, named(query, [kind], snapshot).bits) < countBits(found);
  return { ...spoken, mentioned: kinds.filter(isMissing) };
}

const KINDS: readonly Kind[] = ['category', 'metal', 'stone'];

/** What a text names of these kinds; with `undefined` among them also what it wants besides. */
const named = ({ wishes }: Query, kinds: readonly (Kind | undefined)[], snapshot: Snapshot): Scored =>
  scoreText(
    {
      wishes: wishes.filter(({ naming }) => kinds.includes(naming?.kind)),
      unwanted: [],
      price: {},
    },
    snapshot,
  );

/** The wishes of a request with those of its text beside the fields that ask for the same, so that each can be let go. */
export function splitCriteria({ wishes, query }: Asked, snapshot: Snapshot): Criteria {
  // nothing that could be let go by itself
  if (!query || (query.wishes.length === 0 && query.unwanted.length === 0)) return wishes;
  const count = snapshot.pieces.length;
  const split = new Map(wishes);
  split.delete('q');
  const add = (wish: Criterion, bits: BitSet) =>
    split.set(wish, intersection([bits, split.get(wish) ?? bits], count));
  for (const kind of KINDS)
    if (query.wishes.some(({ naming }) => naming?.kind === kind))
      add(kind, named(query, [kind], snapshot).bits);
  if (isPriced(query.price)) add('price', affordable(snapshot, query.price));
  const besides = named(query, [undefined], snapshot);
  const hasMore = query.wishes.some(({ naming }) => !naming);
  if (hasMore || query.unwanted.length > 0)
    add('q', without(hasMore ? besides.bits : allBits(count), excluded(query, snapshot)));
  return split;
}

/** The relevance of pieces for what of a text has not been let go. */
export const scoreWithout = (
  { query }: Asked,
  letGo: readonly Criterion[],
  snapshot: Snapshot,
): Scored | undefined => {
  const kept = [...KINDS, ...(letGo.includes('q') ? [] : [undefined])].filter(
    (kind) => !kind || !letGo.includes(kind),
  );
  return query?.wishes.some(({ naming }) => kept.includes(naming?.kind))
    ? named(query, kept, snapshot)
    : undefined;
};

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
