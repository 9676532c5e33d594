// Random updates: the engine makes of a document what the plain model makes of it, or refuses it with the same code.

import { BSON } from 'mongodb';
import { Collection } from '../../../mongodb/collection.js';
import { ServerError } from '../../../mongodb/errors.js';
import type { Doc } from '../../../mongodb/values.js';
import { fields, frozen, scalar, value } from './generate.js';
import { modelUpdate, Refused } from './model-update.js';
import { type Random, randomFrom } from './random.js';

const PATHS = [
  'a',
  'b',
  'c',
  'n',
  'o',
  'o.x',
  'o.y',
  'l',
  'l.0',
  'l.1',
  'l.4',
  'l.0.x',
  'l.x',
  'o.l.1',
  'a.x',
  'q',
  'q.r',
  'q.r.s',
];

/** One case; throws with all there is to know about it when it fails. */
export function updateCase(seed: string): void {
  const random = randomFrom(seed);
  const before = frozen({ _id: 1, ...fields(random) });
  const update = frozen(anUpdate(random));
  const upsert = random.chance(0.15);
  const expected = attempt(() => modelUpdate(upsert ? { _id: 1 } : before, update, upsert));
  const actual = attempt(() => engineUpdate(before, update, upsert));
  if (stored(expected) === stored(actual)) return;
  const steps = Object.values(update).flatMap((part) => Object.keys(part ?? {})).length;
  if (steps > 1 && 'code' in expected && 'code' in actual) return; // which mistake is met first is nobody's promise
  throw new Error(
    `document ${text(before)}\nupdate ${text(update)} upsert ${upsert}\nmodel  ${text(expected)}\nengine ${text(actual)}`,
  );
}

// As it is on disk: with the types of numbers, and with the order of fields.
const stored = (doc: Doc) => Buffer.from(BSON.serialize(doc)).toString('hex');
const text = (v: unknown) => BSON.EJSON.stringify(v, { relaxed: false });

function attempt(run: () => Doc): Doc {
  try {
    return { doc: run() };
  } catch (error) {
    if (error instanceof ServerError || error instanceof Refused) return { code: error.code };
    throw error;
  }
}

function engineUpdate(before: Doc, update: Doc, upsert: boolean): Doc {
  const collection = new Collection('fuzz.updates');
  if (!upsert) collection.insert(before);
  const { changes, upserted } = collection.update({ filter: { _id: 1 }, update, upsert });
  const after = collection.find({ filter: {} }).docs[0] ?? {};
  const modified = changes[0]?.modified ?? upserted !== undefined;
  if (!upsert && modified !== (stored(before) !== stored(after)))
    throw new Error(`modified says ${modified}: ${text(after)}`);
  return after;
}

function anUpdate(random: Random): Doc {
  const out: Record<string, Doc> = {};
  for (let i = 0; i <= random.below(3); i++) {
    const operator = random.pick([
      '$set',
      '$set',
      '$unset',
      '$inc',
      '$min',
      '$max',
      '$push',
      '$addToSet',
      '$pull',
      '$setOnInsert',
    ]);
    out[operator] = { ...out[operator], [random.pick(PATHS)]: operand(random, operator) };
  }
  return out;
}

function operand(random: Random, operator: string): Doc[string] {
  if (operator === '$inc') return random.chance(0.7) ? random.below(9) - 4 : random.below(9) + 0.5;
  if (operator === '$push' || operator === '$addToSet') return pushed(random, operator);
  return operator === '$pull' ? condition(random) : value(random);
}

function pushed(random: Random, operator: string): Doc[string] {
  if (random.chance(0.5)) return value(random, 1);
  const $each = random.list(3, () => value(random, 1));
  return operator === '$push' && random.chance(0.5) ? { $each, $slice: random.below(7) - 3 } : { $each };
}

function condition(random: Random): Doc[string] {
  if (random.chance(0.4)) return scalar(random);
  const comparison = { [random.pick(['$gt', '$gte', '$lt', '$lte', '$ne', '$eq'])]: scalar(random) };
  if (random.chance(0.5)) return comparison;
  return { [random.pick(['x', 'y'])]: random.chance(0.5) ? scalar(random) : comparison };
}
