// The names and numbers of the BSON types, as `$type` takes them.
import { typeAlias } from './describe.js';
import { badValue, failedToParse, typeMismatch } from './errors.js';
import { isNumeric, type Maybe, type Value } from './values.js';

const CODES: Record<string, number> = {
  double: 1,
  string: 2,
  object: 3,
  array: 4,
  binData: 5,
  undefined: 6,
  objectId: 7,
  bool: 8,
  date: 9,
  null: 10,
  regex: 11,
  dbPointer: 12,
  javascript: 13,
  symbol: 14,
  javascriptWithScope: 15,
  int: 16,
  timestamp: 17,
  long: 18,
  decimal: 19,
  minKey: -1,
  maxKey: 127,
};
const NUMBERS = ['double', 'int', 'long', 'decimal'];

/** The types that the argument of `$type` names. */
function typesOf(arg: Value): string[] {
  const list = Array.isArray(arg) ? arg : [arg];
  if (list.length === 0) throw failedToParse('$type must match at least one type');
  return list.flatMap(namedTypes);
}

function namedTypes(v: Value): string[] {
  if (v === 'number') return NUMBERS;
  if (typeof v === 'string') {
    if (Object.hasOwn(CODES, v)) return [v];
    throw badValue(`Unknown type name alias: ${v}`);
  }
  if (!isNumeric(v)) throw typeMismatch('type must be represented as a number or a string');
  const name = Object.keys(CODES).find((each) => CODES[each] === Number(v.toString()));
  if (name === undefined) throw badValue(`Invalid numerical type code: ${v.toString()}`);
  return [name];
}

export function typeTest(arg: Value): (v: Maybe) => boolean {
  const types = new Set(typesOf(arg));
  return (v) => v !== undefined && types.has(typeAlias(v));
}
