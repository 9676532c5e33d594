import type { Piece } from './piece.js';
import type { Snapshot, SortBy } from './snapshot.js';

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
  limit: number;
  offset: number;
}

export interface Found {
  pieces: Piece[];
  /** How many there are without `limit` and `offset`. */
  total: number;
}

/** A pure function of snapshot and filters. */
export function searchCatalogue(snapshot: Snapshot, filters: CatalogueFilters): Found {
  const scores = filters.text ? scoreText(snapshot, filters.text) : undefined;
  const { pieces } = snapshot;
  const hits: number[] = [];
  for (const at of scores?.keys() ?? candidates(snapshot, filters)) {
    const piece = pieces[at];
    if (piece && matches(piece, filters)) hits.push(at);
  }
  const ranks = snapshot.ranks[filters.sortBy ?? 'featured'];
  const byRank = (a: number, b: number) => (ranks[a] ?? 0) - (ranks[b] ?? 0);
  const byScore = (a: number, b: number) => (scores?.get(b) ?? 0) - (scores?.get(a) ?? 0) || byRank(a, b);
  hits.sort(scores && !filters.sortBy ? byScore : byRank);
  const page = hits.slice(filters.offset, filters.offset + filters.limit);
  return { pieces: page.flatMap((at) => pieces[at] ?? []), total: hits.length };
}

// The shortest list that holds every hit, so that a search does not read the whole catalogue.
function candidates({ postings, pieces }: Snapshot, filters: CatalogueFilters): Iterable<number> {
  const union = (map: ReadonlyMap<string, number[]>, keys: string[]) =>
    new Set(keys.flatMap((key) => map.get(key) ?? []));
  const lists: { size: number; list: Iterable<number> }[] = [];
  const add = (map: ReadonlyMap<string, number[]>, keys: string[] | undefined) => {
    if (!keys) return;
    const set = union(map, keys);
    lists.push({ size: set.size, list: set });
  };
  add(postings.category, filters.category === undefined ? undefined : [filters.category]);
  add(postings.metal, filters.metals);
  add(postings.tag, filters.tags);
  add(postings.stone, filters.stone === undefined ? undefined : [filters.stone]);
  lists.sort((a, b) => a.size - b.size);
  return lists[0]?.list ?? pieces.keys();
}

function matches(
  piece: Piece,
  { category, metals, stone, tags, readyToShip, featured, price }: CatalogueFilters,
): boolean {
  return (
    (category === undefined || piece.category === category) &&
    (metals === undefined || metals.some((metal) => piece.metals.has(metal))) &&
    (stone === undefined || piece.stones.has(stone)) &&
    (tags === undefined || tags.some((tag) => piece.tags.has(tag))) &&
    (!readyToShip || piece.readyToShip) &&
    (!featured || piece.featured) &&
    (price.min === undefined || piece.price >= price.min) &&
    (price.max === undefined || piece.price <= price.max) &&
    (price.below === undefined || piece.price < price.below)
  );
}

// Position → relevance. Every word has to be there; a longer word may be unfinished or misspelt.
function scoreText({ text }: Snapshot, query: string): Map<number, number> {
  const results = text.search(query, {
    combineWith: 'AND',
    prefix: (term) => term.length > 2,
    fuzzy: (term) => (term.length > 4 ? 0.2 : false),
    boost: { title: 3, category: 2, tags: 2 },
  });
  return new Map(results.map(({ id, score }) => [Number(id), score]));
}
