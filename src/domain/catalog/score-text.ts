import {
  addAll,
  addBit,
  allBits,
  type BitSet,
  hasBit,
  intersection,
  noBits,
  positionsOf,
} from './bit-set.js';
import { categoryKey, stoneForm, tagForm } from './normal-forms.js';
import { isPieceName } from './other-languages.js';
import { bitsOf } from './postings.js';
import type { Naming, Query, Wish } from './read-query.js';
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

/** A word that stands here says what a piece is; one in its description may say what it goes well with. */
const SAYS_WHAT_IT_IS = 5;
/** The title, where the tags of a necklace may have the ring that it goes with. */
const SAYS_WHAT_KIND = 10;

/**
 * The pieces that have everything that a text wants, with their relevance. What it names as a category, a metal or a stone has to be that of
 * the piece; with `isMentioned` it is enough that the piece speaks of that metal or stone, and that its title has that category.
 */
export function scoreText(query: Query, snapshot: Snapshot, isMentioned = false): Scored {
  const { text: index, pieces, postings } = snapshot;
  const count = pieces.length;
  // the rarest first: the others then look only at what is left
  const wishes = query.wishes.toSorted((a, b) => reach(a, index) - reach(b, index));
  const scores = new Uint16Array(count);
  const best = new Uint16Array(count);
  let bits: BitSet | undefined;
  for (const { wanted, naming } of wishes) {
    let found = noBits(count);
    const isKind = naming?.forms.some((form) => isPieceName(form) && postings.category.has(form));
    const saying = { bits: noBits(count), from: isKind ? SAYS_WHAT_KIND : SAYS_WHAT_IT_IS };
    for (const { stems, weight } of wanted) mark(stems, weight, bits, found, saying);
    if (naming) {
      const said = isMentioned && !naming.isExact ? found : saying.bits;
      found = having(naming, isMentioned ? said : believed(naming, said, snapshot), snapshot);
    }
    bits = bits ? intersection([bits, found], count) : found;
    for (const at of positionsOf(bits))
      scores[at] = Math.min(HIGHEST_SCORE, (scores[at] ?? 0) + (best[at] ?? 0));
    best.fill(0);
  }
  const asksElse = query.unwanted.length > 0 || Object.keys(query.price).length > 0;
  return { bits: bits ?? (asksElse ? allBits(count) : noBits(count)), scores };

  function mark(
    stems: number[],
    weight: number,
    among: BitSet | undefined,
    found: BitSet,
    saying: { bits: BitSet; from: number },
  ): void {
    const [rarest, ...others] = stems.toSorted((a, b) => countOf(index, a) - countOf(index, b));
    if (rarest === undefined) return;
    const factor = weight * rarity(countOf(index, rarest), count) * SCALE;
    const end = index.starts[rarest + 1] ?? 0;
    for (let place = index.starts[rarest] ?? 0; place < end; place++) {
      const at = index.positions[place] ?? 0;
      if (among && !hasBit(among, at)) continue;
      if (others.length > 0 && !others.every((other) => isThere(index, other, at))) continue;
      const said = index.weights[place] ?? 0;
      const score = Math.ceil(said * factor);
      if (score > (best[at] ?? 0)) best[at] = score;
      addBit(found, at);
      if (said >= saying.from) addBit(saying.bits, at);
    }
  }
}

/** The pieces that have what is named as theirs, and those given besides. */
function having({ kind, forms }: Naming, besides: BitSet, { postings, pieces }: Snapshot): BitSet {
  addAll(besides, bitsOf(postings[kind], forms, pieces.length));
  return besides;
}

/** Of the pieces whose words say so, those whose own fields say nothing else: a golden `Silver Moon Ring` is not of silver. */
function believed({ kind, isExact }: Naming, said: BitSet, { pieces }: Snapshot): BitSet {
  if (kind !== 'metal' && !(kind === 'category' && isExact)) return said;
  const kept = noBits(pieces.length);
  for (const at of positionsOf(said)) {
    const { category = '', metals } = pieces[at] ?? {};
    if (kind === 'metal' ? metals?.size === 0 : !isPieceName(category)) addBit(kept, at);
  }
  return kept;
}

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

const reach = ({ wanted }: Wish, index: TextIndex): number =>
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
