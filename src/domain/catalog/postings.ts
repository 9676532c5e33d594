import type { Slices } from '../../lib/time-slices.js';
import { addAll, addBit, type BitSet, countCommon, hasBit, noBits } from './bit-set.js';

/** The positions of the pieces that have something in common, as whichever of the two is smaller. */
export type Posting = { count: number } & ({ bits: BitSet } | { list: Uint32Array });

export type Postings = ReadonlyMap<string, Posting>;

const FIRST = 8;

/** Collects positions by key, in rising order. */
export function createPostings() {
  const lists = new Map<string, { positions: Uint32Array; count: number }>();
  return {
    add(key: string, at: number): void {
      const list = lists.get(key) ?? { positions: new Uint32Array(FIRST), count: 0 };
      if (list.count === 0) lists.set(key, list);
      if (list.count > 0 && list.positions[list.count - 1] === at) return;
      if (list.count === list.positions.length) list.positions = grown(list.positions);
      list.positions[list.count++] = at;
    },
    async finish(pieces: number, slices: Slices): Promise<Postings> {
      const postings = new Map<string, Posting>();
      for (const [key, list] of lists) {
        postings.set(key, toPosting(list.positions.slice(0, list.count), pieces));
        if (slices.areOver()) await slices.pause();
      }
      return postings;
    },
  };
}

// Numbers outside of the heap: lists that grow in it are copied by the garbage collector, while requests wait.
function grown(positions: Uint32Array): Uint32Array {
  const larger = new Uint32Array(positions.length * 2);
  larger.set(positions);
  return larger;
}

function toPosting(list: Uint32Array, pieces: number): Posting {
  if (list.length * 32 < pieces) return { count: list.length, list };
  const bits = noBits(pieces);
  for (const at of list) addBit(bits, at);
  return { count: list.length, bits };
}

/** Those that have any of the keys. Not to be changed: it may be the posting itself. */
export function bitsOf(postings: Postings, keys: readonly string[], pieces: number): BitSet {
  const found = keys.flatMap((key) => postings.get(key) ?? []);
  const [only] = found;
  if (found.length === 1 && only && 'bits' in only) return only.bits;
  const bits = noBits(pieces);
  for (const posting of found) {
    if ('bits' in posting) addAll(bits, posting.bits);
    else for (const at of posting.list) addBit(bits, at);
  }
  return bits;
}

/** How many of the posting are among `bits`. */
export function countAmong(posting: Posting, bits: BitSet): number {
  if ('bits' in posting) return countCommon(posting.bits, bits);
  let count = 0;
  for (const at of posting.list) if (hasBit(bits, at)) count++;
  return count;
}
