/*
 * The values a document can hold. A number is an int32 when it is whole and fits, and a double otherwise, as the driver
 * sends it; a whole double keeps its wrapper, so that a value comes back as the type it was stored with.
 *
 * Documents are JavaScript objects, in which names that are whole numbers come first, whatever the order on the wire.
 */
import { Binary, BSONRegExp, Decimal128, Double, Long, ObjectId } from 'bson';

export type Numeric = number | Double | Long | Decimal128;
export type Regex = RegExp | BSONRegExp;
export type Value = null | boolean | string | Numeric | Date | ObjectId | Binary | Regex | Value[] | Doc;
export interface Doc {
  [name: string]: Value;
}
/** A document, and how many bytes it takes in the log. */
export interface Stored {
  doc: Doc;
  size: number;
}

/** A value, or undefined for a field that is missing. */
export type Maybe = Value | undefined;

export type TypeName = ReturnType<typeof typeOf>;

/** A stage of a pipeline: documents in, documents out. */
export type Stage = (docs: readonly Doc[]) => Doc[];

export const isDoc = (v: unknown): v is Doc =>
  typeof v === 'object' && v !== null && Object.getPrototypeOf(v) === Object.prototype;

export const isRegex = (v: unknown): v is Regex => v instanceof BSONRegExp || v instanceof RegExp;

export const isNumeric = (v: unknown): v is Numeric =>
  typeof v === 'number' || v instanceof Long || v instanceof Double || v instanceof Decimal128;

/** An object of operators, such as `{ $gt: 1 }`: its first name begins with a dollar. */
export function isOperators(v: unknown): v is Doc {
  if (!isDoc(v)) return false;
  for (const name in v) return name.startsWith('$');
  return false;
}

export function typeOf(v: Value) {
  if (typeof v === 'string') return 'string';
  if (typeof v === 'boolean') return 'bool';
  if (v === null) return 'null';
  if (isNumeric(v)) return 'number';
  if (Array.isArray(v)) return 'array';
  if (v instanceof ObjectId) return 'objectId';
  if (v instanceof Date) return 'date';
  if (v instanceof Binary) return 'binData';
  return isRegex(v) ? 'regex' : 'object';
}

/** What MongoDB takes for true in `$exists`, `$cond` and projections: anything but null, missing, false and zero. */
export function isTrue(v: Maybe): boolean {
  if (v === undefined || v === null || v === false) return false;
  return !isNumeric(v) || Number(v.toString()) !== 0;
}

/** The field of a document; never something that every object inherits. */
export const own = (doc: Doc, name: string): Maybe => (Object.hasOwn(doc, name) ? doc[name] : undefined);
