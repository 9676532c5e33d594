import { type BitSet, countBits, countCommon } from './bit-set.js';
import { type CatalogueFilters, type Criterion, fulfilling, priced, readCriteria } from './filters.js';
import { countAmong, type Postings } from './postings.js';
import type { Snapshot } from './snapshot.js';

interface FacetValue {
  value: string;
  label: string;
  count: number;
}

interface PriceBucket {
  /** Inclusive. */
  from: number;
  /** Exclusive; the last one has none. */
  to?: number;
  count: number;
}

interface Facets {
  total: number;
  categories: FacetValue[];
  metals: FacetValue[];
  gemstones: FacetValue[];
  tags: FacetValue[];
  prices: PriceBucket[];
  readyToShip: { yes: number; no: number };
}

const MAX_VALUES = 50;
const PRICE_EDGES = [100, 250, 500, 1000, 2500, 5000, 10_000, 25_000, 50_000];

/**
 * What there is to choose from. Each facet is counted with every filter but its own, so that it says what there would be if
 * another value were chosen; `total` is counted with all of them.
 */
export function countFacets(snapshot: Snapshot, filters: CatalogueFilters): Facets {
  const { postings, pieces, labels } = snapshot;
  const { wishes } = readCriteria(snapshot, filters);
  const all = fulfilling(wishes, pieces.length);
  const without = (wish: Criterion): BitSet =>
    wishes.has(wish) ? fulfilling(wishes, pieces.length, [wish]) : all;
  const anyReadiness = without('readyToShip');
  const ready = countCommon(anyReadiness, snapshot.readyToShip);
  return {
    total: countBits(all),
    categories: countValues(postings.category, labels.category, without('category')),
    metals: countValues(postings.metal, labels.metal, without('metal')),
    gemstones: countValues(postings.stone, labels.stone, without('stone')),
    tags: countValues(postings.tag, labels.tag, without('tags')),
    prices: countPrices(snapshot, without('price')),
    readyToShip: { yes: ready, no: countBits(anyReadiness) - ready },
  };
}

// The most frequent first; those of one count by name.
function countValues(postings: Postings, labels: ReadonlyMap<string, string>, among: BitSet): FacetValue[] {
  const values: FacetValue[] = [];
  for (const [value, label] of labels) {
    const posting = postings.get(value);
    const count = posting ? countAmong(posting, among) : 0;
    if (count > 0) values.push({ value, label, count });
  }
  return values.sort((a, b) => b.count - a.count || (a.label < b.label ? -1 : 1)).slice(0, MAX_VALUES);
}

// The bars do not depend on the filters: a customer who narrows a search sees them shrink, not move.
function countPrices(snapshot: Snapshot, among: BitSet): PriceBucket[] {
  return [0, ...PRICE_EDGES].map((from, index) => {
    const to = PRICE_EDGES[index];
    const range = priced(snapshot, { min: from, below: to });
    return { from, to, count: countCommon(range, among) };
  });
}
