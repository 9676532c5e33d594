// BSON, read and written, against the bson package: the same bytes, the same values, and the same refusals of what is damaged.
import assert from 'node:assert/strict';
import { Binary, BSONRegExp, Code, deserialize, MinKey, serialize, Timestamp } from 'bson';
import { decode, decodeSlowly, encode } from '../../../mongodb/codec.js';
import { ServerError } from '../../../mongodb/errors.js';
import type { Doc } from '../../../mongodb/values.js';
import { fields, value } from './generate.js';
import { type Random, randomFrom } from './random.js';

const NAMES = ['a', '', 'sessionId', 'ä', '12', '__proto__', '$ref', '$id', 'constructor', 'n'.repeat(70)];
const RARE = [
  'x'.repeat(24),
  'x'.repeat(25),
  'zwölf Boxkämpfer',
  'Ringe \u{1f48d} und mehr als sechzehn Zeichen',
  '\ufffd',
  '\ud800',
  new Date(-1),
  new Date(8.64e15),
  new Date(-8.64e15),
  -0,
  Number.NaN,
  -(2 ** 31),
  2 ** 31,
  1e300,
  new Binary(Buffer.from('bytes')),
  new Binary(Buffer.from('bytes'), Binary.SUBTYPE_BYTE_ARRAY),
  new Binary(Buffer.alloc(16, 7), Binary.SUBTYPE_UUID),
  new BSONRegExp('^a.*ä', 'im'),
];
/** Only bson can write them, and nobody takes them. */
const FOREIGN = [new Timestamp(1n), new MinKey(), new Code('1')];

function document(random: Random): Doc {
  const doc: Record<string, unknown> = fields(random);
  for (const name of random.list(3, () => random.pick(NAMES))) {
    const v = random.chance(0.5) ? random.pick(RARE) : value(random, 3);
    Object.defineProperty(doc, name, { value: v, enumerable: true, writable: true, configurable: true });
  }
  return doc as Doc;
}

export function codecRound(seed: string): void {
  const random = randomFrom(seed);
  const doc = document(random);
  const written = encode(doc);
  assert.deepEqual(written, Buffer.from(serialize(doc)), seed);
  readAlike(written, seed);
  readAlike(damaged(random, written), seed);
  if (random.chance(0.9)) return;
  readAlike(Buffer.from(serialize({ ...doc, odd: random.pick(FOREIGN) })), seed);
}

function damaged(random: Random, bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes);
  for (let i = 0; i <= random.below(2); i++) {
    const at = random.below(copy.length);
    copy[at] = random.chance(0.5) ? random.below(256) : (copy[at] ?? 0) + random.pick([-1, 1]);
  }
  return random.chance(0.2) ? copy.subarray(0, random.below(copy.length)) : copy;
}

function readAlike(bytes: Buffer, seed: string): void {
  const read = outcome(() => decode(bytes));
  const slowly = outcome(() => decodeSlowly(bytes));
  assert.deepEqual(read, slowly, `${seed}: ${bytes.toString('hex')}`);
}

// With the types of numbers, as bson writes them.
function outcome(read: () => Doc) {
  try {
    const doc = read();
    return { doc, types: deserialize(serialize(doc), { promoteValues: false }) };
  } catch (error) {
    if (!(error instanceof ServerError)) return { error: String(error) };
    return { code: error.code, message: error.message };
  }
}
