// What a filter says about where in an index its documents can stand: intervals of keys, field by field.
// They may promise too little, never too much: every candidate is tested with the whole filter afterwards.
import { afterPrefix, EMPTY_ARRAY_KEY, keyOf, NULL_KEY, rankOf } from './order.js';
import { literalPrefix } from './regex.js';
import { type Doc, isDoc, isOperators, isRegex, isTrue, type Maybe, type Value } from './values.js';

/** The keys from low up to, not including, high. */
export interface Interval {
  low: string;
  high: string;
}

/** One statement about a field: its value is in one of the intervals. */
export interface Bound {
  intervals: Interval[];
  exact: boolean; // every interval is a single value
  present: boolean; // a document without the field cannot match
}

export const EVERYTHING: Interval = { low: '', high: 'z' };

/** All bounds that a filter sets, by path. */
export function boundsOf(filter: Doc, prefix = '', found = new Map<string, Bound[]>()): Map<string, Bound[]> {
  for (const [name, arg] of Object.entries(filter)) {
    if (name === '$and' && Array.isArray(arg)) {
      for (const part of arg) if (isDoc(part)) boundsOf(part, prefix, found);
    } else if (!name.startsWith('$')) addBounds(prefix + name, arg, found);
  }
  return found;
}

function addBounds(path: string, arg: Value, found: Map<string, Bound[]>): void {
  const list = isOperators(arg) ? operatorBounds(arg) : [equality(arg)];
  if (isOperators(arg) && isDoc(arg.$elemMatch)) list.push(...elementBounds(path, arg.$elemMatch, found));
  const useful = list.filter((b) => b !== undefined);
  if (useful.length > 0) found.set(path, [...(found.get(path) ?? []), ...useful]);
}

const operatorBounds = (all: Doc) => Object.keys(all).map((op) => operatorBound(op, all));

// All conditions of an $elemMatch on values hold for one item, so together they bound it from both sides.
function elementBounds(path: string, arg: Doc, found: Map<string, Bound[]>): Bound[] {
  if (!isOperators(arg) || '$and' in arg || '$or' in arg || '$nor' in arg) {
    boundsOf(arg, `${path}.`, found);
    return [];
  }
  const list = operatorBounds(arg).filter((b) => b !== undefined);
  return list.length > 0 ? [list.reduce(intersect)] : [];
}

function operatorBound(op: string, all: Doc): Bound | undefined {
  const arg = all[op] ?? null;
  if (op === '$eq') return equality(arg);
  if (op === '$in' && Array.isArray(arg)) return union(arg.map((v) => equality(v)));
  if (op === '$gt' || op === '$gte' || op === '$lt' || op === '$lte') return range(op, arg);
  if (op === '$regex') return pattern(arg, all.$options);
  if (op === '$exists' && isTrue(arg)) return { intervals: [EVERYTHING], exact: false, present: true };
  return undefined;
}

const point = (key: string): Interval => ({ low: key, high: afterPrefix(key) });

function equality(arg: Value): Bound | undefined {
  if (isRegex(arg)) return pattern(arg);
  if (arg === null) return { intervals: [point(NULL_KEY)], exact: true, present: false };
  const keys = [keyOf(arg)];
  // An array stands in the index under its items, and as a whole where it is an item itself.
  if (Array.isArray(arg)) keys.push(arg[0] === undefined ? EMPTY_ARRAY_KEY : keyOf(arg[0]));
  return { intervals: tidy(keys.map(point)), exact: true, present: true };
}

function range(op: '$gt' | '$gte' | '$lt' | '$lte', arg: Value): Bound | undefined {
  if (arg === null) return op.endsWith('e') ? equality(null) : undefined;
  if (Array.isArray(arg) || isRegex(arg)) return undefined;
  const key = keyOf(arg);
  const type = point(rankOf(arg));
  const interval = {
    $gt: { low: afterPrefix(key), high: type.high },
    $gte: { low: key, high: type.high },
    $lt: { low: type.low, high: key },
    $lte: { low: type.low, high: afterPrefix(key) },
  }[op];
  return { intervals: [interval], exact: false, present: true };
}

function pattern(arg: Value, options?: Maybe): Bound | undefined {
  const prefix = literalPrefix(arg, options);
  if (prefix === undefined) return undefined;
  return { intervals: [point(keyOf(prefix).slice(0, -1))], exact: false, present: true };
}

function union(list: (Bound | undefined)[]): Bound | undefined {
  const known = list.filter((b) => b !== undefined);
  if (known.length < list.length) return undefined;
  return {
    intervals: tidy(known.flatMap((b) => b.intervals)),
    exact: known.every((b) => b.exact),
    present: known.every((b) => b.present),
  };
}

// In order, without repetitions.
function tidy(intervals: Interval[]): Interval[] {
  const sorted = intervals.sort((a, b) => (a.low < b.low ? -1 : a.low > b.low ? 1 : 0));
  return sorted.filter((x, i) => x.low !== sorted[i - 1]?.low);
}

/** Both statements hold for one value. */
export function intersect(a: Bound, b: Bound): Bound {
  const intervals = a.intervals.flatMap((x) =>
    b.intervals.map((y) => ({
      low: x.low > y.low ? x.low : y.low,
      high: x.high < y.high ? x.high : y.high,
    })),
  );
  return {
    intervals: tidy(intervals.filter((x) => x.low < x.high)),
    exact: a.exact || b.exact,
    present: a.present || b.present,
  };
}
