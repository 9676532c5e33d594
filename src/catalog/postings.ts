import { addAll, addBit, type Bits, countCommon, hasBit, noBits } from './bits.js';
import type { Slices } from './slices.js';

/** The positions of the pieces that have something in common, as whichever of the two is smaller. */
export type Posting = { count: number } & ({ bits: Bits } | { list: Uint32Array });

export type Postings = ReadonlyMap<string, Posting>;

/** Collects positions by key, in rising order. */
export function createPostings() {
  const lists = new Map<string, number[]>();
  return {
    add(key: string, at: number): void {
      const list = lists.get(key);
      if (!list) lists.set(key, [at]);
      else if (list.at(-1) !== at) list.push(at);
    },
    async finish(pieces: number, slices: Slices): Promise<Postings> {
      const postings = new Map<string, Posting>();
      for (const [key, list] of lists) {
        postings.set(key, toPosting(list, pieces));
        if (slices.areOver()) await slices.pause();
      }
      return postings;
    },
  };
}

function toPosting(list: number[], pieces: number): Posting {
  if (list.length * 32 < pieces) return { count: list.length, list: Uint32Array.from(list) };
  const bits = noBits(pieces);
  for (const at of list) addBit(bits, at);
  return { count: list.length, bits };
}

/** Those that have any of the keys. Not to be changed: it may be the posting itself. */
export function bitsOf(postings: Postings, keys: readonly string[], pieces: number): Bits {
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
export function countAmong(posting: Posting, bits: Bits): number {
  if ('bits' in posting) return countCommon(posting.bits, bits);
  let count = 0;
  for (const at of posting.list) if (hasBit(bits, at)) count++;
  return count;
}
