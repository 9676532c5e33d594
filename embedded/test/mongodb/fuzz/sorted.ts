// Random changes to a sorted list of keys, in small blocks, against a plain array.
import { SortedKeys } from '../../../mongodb/sorted-keys.js';
import { randomFrom } from './random.js';

export function sortedRound(seed: string): void {
  const random = randomFrom(seed);
  const list = new SortedKeys(2 + random.below(6));
  let plain: string[] = [];
  const key = () => String.fromCharCode(97 + random.below(26)) + String.fromCharCode(97 + random.below(26));
  if (random.chance(0.5)) {
    plain = [...new Set(random.list(60, key))];
    list.fill(plain.map((k) => ({ key: k, id: k })));
  }
  for (let i = 0; i < 200; i++) {
    const k = key();
    const there = plain.includes(k);
    if (there || random.chance(0.3)) list.remove(k);
    else list.add(k, k);
    plain = there ? plain.filter((p) => p !== k) : list.size > plain.length ? [...plain, k] : plain;
    compare(list, plain.sort(), [key(), key()]);
  }
}

function compare(list: SortedKeys, plain: string[], bounds: string[]): void {
  const [low = '', high = ''] = bounds.sort();
  const expected = plain.filter((k) => k >= low && k < high);
  const forward = [...list.range(low, high)];
  const backward = [...list.range(low, high, true)].reverse();
  const same = [forward, backward].every((found) => found.join() === expected.join());
  const first = list.first(low, high) === expected[0];
  if (same && first && list.count(low, high) === expected.length && list.size === plain.length) return;
  throw new Error(`[${low}, ${high}) of ${plain}: ${forward} / ${backward} / ${list.count(low, high)}`);
}
