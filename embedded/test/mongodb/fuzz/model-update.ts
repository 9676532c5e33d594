// The plain model's updates: on a deep copy, operator by operator.
import { Double, Long } from 'bson';
import { type Doc, isDoc, type Maybe, type Value } from '../../../mongodb/values.js';
import { matches } from './model-match.js';
import { order, same } from './model-order.js';

/** What the model refuses, with MongoDB's code. */
export class Refused extends Error {
  readonly code: number;
  constructor(code: number) {
    super(`refused with ${code}`);
    this.code = code;
  }
}

type Holder = Doc | Value[];
const isNumber = (part: string) => /^\d+$/.test(part);

export function modelUpdate(doc: Doc, update: Doc, inserting: boolean): Doc {
  const out = copy(doc);
  const steps = Object.entries(update).flatMap(([op, fields]) =>
    Object.entries(isDoc(fields) ? fields : {}).map(([path, arg]) => ({ op, path: path.split('.'), arg })),
  );
  for (const a of steps)
    for (const b of steps)
      if (a !== b && b.path.slice(0, a.path.length).join() === a.path.join()) throw new Refused(40);
  steps.sort((a, b) => byParts(a.path, b.path));
  for (const { op, path, arg } of steps) if (op !== '$setOnInsert' || inserting) step(out, op, path, arg);
  return out;
}

function byParts(a: string[], b: string[]): number {
  for (const [i, part] of a.entries()) {
    const other = b[i] ?? '';
    if (part === other) continue;
    if (isNumber(part) && isNumber(other)) return Number(part) - Number(other);
    return part < other ? -1 : 1;
  }
  return 0;
}

function copy<T extends Value>(v: T): T {
  if (Array.isArray(v)) return v.map(copy) as T;
  if (isDoc(v)) return Object.fromEntries(Object.entries(v).map(([name, item]) => [name, copy(item)])) as T;
  return v;
}

const get = (holder: Holder, name: string): Maybe =>
  Array.isArray(holder) ? holder[Number(name)] : Object.hasOwn(holder, name) ? holder[name] : undefined;

function put(holder: Holder, name: string, v: Value): void {
  if (Array.isArray(holder)) {
    for (let i = holder.length; i < Number(name); i++) holder[i] = null;
    holder[Number(name)] = v;
  } else holder[name] = v;
}

function step(doc: Doc, op: string, path: string[], arg: Value): void {
  const removes = op === '$unset' || op === '$pull';
  let holder: Holder = doc;
  for (const [i, part] of path.entries()) {
    if (Array.isArray(holder) && !isNumber(part)) {
      stuck(removes);
      return;
    }
    if (i === path.length - 1) {
      apply(holder, part, op, arg);
      return;
    }
    const next: Maybe = get(holder, part);
    if (next === undefined && removes) return;
    if (next === undefined) put(holder, part, {});
    else if (!isDoc(next) && !Array.isArray(next)) {
      stuck(removes);
      return;
    }
    holder = get(holder, part) as Holder;
  }
}

function stuck(removes: boolean): void {
  if (!removes) throw new Refused(28);
}

function apply(holder: Holder, name: string, op: string, arg: Value): void {
  const before = get(holder, name);
  if (op === '$unset') {
    if (before === undefined) return;
    if (Array.isArray(holder)) holder[Number(name)] = null;
    else delete holder[name];
    return;
  }
  if (op === '$pull' && before === undefined) return;
  put(holder, name, result(before, op, arg));
}

function result(before: Maybe, op: string, arg: Value): Value {
  if (op === '$inc') return before === undefined ? arg : sum(before, arg);
  if (op === '$min') return before === undefined || order(arg, before) < 0 ? copy(arg) : before;
  if (op === '$max') return before === undefined || order(arg, before) > 0 ? copy(arg) : before;
  if (op === '$set' || op === '$setOnInsert') return copy(arg);
  const list = before === undefined ? [] : before;
  if (!Array.isArray(list)) throw new Refused(2);
  if (op === '$pull') return list.filter((item) => !pulled(item, arg));
  const each = isDoc(arg) && Array.isArray(arg.$each) ? arg.$each : [arg];
  if (op === '$addToSet') return united(list, each);
  const all = [...list, ...copy(each)];
  const slice = isDoc(arg) && typeof arg.$slice === 'number' ? arg.$slice : undefined;
  if (slice === undefined) return all;
  return slice < 0 ? all.slice(Math.max(0, all.length + slice)) : all.slice(0, slice);
}

function united(list: Value[], each: Value[]): Value[] {
  const all = [...list];
  for (const item of each) if (!all.some((v) => same(v, item))) all.push(copy(item));
  return all;
}

function pulled(item: Value, arg: Value): boolean {
  if (!isDoc(arg)) return same(item, arg);
  const [first = ''] = Object.keys(arg);
  return first.startsWith('$') ? matches({ item }, { item: arg }) : isDoc(item) && matches(item, arg);
}

// Only whole numbers and halves that are far from any limit come here.
function sum(a: Value, b: Value): Value {
  const parts = [a, b];
  for (const v of parts)
    if (typeof v !== 'number' && !(v instanceof Long) && !(v instanceof Double))
      throw new Refused(typeRefusal(v));
  const isWhole = (v: Value) => v instanceof Long || (typeof v === 'number' && Number.isInteger(v));
  const total = parts.reduce<number>((n, v) => n + Number(String(v instanceof Double ? v.value : v)), 0);
  if (!parts.every(isWhole)) return Number.isInteger(total) ? new Double(total) : total;
  if (!parts.some((v) => v instanceof Long)) return total;
  return Long.fromBigInt(parts.reduce<bigint>((n, v) => n + BigInt(String(v)), 0n));
}

const typeRefusal = (v: Value) =>
  isDoc(v) || typeof v !== 'object' || v === null || Array.isArray(v) || !('bytes' in v) ? 14 : 2;
