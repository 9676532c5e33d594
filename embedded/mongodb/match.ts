// Filters become predicates. All checking happens here, before a document is looked at.
import { typeTest } from './bson-types.js';
import { badValue } from './errors.js';
import { equal, keyOf, rankOf } from './order.js';
import { type Path, type PathTest, some, splitPath } from './paths.js';
import { compileRegex } from './regex.js';
import { type Doc, isDoc, isOperators, isRegex, isTrue, type Maybe, type Value } from './values.js';

export type Predicate = (doc: Doc) => boolean;
type Test = (v: Maybe) => boolean;

export function compileFilter(filter: Value): Predicate {
  if (!isDoc(filter)) throw badValue('a filter must be an object');
  const tests = Object.entries(filter).flatMap(([name, arg]) => clause(name, arg));
  const [only] = tests;
  return only && tests.length === 1 ? only : (doc) => tests.every((test) => test(doc));
}

function clause(name: string, arg: Value): Predicate[] {
  if (name === '$comment') return [];
  if (!name.startsWith('$')) return [fieldPredicate(name, arg)];
  if (name !== '$and' && name !== '$or' && name !== '$nor') {
    throw badValue(`unknown top level operator: ${name}`);
  }
  const list = clauses(name, arg).map(compileFilter);
  if (name === '$and') return list;
  const any: Predicate = (doc) => list.some((test) => test(doc));
  return name === '$or' ? [any] : [(doc) => !any(doc)];
}

function clauses(name: string, arg: Value): Doc[] {
  if (!Array.isArray(arg) || arg.length === 0) throw badValue(`${name} must be a nonempty array`);
  if (!arg.every(isDoc)) throw badValue('$or/$and/$nor entries need to be full objects');
  return arg;
}

function fieldPredicate(name: string, arg: Value): Predicate {
  const path = splitPath(name);
  if (!isOperators(arg)) return anyValue(path, isRegex(arg) ? compileRegex(arg) : equals(arg));
  const tests = Object.keys(arg).map((op) => operatorPredicate(path, op, arg));
  return (doc) => tests.every((test) => test(doc));
}

// Most operators hold when they hold for a value at the path or, where that is an array, for one of its items. An array
// that is itself an item, named by its position, counts as a whole only.
function anyValue(path: Path, test: Test): Predicate {
  const withItems: PathTest = (v, item) =>
    test(v) || (!item && Array.isArray(v) && v.some((each) => test(each)));
  return (doc) => some(doc, path, withItems);
}

const POSITIVE: Record<string, string> = { $ne: '$eq', $nin: '$in' };

// What is negated is the statement about the whole path: `$ne` holds when no value, in no array, is equal.
function operatorPredicate(path: Path, op: string, all: Doc): Predicate {
  const arg = all[op] ?? null;
  const positive = POSITIVE[op];
  if (positive) {
    singleTest(op, all);
    const matches = operatorPredicate(path, positive, { [positive]: arg });
    return (doc) => !matches(doc);
  }
  if (op === '$not') {
    const matches = fieldPredicate(path.join('.'), negated(arg));
    return (doc) => !matches(doc);
  }
  const test = singleTest(op, all);
  if (op === '$exists') return existence(path, isTrue(arg));
  return op === '$elemMatch' ? (doc) => some(doc, path, test) : anyValue(path, test);
}

function existence(path: Path, wanted: boolean): Predicate {
  return (doc) => some(doc, path, (v) => v !== undefined) === wanted;
}

function negated(arg: Value): Value {
  if (!isRegex(arg) && !isDoc(arg)) throw badValue('$not needs a regex or a document');
  if (isDoc(arg) && Object.keys(arg).length === 0) throw badValue('$not cannot be empty');
  if (isDoc(arg) && !isOperators(arg)) throw badValue(`unknown operator: ${Object.keys(arg)[0]}`);
  return arg;
}

