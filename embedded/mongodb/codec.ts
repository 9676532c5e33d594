// BSON bytes to values and back. Only the types that the engine understands come in.
import * as BSON from 'bson';
import { Binary, BSONRegExp, Decimal128, Double, Int32, Long, ObjectId, Timestamp } from 'bson';
import { badValue, ServerError } from './errors.js';
import { double } from './numbers.js';
import { type Doc, isDoc, type Value } from './values.js';

export const MAX_DOCUMENT = 16_777_216;
/** What a message can hold at all: a little more than may be stored. */
export const MAX_BSON = 16_793_600;

// bson writes past the end of its buffer without a word. The largest thing ever written is a document at its limit
// with a whole message pushed into it; untouched pages of the buffer cost no memory.
const LARGEST_WRITE = 80_000_000;
let buffered = false;

export function encode(doc: Doc): Uint8Array {
  if (!buffered) BSON.setInternalBufferSize(LARGEST_WRITE);
  buffered = true;
  return BSON.serialize(doc);
}

export const sizeOf = (doc: Doc) => BSON.calculateObjectSize(doc);

const OPTIONS = { promoteValues: false, promoteBuffers: false, bsonRegExp: true };

export function decode(bytes: Uint8Array): Doc {
  let doc: BSON.Document;
  try {
    doc = BSON.deserialize(bytes, OPTIONS);
  } catch (error) {
    throw new ServerError('InvalidBSON', error instanceof Error ? error.message : String(error));
  }
  return unwrapFields(doc);
}

function unwrapFields(doc: BSON.Document): Doc {
  for (const name of Object.keys(doc)) doc[name] = unwrap(doc[name]);
  return doc;
}

function unwrap(v: unknown): Value {
  if (typeof v === 'string' || typeof v === 'boolean' || v === null) return v;
  if (v instanceof Int32) return v.value;
  if (v instanceof Double) return double(v.value);
  if (Array.isArray(v)) return v.map(unwrap);
  if (isDoc(v)) return unwrapFields(v);
  if (v instanceof Date && !Number.isNaN(v.getTime())) return v;
  if (v instanceof ObjectId || v instanceof Binary || v instanceof Decimal128) return v;
  if (v instanceof Long && !(v instanceof Timestamp)) return v; // of which Timestamp is a subclass
  if (v instanceof BSONRegExp) return v;
  throw badValue(`values of the BSON type ${typeNameOf(v)} are not supported`);
}

const typeNameOf = (v: unknown) =>
  typeof v === 'object' && v !== null && '_bsontype' in v ? String(v._bsontype) : typeof v;
