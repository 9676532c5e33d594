// Which way leads to the documents of a filter: the index with the fewest candidates, or all documents.
import { type Bound, boundsOf, EVERYTHING, type Interval, intersect } from './bounds.js';
import { badValue, ServerError } from './errors.js';
import { type Index, isText } from './indexes.js';
import { equal } from './order.js';
import { implies } from './partial.js';
import type { SortField } from './sort.js';
import { type Doc, isDoc, type Value } from './values.js';

const MAX_INTERVALS = 1000;

export interface Scan {
  index: Index;
  intervals: Interval[];
  bounded: number; // how far the filter reaches into the index; a single value counts twice
  candidates: number;
  /** The direction in which the index yields the wanted order, if it does. */
  order: 1 | -1 | undefined;
}

/** No scan means to read all documents; several are the branches of an $or. */
export interface Plan {
  scans: Scan[] | undefined;
}

interface Wanted {
  filter: Doc;
  sort: readonly SortField[];
  hint?: Value | undefined;
}

export function choosePlan(wanted: Wanted, all: readonly Index[]): Plan {
  if (wanted.hint !== undefined) return hintedPlan(wanted, wanted.hint, all);
  const indexes = all.filter((index) => serves(index, wanted.filter));
  const best = bestScan(wanted.filter, wanted.sort, indexes);
  const branches = branchScans(wanted.filter, all);
  if (branches && (!best || total(branches) < best.candidates)) return { scans: branches };
  if (best) return { scans: [best] };
  const sorted = indexes.map((i) => wholeScan(i, wanted.sort)).find((s) => s.order && !s.index.spec.sparse);
  return { scans: sorted && wanted.sort.length > 0 ? [sorted] : undefined };
}

// A partial index serves only a query that asks for no document outside it.
function serves({ spec }: Index, filter: Doc): boolean {
  return !isText(spec) && (!spec.partialFilterExpression || implies(filter, spec.partialFilterExpression));
}

const total = (scans: readonly Scan[]) => scans.reduce((n, s) => n + s.candidates, 0);

function bestScan(filter: Doc, sort: readonly SortField[], indexes: readonly Index[]): Scan | undefined {
  const bounds = boundsOf(filter);
  let best: Scan | undefined;
  for (const index of indexes) {
    const scan = boundedScan(index, bounds, sort);
    if (scan && (!best || better(scan, best))) best = scan;
  }
  return best;
}

function better(a: Scan, b: Scan): boolean {
  if (a.candidates !== b.candidates) return a.candidates < b.candidates;
  const ordered = Number(a.order !== undefined) - Number(b.order !== undefined);
  return ordered !== 0 ? ordered > 0 : a.bounded > b.bounded;
}

// An $or is answered from indexes when each of its branches is.
function branchScans(filter: Doc, indexes: readonly Index[]): Scan[] | undefined {
  if (!Array.isArray(filter.$or)) return undefined;
  const scans: Scan[] = [];
  for (const branch of filter.$or) {
    if (!isDoc(branch)) return undefined;
    const both = { $and: [filter, branch] };
    const usable = indexes.filter((index) => serves(index, both));
    const scan = bestScan(branch, [], usable);
    if (!scan) return undefined;
    scans.push({ ...scan, order: undefined });
  }
  return scans;
}

function boundedScan(
  index: Index,
  bounds: Map<string, Bound[]>,
  sort: readonly SortField[],
): Scan | undefined {
  const used = usableBounds(index, bounds);
  // a sparse index lacks the documents that have none of its fields
  const useless = index.spec.sparse ? !used.some((b) => b.present) : used.every(isUnbounded);
  if (useless) return undefined;
  const intervals = used.reduce<Interval[]>(
    (heads, { intervals }) => heads.flatMap((head) => intervals.map((x) => join(head, x))),
    [{ low: '', high: '' }],
  );
  const bounded = used.reduce((n, b) => n + (b.exact ? 2 : 1), 0);
  const candidates = intervals.reduce((n, x) => n + index.entries.count(x.low, x.high), 0);
  const values = used.filter((b) => b.exact).length;
  const order = intervals.length === 1 ? orderOf(index, values, sort) : undefined;
  return { index, intervals, bounded, candidates, order };
}

// A head is a single value: what goes beyond its key would reach into the next interval, and find there what that one finds.
const join = (head: Interval, x: Interval): Interval => ({ low: head.low + x.low, high: head.low + x.high });
const isUnbounded = ({ intervals: [first, ...others] }: Bound) => first === EVERYTHING && others.length === 0;

// The bounds of the first fields of the index, up to one without, or past one that is not a single value.
function usableBounds(index: Index, bounds: Map<string, Bound[]>): Bound[] {
  const used: Bound[] = [];
  let intervals = 1;
  let arrays = false;
  for (const [i, field] of index.fields.entries()) {
    const multikey = index.multikey[i] === true;
    const bound = fieldBound(bounds.get(field), multikey);
    // the items of one array are paired in the index, so only one of its fields can be bounded
    if (!bound || (arrays && multikey)) break;
    intervals *= bound.intervals.length;
    if (intervals > MAX_INTERVALS) break;
    used.push(bound);
    arrays ||= multikey;
    if (!bound.exact) break;
  }
  return used;
}

// Several statements about an array can be true of different items: then only one of them bounds the scan.
function fieldBound(list: readonly Bound[] | undefined, multikey: boolean): Bound | undefined {
  if (!list || list.length < 2) return list?.[0];
  if (!multikey) return list.reduce(intersect);
  return list.find((b) => b.exact) ?? list[0];
}

/** Does an index, past its first `values` fields, which are fixed, yield the documents in this order? */
function orderOf(index: Index, values: number, sort: readonly SortField[]): 1 | -1 | undefined {
  if (sort.length === 0 || index.multikey.includes(true)) return undefined;
  const fixed = new Set(index.fields.slice(0, values));
  const wanted = sort.filter((s) => !fixed.has(s.name));
  const direction = wanted[0]?.direction ?? 1;
  // equal keys stand in the order of their ids
  const offered = [...index.fields.slice(values), ...(index.spec.unique ? [] : ['_id'])];
  const fits = wanted.every((s, i) => s.name === offered[i] && s.direction === direction);
  return fits ? direction : undefined;
}

function wholeScan(index: Index, sort: readonly SortField[]): Scan {
  const candidates = index.entries.size;
  return { index, intervals: [EVERYTHING], bounded: 0, candidates, order: orderOf(index, 0, sort) };
}

function hintedPlan({ filter, sort }: Wanted, hint: Value, indexes: readonly Index[]): Plan {
  if (isDoc(hint) && Object.keys(hint)[0] === '$natural' && hint.$natural === 1) return { scans: undefined };
  const index = indexes.find((i) => (isDoc(hint) ? equal(hint, i.spec.key) : hint === i.spec.name));
  if (!index)
    throw badValue('error processing query: hint provided does not correspond to an existing index');
  if (!serves(index, filter)) {
    throw new ServerError(
      'NoQueryExecutionPlans',
      'error processing query: the hinted index cannot serve it',
    );
  }
  return { scans: [boundedScan(index, boundsOf(filter), sort) ?? wholeScan(index, sort)] };
}
