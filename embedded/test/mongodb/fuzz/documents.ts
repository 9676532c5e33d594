// Random changes to the documents of a collection, against a plain map, while someone goes through them step by step.
import assert from 'node:assert/strict';
import { Documents } from '../../../mongodb/documents.js';
import { randomFrom } from './random.js';

export function documentsRound(seed: string): void {
  const random = randomFrom(seed);
  const documents = new Documents();
  const plain = new Map<string, number>();
  let walk = documents.values();
  let seen: string[] = [];
  // those that were there when the walk began and have not gone since
  let steady = new Set<string>();
  for (let n = 0; n < 300; n++) {
    const id = `d${random.below(40)}\0`;
    if (random.chance(0.5)) {
      documents.set(id, { n }, n);
      plain.set(id, n);
    } else if (random.chance(0.6)) {
      documents.delete(id);
      plain.delete(id);
      steady.delete(id);
    }
    if (random.chance(0.4)) {
      const { value, done } = walk.next();
      if (value) {
        assert.equal(value.size, plain.get(value.id), `${seed}: it is there, as it was last written`);
        seen.push(value.id);
      }
      if (done) {
        const missed = [...steady].filter((each) => seen.filter((one) => one === each).length !== 1);
        assert.deepEqual(missed, [], `${seed}: each is met once`);
        walk = documents.values();
        seen = [];
        steady = new Set(plain.keys());
      }
    }
    assert.equal(documents.size, plain.size);
    assert.equal(documents.get(id)?.size, plain.get(id));
  }
  const all = Array.from(documents.values(), (each) => [each.id, each.size]);
  assert.deepEqual(all, [...plain], `${seed}: in the order in which they came`);
}
