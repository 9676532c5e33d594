// The plain model's order of values: by hand, type by type, without keys.
import { Decimal128, Double, Long, ObjectId } from 'bson';
import { type Doc, isDoc, type Maybe, type Value } from '../../../mongodb/values.js';

/** Twice the number, as all numbers of the fuzzers are whole or end in .5. */
function twice(v: number | Long | Double | Decimal128): bigint {
  if (typeof v === 'number') return BigInt(v * 2);
  if (v instanceof Double) return BigInt(v.value * 2);
  if (v instanceof Long) return v.toBigInt() * 2n;
  const text = v.toString();
  return text.endsWith('.5') ? BigInt(text.slice(0, -2)) * 2n + 1n : BigInt(text) * 2n;
}

const isNumber = (v: Value): v is number | Long | Double | Decimal128 =>
  typeof v === 'number' || v instanceof Long || v instanceof Double || v instanceof Decimal128;

/** The place of a value's type among the types. */
export function typeRank(v: Value): number {
  if (v === null) return 1;
  if (isNumber(v)) return 2;
  if (typeof v === 'string') return 3;
  if (Array.isArray(v)) return 5;
  if (v instanceof ObjectId) return 6;
  if (typeof v === 'boolean') return 7;
  return v instanceof Date ? 8 : 4;
}

const sign = (a: bigint | number | string, b: bigint | number | string) => (a < b ? -1 : a > b ? 1 : 0);

export function order(a: Value, b: Value): number {
  const ranks = typeRank(a) - typeRank(b);
  if (ranks !== 0) return ranks;
  if (isNumber(a) && isNumber(b)) return sign(twice(a), twice(b));
  if (typeof a === 'string' && typeof b === 'string') return Buffer.compare(Buffer.from(a), Buffer.from(b));
  if (Array.isArray(a) && Array.isArray(b)) return orderLists(a, b);
  if (a instanceof ObjectId && b instanceof ObjectId) return sign(a.toHexString(), b.toHexString());
  if (a instanceof Date && b instanceof Date) return sign(a.getTime(), b.getTime());
  if (isDoc(a) && isDoc(b)) return orderDocs(a, b);
  return sign(Number(a), Number(b));
}

function orderLists(a: Value[], b: Value[]): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const by = order(a[i] ?? null, b[i] ?? null);
    if (by !== 0) return by;
  }
  return a.length - b.length;
}

function orderDocs(a: Doc, b: Doc): number {
  const left = Object.entries(a);
  const right = Object.entries(b);
  for (const [i, [name, v]] of left.entries()) {
    const [otherName, other] = right[i] ?? [];
    if (otherName === undefined || other === undefined) return 1;
    const by =
      typeRank(v) - typeRank(other) ||
      Buffer.compare(Buffer.from(name), Buffer.from(otherName)) ||
      order(v, other);
    if (by !== 0) return by;
  }
  return left.length - right.length;
}

export const same = (a: Maybe, b: Maybe) =>
  a === undefined || b === undefined ? a === b : order(a, b) === 0;
