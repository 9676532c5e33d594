/** A set of positions in the catalogue, one bit each: 12 KB for 100,000 pieces, and two are compared in some microseconds. */
export type BitSet = Uint32Array;

export const noBits = (count: number): BitSet => new Uint32Array(Math.ceil(count / 32));

export function allBits(count: number): BitSet {
  const bits = noBits(count).fill(0xffffffff);
  const rest = count % 32;
  if (rest > 0) bits[bits.length - 1] = 2 ** rest - 1;
  return bits;
}

export function addBit(bits: BitSet, at: number): void {
  bits[at >>> 5] = (bits[at >>> 5] ?? 0) | (1 << (at & 31));
}

export const hasBit = (bits: BitSet, at: number): boolean =>
  (((bits[at >>> 5] ?? 0) >>> (at & 31)) & 1) === 1;

/** Those in all of them; a new set. */
export function intersection(sets: readonly BitSet[], count: number): BitSet {
  const [first, ...others] = sets;
  const bits = first?.slice() ?? allBits(count);
  for (const other of others)
    for (let w = 0; w < bits.length; w++) bits[w] = (bits[w] ?? 0) & (other[w] ?? 0);
  return bits;
}

export function addAll(bits: BitSet, other: BitSet): void {
  for (let w = 0; w < bits.length; w++) bits[w] = (bits[w] ?? 0) | (other[w] ?? 0);
}

/** Those that are not among others; changes the first. */
export function without(bits: BitSet, others: BitSet | undefined): BitSet {
  if (others) for (let w = 0; w < bits.length; w++) bits[w] = (bits[w] ?? 0) & ~(others[w] ?? 0);
  return bits;
}

export function countBits(bits: BitSet): number {
  let count = 0;
  for (let w = 0; w < bits.length; w++) count += countWord(bits[w] ?? 0);
  return count;
}

/** How many are in both. */
export function countCommon(a: BitSet, b: BitSet): number {
  let count = 0;
  for (let w = 0; w < a.length; w++) count += countWord((a[w] ?? 0) & (b[w] ?? 0));
  return count;
}

function countWord(word: number): number {
  const pairs = word - ((word >>> 1) & 0x55555555);
  const fours = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

/** The positions, from the lowest. */
export function positionsOf(bits: BitSet): Uint32Array {
  const positions = new Uint32Array(countBits(bits));
  let next = 0;
  for (let w = 0; w < bits.length; w++)
    for (let word = bits[w] ?? 0; word !== 0; word &= word - 1)
      positions[next++] = (w << 5) + lowestBit(word);
  return positions;
}

const lowestBit = (word: number): number => 31 - Math.clz32(word & -word);
