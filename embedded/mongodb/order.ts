// MongoDB's order of values. keyOf(a) < keyOf(b) exactly when a sorts before b, and no key is the beginning of another,
// so that one kind of string serves comparison, sorting and, joined, compound index keys.
import { Binary, ObjectId } from 'bson';
import { badValue } from './errors.js';
import { doubleKey, numberKey } from './numbers.js';
import { type Doc, isDoc, isNumeric, type TypeName, typeOf, type Value } from './values.js';

const RANK: Record<Exclude<TypeName, 'regex'>, string> = {
  null: 'b',
  number: 'c',
  string: 'd',
  object: 'e',
  array: 'f',
  binData: 'g',
  objectId: 'h',
  bool: 'i',
  date: 'j',
};
/** An empty array in an index or a sort counts as `undefined`, which comes before null. */
export const EMPTY_ARRAY_KEY = 'a';
export const NULL_KEY = RANK.null;

export function rankOf(v: Value): string {
  const type = typeOf(v);
  if (type === 'regex') throw badValue('a regular expression cannot be stored or compared');
  return RANK[type];
}

export function keyOf(v: Value): string {
  if (typeof v === 'string') return RANK.string + textKey(v);
  if (typeof v === 'boolean') return v ? 'ib' : 'ia';
  if (v === null) return RANK.null;
  if (isNumeric(v)) return RANK.number + numberKey(v);
  return rankOf(v) + bodyKey(v);
}

function bodyKey(v: Exclude<Value, null | boolean | string>): string {
  if (Array.isArray(v)) return `${v.map(keyOf).join('')}\0`;
  if (v instanceof Date) return doubleKey(v.getTime());
  if (isDoc(v)) return objectKey(v);
  if (v instanceof ObjectId) return String.fromCharCode(...v.id);
  if (v instanceof Binary) return binaryKey(v);
  throw badValue('this value cannot be compared');
}

// Objects compare field by field: by the type of the value, then the name, then the value.
function objectKey(doc: Doc): string {
  let key = '';
  for (const [name, v] of Object.entries(doc)) key += rankOf(v) + textKey(name) + keyOf(v);
  return `${key}\0`;
}

const binaryKey = (v: Binary) =>
  doubleKey(v.position) + String.fromCharCode(v.sub_type) + Buffer.from(v.value()).toString('latin1');

// Strings compare by code point. JavaScript compares UTF-16 units, in which surrogates come too early.
function textKey(s: string): string {
  if (!SPECIAL.test(s)) return `${s}\0`;
  const escaped = s.includes('\0') || s.includes('\x01') ? escapeLow(s) : s;
  return `${hasHigh(escaped) ? byCodePoint(escaped) : escaped}\0`;
}
/** Not all of them are changed, but all that are not here stay as they are. */
const SPECIAL = /[^ -\ud7ff]/;
const escapeLow = (s: string) => s.replaceAll('\x01', '\x01\x02').replaceAll('\0', '\x01\x01');

const hasHigh = (s: string) => /[\ud800-\uffff]/.test(s);

function byCodePoint(s: string): string {
  let out = '';
  for (let i = 0; i < s.length; i++) {
    const unit = s.charCodeAt(i);
    const shift = unit < 0xd800 ? 0 : unit < 0xe000 ? 0x2000 : -0x800;
    out += String.fromCharCode(unit + shift);
  }
  return out;
}

/** The first key after every key that begins with this one. */
export function afterPrefix(key: string): string {
  let end = key.length;
  while (key.charCodeAt(end - 1) === 0xffff) end--;
  return key.slice(0, end - 1) + String.fromCharCode(key.charCodeAt(end - 1) + 1);
}

export const equal = (a: Value, b: Value) => keyOf(a) === keyOf(b);

export function compare(a: Value, b: Value): number {
  const x = keyOf(a);
  const y = keyOf(b);
  return x < y ? -1 : x > y ? 1 : 0;
}