/** The test of one operator on one value as it stands, without looking into arrays. */
function singleTest(op: string, all: Doc): Test {
  const arg = all[op] ?? null;
  switch (op) {
    case '$eq':
      return equals(arg);
    case '$ne': {
      if (isRegex(arg)) throw badValue("Can't have regex as arg to $ne.");
      const same = equals(arg);
      return (v) => !same(v);
    }
    case '$in':
      return oneOf(op, arg);
    case '$nin': {
      const found = oneOf(op, arg);
      return (v) => !found(v);
    }
    case '$gt':
    case '$gte':
    case '$lt':
    case '$lte':
      return bound(op, arg);
    case '$exists':
      return (v) => (v !== undefined) === isTrue(arg);
    case '$type':
      return typeTest(arg);
    case '$regex':
      return compileRegex(arg, all.$options);
    case '$options':
      if (all.$regex === undefined) throw badValue('$options needs a $regex');
      return () => true;
    case '$not': {
      const matches = itemTest(negated(arg));
      return (v) => !matches(v);
    }
    case '$elemMatch':
      return elementMatch(arg);
  }
  throw badValue(`unknown operator: ${op}`);
}

function elementMatch(arg: Value): Test {
  if (!isDoc(arg)) throw badValue('$elemMatch needs an Object');
  const [first = ''] = Object.keys(arg);
  if (isOperators(arg) && !['$and', '$or', '$nor'].includes(first)) {
    const test = itemTest(arg);
    return (v) => Array.isArray(v) && v.some((item) => test(item));
  }
  const matches = compileFilter(arg);
  return (v) => Array.isArray(v) && v.some((item) => matchesItem(matches, item));
}

// An array inside the array is matched as an object with its positions for names.
const matchesItem = (matches: Predicate, item: Value) =>
  isDoc(item) ? matches(item) : Array.isArray(item) && matches(Object.fromEntries(Object.entries(item)));

function itemTest(arg: Value): Test {
  if (isRegex(arg)) return compileRegex(arg);
  if (!isDoc(arg)) return equals(arg);
  const tests = Object.keys(arg).map((op) => singleTest(op, arg));
  return (v) => tests.every((test) => test(v));
}

function equals(arg: Value): Test {
  if (arg === null) return (v) => v === null || v === undefined;
  if (typeof arg === 'string' || typeof arg === 'boolean') return (v) => v === arg;
  const key = keyOf(arg);
  return (v) => v !== undefined && !isRegex(v) && keyOf(v) === key;
}

function oneOf(op: string, arg: Value): Test {
  if (!Array.isArray(arg)) throw badValue(`${op} needs an array`);
  if (arg.some(isOperators)) throw badValue(`cannot nest $ under ${op}`);
  const keys = new Set(arg.filter((v) => !isRegex(v)).map(keyOf));
  const patterns = arg.filter(isRegex).map((v) => compileRegex(v));
  return (v) => keys.has(keyOf(v ?? null)) || patterns.some((test) => test(v));
}

// Comparisons hold only between values of one type, so that a date is never less than a number, nor null.
function bound(op: '$gt' | '$gte' | '$lt' | '$lte', arg: Value): Test {
  if (isRegex(arg)) throw badValue(`Can't have RegEx as arg to predicate over field with ${op}`);
  if (arg === null) return op.endsWith('e') ? equals(null) : () => false;
  const key = keyOf(arg);
  const rank = rankOf(arg);
  const isNaNArg = equal(arg, Number.NaN);
  const test = {
    $gt: (k: string) => k > key,
    $gte: (k: string) => k >= key,
    $lt: (k: string) => k < key,
    $lte: (k: string) => k <= key,
  }[op];
  return (v) => {
    if (v === undefined || v === null || rankOf(v) !== rank) return false;
    const other = keyOf(v);
    // NaN is equal to NaN and neither less nor greater than any number
    if (isNaNArg || other === NAN_KEY) return isNaNArg && other === NAN_KEY && op.endsWith('e');
    return test(other);
  };
}
const NAN_KEY = keyOf(Number.NaN);
