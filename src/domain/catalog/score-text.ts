import { addBit, type BitSet, hasBit, noBits, positionsOf } from './bit-set.js';
import { readQuery, type Wanted } from './read-query.js';
import type { Synonyms } from './synonyms.js';
import { countOf, type TextIndex } from './text-index.js';

/** Scores are whole numbers up to this, so that they can be counted instead of sorted. */
export const HIGHEST_SCORE = 4095;
const SCALE = 4;

export interface Scored {
  bits: BitSet;
  /** Position → relevance, for those in `bits`. */
  scores: Uint16Array;
}

/** The pieces that have everything that a text asks for, with their relevance. */
export function scoreText(index: TextIndex, synonyms: Synonyms, text: string, pieces: number): Scored {
  const wanted = readQuery(text, index, synonyms);
  // the rarest first: the others then look only at what is left
  wanted.sort((a, b) => reach(a, index) - reach(b, index));
  const scores = new Uint16Array(pieces);
  const best = new Uint16Array(pieces);
  let bits: BitSet | undefined;
  for (const one of wanted) {
    const found = noBits(pieces);
    for (const { stems, weight } of one) mark(stems, weight, bits, found, best);
    for (const at of positionsOf(found)) {
      scores[at] = Math.min(HIGHEST_SCORE, (scores[at] ?? 0) + (best[at] ?? 0));
      best[at] = 0;
    }
    bits = found;
  }
  return { bits: bits ?? noBits(pieces), scores };

  function mark(
    stems: number[],
    weight: number,
    among: BitSet | undefined,
    found: BitSet,
    into: Uint16Array,
  ): void {
    const [rarest, ...others] = stems.toSorted((a, b) => countOf(index, a) - countOf(index, b));
    if (rarest === undefined) return;
    const factor = weight * rarity(countOf(index, rarest), pieces) * SCALE;
    const end = index.starts[rarest + 1] ?? 0;
    for (let place = index.starts[rarest] ?? 0; place < end; place++) {
      const at = index.positions[place] ?? 0;
      if (among && !hasBit(among, at)) continue;
      if (others.length > 0 && !others.every((other) => isThere(index, other, at))) continue;
      const score = Math.ceil((index.weights[place] ?? 0) * factor);
      if (score > (into[at] ?? 0)) into[at] = score;
      addBit(found, at);
    }
  }
}

const reach = (wanted: Wanted, index: TextIndex): number =>
  wanted.reduce((sum, { stems }) => sum + Math.min(...stems.map((stem) => countOf(index, stem))), 0);

/** In whole steps, so that a piece more or less does not change the scores of others, on which cursors rely. */
const rarity = (count: number, pieces: number): number =>
  1 + Math.floor(Math.log2((pieces + 1) / Math.max(1, count)));

function isThere({ starts, positions }: TextIndex, stem: number, at: number): boolean {
  let low = starts[stem] ?? 0;
  let high = starts[stem + 1] ?? 0;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const here = positions[middle] ?? 0;
    if (here === at) return true;
    if (here < at) low = middle + 1;
    else high = middle;
  }
  return false;
}
