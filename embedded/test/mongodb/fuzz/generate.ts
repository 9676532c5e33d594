// Random values, documents and filters, from a small world in which they meet often.
import { Decimal128, Double, Long, ObjectId } from 'bson';
import { type Doc, isDoc, type Value } from '../../../mongodb/values.js';
import type { Random } from './random.js';

const IDS = ['64b000000000000000000001', '64b000000000000000000002'].map((hex) => new ObjectId(hex));
const TEXTS = ['', 'a', 'ab', 'b', 'B', 'a\0', 'ä', '\uffee', '\u{1f600}', 'abc'];
const PATHS = ['a', 'b', 'c', 'n', 'o.x', 'o.y', 'l', 'l.x', 'l.y', 'l.0', 'l.1.x', 'o.l.x', 'a.x', 'zz'];
const BIG = ['9007199254740992', '9007199254740993', '-9007199254740993'];

export const path = (random: Random) => random.pick(PATHS);

export function scalar(random: Random): Value {
  const n = random.below(7) - 2;
  const makers: (() => Value)[] = [
    () => n,
    () => n,
    () => n + 0.5,
    () => random.pick(TEXTS),
    () => random.pick(TEXTS),
    () => null,
    () => random.chance(0.5),
    () => new Date(n * 1000),
    () => random.pick(IDS),
    () => Long.fromNumber(n),
    () => Long.fromString(random.pick(BIG)),
    () => new Double(n),
    () => Decimal128.fromString(`${Math.abs(n)}.5`),
  ];
  return random.pick(makers)();
}

export function value(random: Random, depth = 2): Value {
  if (depth === 0 || random.chance(0.6)) return scalar(random);
  if (random.chance(0.5)) return random.list(3, () => value(random, depth - 1));
  return object(random, ['x', 'y', 'l'], depth - 1);
}

function object(random: Random, names: readonly string[], depth: number): Doc {
  const out: Doc = {};
  for (const name of names) if (random.chance(0.6)) out[name] = value(random, depth);
  return out;
}

export function fields(random: Random): Doc {
  const out = object(random, ['a', 'b', 'c', 'o'], 2);
  if (random.chance(0.5))
    out.l = random.list(3, () => (random.chance(0.7) ? item(random) : value(random, 1)));
  if (random.chance(0.7)) out.n = random.below(20);
  return out;
}

const item = (random: Random): Doc =>
  random.chance(0.5) ? { x: random.below(5) - 2, y: random.below(5) - 2 } : object(random, ['x', 'y'], 1);

export function filter(random: Random, depth = 2): Doc {
  if (random.chance(0.08)) return { 'l.x': random.below(5) - 2, 'l.y': random.below(5) - 2 };
  const out: Doc = {};
  for (let i = 0; i <= random.below(2); i++) out[path(random)] = condition(random);
  if (depth > 0 && random.chance(0.35)) {
    const branches = [filter(random, depth - 1), ...random.list(2, () => filter(random, depth - 1))];
    out[random.pick(['$and', '$or', '$nor', '$or'])] = branches;
  }
  return out;
}

function condition(random: Random): Value {
  if (random.chance(0.3)) return value(random, 1);
  const out = operators(random);
  if (random.chance(0.1)) return { $not: out };
  if (random.chance(0.12)) return { $elemMatch: elements(random) };
  return out;
}

function operators(random: Random): Doc {
  const out: Doc = {};
  for (let i = 0; i <= random.below(2); i++) Object.assign(out, operator(random));
  return out;
}

function operator(random: Random): Doc {
  const name = random.pick([
    '$eq',
    '$ne',
    '$gt',
    '$gte',
    '$lt',
    '$lte',
    '$gt',
    '$lt',
    '$in',
    '$nin',
    '$exists',
    '$regex',
  ]);
  if (name === '$in' || name === '$nin') return { [name]: random.list(4, () => value(random, 1)) };
  if (name === '$exists') return { $exists: random.chance(0.5) };
  if (name === '$regex') return { $regex: random.pick(['^a', 'b', '^ab', '^ä', '^b|a', '^ab?']) };
  return { [name]: value(random, 1) };
}

function elements(random: Random): Doc {
  if (random.chance(0.6)) return filterOfItems(random);
  const { $regex: _, ...out } = operators(random);
  return Object.keys(out).length > 0 ? out : { $gt: 0 };
}

function filterOfItems(random: Random): Doc {
  const out: Doc = { [random.pick(['x', 'y'])]: condition(random) };
  if (random.chance(0.4)) out[random.pick(['x', 'y', 'l'])] = condition(random);
  return out;
}

/** The value, which from now on cannot be changed: the engine has to copy what it changes. */
export function frozen<T extends Value>(v: T): T {
  if (Array.isArray(v)) for (const item of v) frozen(item);
  else if (isDoc(v)) for (const item of Object.values(v)) frozen(item);
  else return v;
  return Object.freeze(v);
}
