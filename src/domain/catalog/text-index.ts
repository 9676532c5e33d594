import SearchableMap from 'minisearch/SearchableMap';
import type { Slices } from '../../lib/time-slices.js';
import type { Piece, PieceWords, Word } from './piece.js';

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

  // piece by piece first, and counted; then every list has its place in one array
  const read = await readPieces();
  const starts = new Uint32Array(stems.size + 1);
  for (let stem = 0; stem < stems.size; stem++)
    starts[stem + 1] = (starts[stem] ?? 0) + (read.counts[stem] ?? 0);
  const positions = new Uint32Array(starts[stems.size] ?? 0);
  const weights = new Uint8Array(positions.length);
  const next = starts.slice();
  let from = 0;
  for (let at = 0; at < pieces.length; at++) {
    const end = read.ends[at] ?? 0;
    for (; from < end; from++) {
      const stem = read.stems[from] ?? 0;
      const place = next[stem] ?? 0;
      positions[place] = at;
      weights[place] = read.weights[from] ?? 0;
      next[stem] = place + 1;
    }
    if (slices.areOver()) await slices.pause();
  }
  return { stems, vocabulary, starts, positions, weights };

  async function readPieces() {
    const most = pieces.reduce((sum, { words }) => sum + wordCount(words), 0);
    const found = {
      stems: new Uint32Array(most),
      weights: new Uint8Array(most),
      ends: new Uint32Array(pieces.length),
    };
    const counts: number[] = [];
    /** The piece in which a stem was last seen, counted from 1. */
    const seenIn: number[] = [];
    let length = 0;
    for (let at = 0; at < pieces.length; at++) {
      for (const [field, weight] of WEIGHTS)
        for (const word of pieces[at]?.words[field] ?? []) {
          const stem = number(word);
          if (seenIn[stem] === at + 1) continue;
          seenIn[stem] = at + 1;
          counts[stem] = (counts[stem] ?? 0) + 1;
          found.stems[length] = stem;
          found.weights[length] = weight;
          length++;
        }
      found.ends[at] = length;
      if (slices.areOver()) await slices.pause();
    }
    return { ...found, counts };
  }
}

const wordCount = ({ title, category, tags, description }: PieceWords): number =>
  title.length + category.length + tags.length + description.length;

/** How many pieces have the stem. */
export const countOf = ({ starts }: TextIndex, stem: number): number =>
  (starts[stem + 1] ?? 0) - (starts[stem] ?? 0);
