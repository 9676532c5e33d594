// Values as MongoDB writes them in its messages.
import { Binary, Decimal128, Double, Long, ObjectId } from 'bson';
import { type Doc, isDoc, isRegex, type Value } from './values.js';

export function describe(v: Value): string {
  if (typeof v === 'string') return JSON.stringify(v);
  if (v instanceof ObjectId) return `ObjectId('${v.toHexString()}')`;
  if (v instanceof Date) return `new Date(${v.getTime()})`;
  if (Array.isArray(v)) return `[ ${v.map(describe).join(', ')} ]`;
  if (v instanceof Binary) return `BinData(${v.sub_type}, ${v.toString('hex').toUpperCase()})`;
  return isDoc(v) ? describeFields(v) : String(v);
}

function describeFields(doc: Doc): string {
  const fields = Object.entries(doc).map(([name, v]) => `${name}: ${describe(v)}`);
  return fields.length > 0 ? `{ ${fields.join(', ')} }` : '{}';
}

/** The name of a value's type, as MongoDB's messages have it. */
export function typeAlias(v: Value): string {
  if (v === null) return 'null';
  if (typeof v === 'number') return v === (v | 0) ? 'int' : 'double';
  if (v instanceof Double) return 'double';
  if (v instanceof Long) return 'long';
  if (v instanceof Decimal128) return 'decimal';
  if (v instanceof ObjectId) return 'objectId';
  if (v instanceof Date) return 'date';
  if (v instanceof Binary) return 'binData';
  if (typeof v === 'boolean') return 'bool';
  if (Array.isArray(v)) return 'array';
  return isRegex(v) ? 'regex' : isDoc(v) ? 'object' : typeof v;
}
