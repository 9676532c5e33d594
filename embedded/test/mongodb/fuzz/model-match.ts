// The plain model's filters: collects all values at a path first, then asks.
import { BSONRegExp } from 'bson';
import { type Doc, isDoc, type Maybe, type Value } from '../../../mongodb/values.js';
import { order, same, typeRank } from './model-order.js';

interface Reached {
  value: Maybe;
  whole: boolean; // named by its position: an array there is not looked into
}

function reach(v: Value, path: string[]): Reached[] {
  const [part, ...rest] = path;
  if (part === undefined) return [{ value: v, whole: false }];
  if (isDoc(v)) {
    const next = Object.keys(v).includes(part) ? v[part] : undefined;
    return next === undefined ? [{ value: undefined, whole: false }] : reach(next, rest);
  }
  if (!Array.isArray(v)) return [{ value: undefined, whole: false }];
  const out = v.filter(isDoc).flatMap((item) => reach(item, path));
  const at = /^\d+$/.test(part) ? v[Number(part)] : undefined;
  if (at === undefined) return out;
  return [...out, ...(rest.length === 0 ? [{ value: at, whole: true }] : reach(at, rest))];
}

export function matches(doc: Doc, filter: Doc): boolean {
  return Object.entries(filter).every(([name, arg]) => {
    const parts = Array.isArray(arg) ? arg.filter(isDoc) : [];
    if (name === '$and') return parts.every((part) => matches(doc, part));
    if (name === '$or') return parts.some((part) => matches(doc, part));
    if (name === '$nor') return !parts.some((part) => matches(doc, part));
    return fieldMatches(reach(doc, name.split('.')), arg);
  });
}

const isCondition = (v: Value): v is Doc => isDoc(v) && (Object.keys(v)[0] ?? '').startsWith('$');

function fieldMatches(reached: Reached[], arg: Value): boolean {
  if (arg instanceof BSONRegExp) return any(reached, (v) => typeof v === 'string' && toRegExp(arg).test(v));
  if (!isCondition(arg)) return any(reached, (v) => equals(v, arg));
  return Object.entries(arg).every(([op, operand]) => {
    if (op === '$ne') return !fieldMatches(reached, { $eq: operand });
    if (op === '$nin') return !fieldMatches(reached, { $in: operand });
    if (op === '$not') return !fieldMatches(reached, operand);
    if (op === '$exists') return reached.some((r) => r.value !== undefined) === Boolean(operand);
    if (op === '$elemMatch') return reached.some((r) => itemMatches(r.value, operand));
    return any(reached, (v) => holds(v, op, operand));
  });
}

const any = (reached: Reached[], test: (v: Maybe) => boolean) =>
  reached.some(({ value, whole }) => test(value) || (!whole && Array.isArray(value) && value.some(test)));

const toRegExp = ({ pattern, options }: BSONRegExp) => new RegExp(pattern, options);
const equals = (v: Maybe, arg: Value) => (arg === null ? v === undefined || v === null : same(v, arg));

function holds(v: Maybe, op: string, arg: Value): boolean {
  if (op === '$eq') return equals(v, arg);
  if (op === '$in') return Array.isArray(arg) && arg.some((one) => equals(v, one));
  if (op === '$regex') return typeof v === 'string' && new RegExp(String(arg)).test(v);
  if (arg === null) return op.endsWith('e') && equals(v, null);
  if (v === undefined || v === null || typeRank(v) !== typeRank(arg)) return false;
  const by = order(v, arg);
  return { $gt: by > 0, $gte: by >= 0, $lt: by < 0, $lte: by <= 0 }[op] === true;
}

function itemMatches(list: Maybe, arg: Value): boolean {
  if (!Array.isArray(list) || !isDoc(arg)) return false;
  if (!isCondition(arg) || '$or' in arg) {
    return list.some((item) => {
      if (Array.isArray(item)) return matches(Object.fromEntries(Object.entries(item)), arg);
      return isDoc(item) && matches(item, arg);
    });
  }
  return list.some((item) =>
    Object.entries(arg).every(([op, operand]) => {
      if (op === '$ne') return !equals(item, operand);
      if (op === '$nin') return !holds(item, '$in', operand);
      return op === '$exists' ? Boolean(operand) : holds(item, op, operand);
    }),
  );
}
