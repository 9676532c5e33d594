import { memoize } from '../../lib/memoize.js';
import { type BitSet, countBits, hasBit, positionsOf } from './bit-set.js';
import {
  type Asked,
  type CatalogueFilters,
  type Criterion,
  chooseWhatToLetGo,
  fulfilling,
  readCriteria,
  scoreWithout,
  splitCriteria,
} from './filters.js';
import type { Piece, ProductCard } from './piece.js';
import { metalForms } from './read-metals.js';
import { HIGHEST_SCORE, type Scored } from './score-text.js';
import type { Snapshot } from './snapshot.js';
import { type PieceOrder, rankAfter, type SortKey } from './sort.js';

export interface Page {
  limit: number;
  offset?: number;
  /** Behind what stood there, whatever the snapshot is now. */
  after?: ResultPosition;
  /** When there is nothing, the closest pieces. */
  relax?: boolean;
}

/** Where a piece stood. */
export type ResultPosition = SortKey & { score?: number };

interface Found {
  pieces: Piece[];
  /** The cards of the pieces, each in the metal that was asked for. */
  cards: ProductCard[];
  /** How many there are on all pages. */
  total: number;
  /** The last one of this page, when others follow. */
  last?: ResultPosition;
  /** What had to be let go for there to be anything, or is only spoken of by the pieces. */
  relaxed: Criterion[];
}

/** A pure function of snapshot and filters. */
export function searchProducts(snapshot: Snapshot, filters: CatalogueFilters & Page): Found {
  const { pieces, orders } = snapshot;
  const asked = readCriteria(snapshot, filters);
  let { scored } = asked;
  let bits = fulfilling(asked.wishes, pieces.length);
  let total = countBits(bits);
  let letGo: Criterion[] = [];
  if (total === 0 && filters.relax && !filters.after && asked.wishes.size > 0) {
    const wishes = splitCriteria(asked, snapshot);
    letGo = chooseWhatToLetGo(wishes, pieces.length);
    bits = fulfilling(wishes, pieces.length, letGo);
    total = countBits(bits);
    scored = scoreWithout(asked, letGo, snapshot);
  }
  const { limit, offset = 0, after } = filters;
  const sortBy = filters.sortBy ?? 'featured';
  const start = after ? rankAfter(pieces, orders[sortBy], sortBy, after) : 0;
  const byScore = filters.sortBy ? undefined : scored;
  // one more than the page holds, to see whether another follows
  const hits = byScore
    ? bestHits(bits, byScore, offset + limit + 1, start, after?.score)
    : firstHits(bits, orders[sortBy], offset + limit + 1, start, total);
  const shown = hits.slice(offset, offset + limit);
  const found = shown.flatMap((at) => pieces[at] ?? []);
  const end = found.at(-1);
  const score = byScore?.scores[shown.at(-1) ?? 0];
  return {
    pieces: found,
    cards: found.map((piece) => cardIn(piece, metalsWanted(filters, asked))),
    total,
    relaxed: [...asked.mentioned, ...letGo],
    // what is closest is one page
    last: hits.length > offset + limit && end && letGo.length === 0 ? placeOf(end, score) : undefined,
  };
}

const metalsWanted = ({ metals = [] }: CatalogueFilters, { query }: Asked): readonly string[] => {
  const named = query?.wishes.flatMap(({ naming }) => (naming?.kind === 'metal' ? naming.forms : [])) ?? [];
  return [...metals, ...named];
};

const formsOf = memoize(metalForms);

/** Who asks for yellow gold is shown yellow gold, where a piece can be had in it. */
function cardIn({ card, pictures }: Piece, metals: readonly string[]): ProductCard {
  const isWanted = (metal: string) => formsOf(metal).some((form) => metals.includes(form));
  if (metals.length === 0 || !card.metal || isWanted(card.metal)) return card;
  const metal = card.metals?.find(isWanted);
  if (!metal) return card;
  const image = pictures.get(metal) ?? card.image;
  return { ...card, metal, image, imageUrl: image };
}

const placeOf = (
  { featured, bestseller, createdAt, price, key }: Piece,
  score: number | undefined,
): ResultPosition => ({ featured, bestseller, createdAt, price, key, score });

/** A step along an order costs about as much as this part of one hit's share in a sort. */
const STEPS_PER_HIT = 16;

// Where many of all pieces are hits, the page is soon full along the order; where few are, those are sorted.
function firstHits(
  bits: BitSet,
  { positions, ranks }: PieceOrder,
  count: number,
  start: number,
  total: number,
): number[] {
  const hits: number[] = [];
  const budget = Math.max(1000, total * STEPS_PER_HIT);
  for (let rank = start; rank < positions.length && hits.length < count; rank++) {
    if (rank - start > budget) return sortedHits(bits, ranks, positions, start).slice(0, count);
    const at = positions[rank] ?? 0;
    if (hasBit(bits, at)) hits.push(at);
  }
  return hits;
}

function sortedHits(bits: BitSet, ranks: Uint32Array, positions: Uint32Array, start: number): number[] {
  const found = positionsOf(bits)
    .map((at) => ranks[at] ?? 0)
    .sort();
  const first = found.findIndex((rank) => rank >= start);
  return first < 0 ? [] : Array.from(found.subarray(first), (rank) => positions[rank] ?? 0);
}

// The best first; those equally good as featured, which is the order of positions. Counted, not sorted: there may be 50,000.
function bestHits(
  bits: BitSet,
  { scores }: Scored,
  count: number,
  start: number,
  below = HIGHEST_SCORE + 1,
): number[] {
  const positions = positionsOf(bits);
  const counts = new Uint32Array(HIGHEST_SCORE + 1);
  const isBehind = (at: number, score: number) => score < below || (score === below && at >= start);
  for (const at of positions) {
    const score = scores[at] ?? 0;
    if (isBehind(at, score)) counts[score] = (counts[score] ?? 0) + 1;
  }
  let least = HIGHEST_SCORE;
  for (let enough = counts[least] ?? 0; enough < count && least > 0; enough += counts[least] ?? 0) least--;
  const byScore = new Map<number, number[]>();
  for (const at of positions) {
    const score = scores[at] ?? 0;
    if (score < least || !isBehind(at, score)) continue;
    const list = byScore.get(score);
    if (!list) byScore.set(score, [at]);
    else if (list.length < count) list.push(at);
  }
  return [...byScore.entries()]
    .sort(([a], [b]) => b - a)
    .flatMap(([, list]) => list)
    .slice(0, count);
}

export type { CatalogueFilters };
