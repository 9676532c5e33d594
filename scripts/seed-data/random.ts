import { READABLE_LETTERS } from '../../src/lib/ids.js';

/** Numbers that look random and are the same for the same seed, and what is drawn from them. */
export function createRandom(seed: number) {
  let state = (seed + 1) * 0x9e3779b9;
  /** From 0 to below 1 (mulberry32). */
  function next(): number {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }
  const chance = (share: number): boolean => next() < share;
  const between = (low: number, high: number): number => low + (high - low) * next();
  const of = <Item>(items: readonly Item[]): Item => items[Math.floor(next() * items.length)] as Item;
  /** The place of a weight, drawn as often as the weight says. */
  function weighted(weights: readonly number[]): number {
    const drawn = next() * weights.reduce((sum, weight) => sum + weight, 0);
    let passed = 0;
    return weights.findIndex((weight) => {
      passed += weight;
      return drawn < passed;
    });
  }
  const weightedKey = <Key extends string>(weights: Record<Key, number>): Key =>
    (Object.keys(weights) as Key[])[weighted(Object.values(weights))] as Key;

  const letters = (count: number, alphabet: string): string =>
    Array.from({ length: count }, () => alphabet[Math.floor(next() * alphabet.length)]).join('');
  const hex = (count: number): string => letters(count, '0123456789abcdef');
  const uuid = (): string => `${hex(8)}-${hex(4)}-4${hex(3)}-a${hex(3)}-${hex(12)}`;
  const readableId = (prefix: string): string =>
    `${prefix}-${letters(4, READABLE_LETTERS)}-${letters(4, READABLE_LETTERS)}`;

  return { next, chance, between, of, weighted, weightedKey, uuid, readableId };
}

export type Random = ReturnType<typeof createRandom>;
