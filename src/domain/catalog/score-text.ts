import { addAll, addBit, allBits, type BitSet, hasBit, noBits, positionsOf } from './bit-set.js';
import { categoryKey, stoneForm, tagForm } from './normal-forms.js';
import { bitsOf } from './postings.js';
import type { Query, Wanted } from './read-query.js';
import type { Snapshot } from './snapshot.js';
import { countOf, type TextIndex } from './text-index.js';

/** Scores are whole numbers up to this, so that they can be counted instead of sorted. */
export const HIGHEST_SCORE = 4095;
const SCALE = 4;

export interface Scored {
  bits: BitSet;
  /** Position → relevance, for those in `bits`. */
  scores: Uint16Array;
}

/** The pieces that have everything that a text wants, with their relevance. */
export function scoreText(query: Query, { text: index, pieces: { length: pieces } }: Snapshot): Scored {
  // the rarest first: the others then look only at what is left
  const wanted = query.wanted.toSorted((a, b) => reach(a, index) - reach(b, index));
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
  const asksElse = query.unwanted.length > 0 || Object.keys(query.price).length > 0;
  return { bits: bits ?? (asksElse ? allBits(pieces) : noBits(pieces)), scores };

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

/** A word that stands here says what a piece is; one in its description may say what it goes well with. */
const SAYS_WHAT_IT_IS = 5;
/** Who wants no gold wants none on the surface. */
const FINISHES = ['', '_plated', '_filled', '_vermeil', '_tone'];

/** The pieces that have something unwanted: as a metal, stone, tag or category, or as a word of their title. */
export function excluded(
  { unwanted }: Query,
  { text, postings, pieces: { length: pieces } }: Snapshot,
): BitSet | undefined {
  if (unwanted.length === 0) return undefined;
  const bits = noBits(pieces);
  for (const { word, stems, metals } of unwanted) {
    const forms = [...metals, ...(word ? [word] : [])].flatMap((form) =>
      FINISHES.map((finish) => form + finish),
    );
    addAll(bits, bitsOf(postings.metal, forms.includes('gold') ? [...forms, 'vermeil'] : forms, pieces));
    if (word) {
      addAll(bits, bitsOf(postings.category, [categoryKey(word)], pieces));
      addAll(bits, bitsOf(postings.stone, [stoneForm(word)], pieces));
      addAll(bits, bitsOf(postings.tag, [tagForm(word)], pieces));
    }
    for (const stem of stems)
      for (let place = text.starts[stem] ?? 0; place < (text.starts[stem + 1] ?? 0); place++)
        if ((text.weights[place] ?? 0) >= SAYS_WHAT_IT_IS) addBit(bits, text.positions[place] ?? 0);
  }
  return bits;
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
