// sfc32, a small generator that passes PractRand, seeded from text by mixing every character into all of its state.
export interface Random {
  /** A whole number from 0 up to, not including, n. */
  below(n: number): number;
  chance(probability: number): boolean;
  pick<T>(list: readonly T[]): T;
  list<T>(most: number, make: () => T): T[];
}

export function randomFrom(seed: string): Random {
  const next = sfc32(seed);
  const below = (n: number) => Math.floor((next() / 2 ** 32) * n);
  const pick = <T>(list: readonly T[]): T => {
    const item = list[below(list.length)];
    if (item === undefined) throw new Error('nothing to pick from');
    return item;
  };
  return {
    below,
    pick,
    chance: (probability) => next() / 2 ** 32 < probability,
    list: (most, make) => Array.from({ length: below(most + 1) }, make),
  };
}

function sfc32(seed: string): () => number {
  let [a, b, c, counter] = [0x9e3779b9, 0x243f6a88, 0xb7e15162, 1];
  const next = () => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return sum >>> 0;
  };
  for (const char of seed) {
    a ^= char.codePointAt(0) ?? 0;
    for (let i = 0; i < 12; i++) next();
  }
  return next;
}
