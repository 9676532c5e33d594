import SearchableMap from 'minisearch/SearchableMap';
import type { Piece, PieceWords } from './piece.js';
import type { Slices } from './slices.js';
import type { Word } from './words.js';

/** How much a word says of a piece, by where it stands; the strongest place counts. */
const WEIGHTS: [keyof PieceWords, number][] = [
  ['title', 10],
  ['category', 10],
  ['tags', 5],
  ['description', 1],
];

/**
 * Which pieces have which word. The stems are numbered; the pieces of stem `n`, in rising order, stand in `positions` from
 * `starts[n]` to before `starts[n + 1]`, and beside them in `weights` what the word says of each.
 */
export interface TextIndex {
  stems: ReadonlyMap<string, number>;
  /** Every word in full → its stem, to find those that begin alike or are spelt nearly so. */
  vocabulary: SearchableMap<number>;
  starts: Uint32Array;
  positions: Uint32Array;
  weights: Uint8Array;
}

export async function indexText(pieces: readonly Piece[], slices: Slices): Promise<TextIndex> {
  const numbers = new Map<Word, number>();
  const stems = new Map<string, number>();
  const vocabulary = new SearchableMap<number>();
  const number = (word: Word): number => {
    const before = numbers.get(word);
    if (before !== undefined) return before;
    const own = stems.get(word.stem) ?? stems.size;
    stems.set(word.stem, own);
    numbers.set(word, own);
    vocabulary.set(word.text, own);
    return own;
  };

  // counted first, so that every list has its place in one array
  const counts: number[] = [];
  let total = 0;
  for (const piece of pieces) {
    for (const stem of stemsOf(piece, number).keys()) {
      counts[stem] = (counts[stem] ?? 0) + 1;
      total++;
    }
    if (slices.areOver()) await slices.pause();
  }
  const starts = new Uint32Array(stems.size + 1);
  for (let stem = 0; stem < stems.size; stem++) starts[stem + 1] = (starts[stem] ?? 0) + (counts[stem] ?? 0);

  const positions = new Uint32Array(total);
  const weights = new Uint8Array(total);
  const next = starts.slice();
  for (const [at, piece] of pieces.entries()) {
    for (const [stem, weight] of stemsOf(piece, number)) {
      const place = next[stem] ?? 0;
      positions[place] = at;
      weights[place] = weight;
      next[stem] = place + 1;
    }
    if (slices.areOver()) await slices.pause();
  }
  return { stems, vocabulary, starts, positions, weights };
}

const seen = new Map<number, number>();

// One map for all pieces: it is read before the next one is asked for.
function stemsOf({ words }: Piece, number: (word: Word) => number): ReadonlyMap<number, number> {
  seen.clear();
  for (const [field, weight] of WEIGHTS)
    for (const word of words[field]) {
      const stem = number(word);
      if (!seen.has(stem)) seen.set(stem, weight);
    }
  return seen;
}

/** How many pieces have the stem. */
export const countOf = ({ starts }: TextIndex, stem: number): number =>
  (starts[stem + 1] ?? 0) - (starts[stem] ?? 0);
