import { Double } from 'bson';
import { keyOf } from './order.js';
import { type Doc, isDoc, isNumeric, type Value } from './values.js';

/** Whether nothing would change on disk: same values of the same types, fields in the same order. */
export function identical(a: Value, b: Value): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a)) return Array.isArray(b) && sameItems(a, b);
  if (isDoc(a)) return isDoc(b) && sameFields(a, b);
  if (a.constructor !== b.constructor) return false;
  if (a instanceof Double) return b instanceof Double && Object.is(a.value, b.value);
  // 1.0 and 1.00 are equal as Decimal128 and yet not the same
  return isNumeric(a) ? a.toString() === b.toString() : keyOf(a) === keyOf(b);
}

const sameItems = (a: Value[], b: Value[]) =>
  a.length === b.length && a.every((v, i) => identical(v, b[i] ?? null));

function sameFields(a: Doc, b: Doc): boolean {
  const names = Object.keys(a);
  const others = Object.keys(b);
  return (
    names.length === others.length &&
    names.every((name, i) => name === others[i] && identical(a[name] ?? null, b[name] ?? null))
  );
}
