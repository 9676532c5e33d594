// BSON bytes to values and back. Only the types that the engine understands come in.
import * as BSON from 'bson';
import { Binary, BSONRegExp, Decimal128, Double, Int32, Long, ObjectId, Timestamp } from 'bson';
import { readDocument } from './bson-reader.js';
import { BsonWriter, Encoded } from './bson-writer.js';
import { badValue, ServerError } from './errors.js';
import { double } from './numbers.js';
import { type Doc, isDoc, type Value } from './values.js';

export const MAX_DOCUMENT = 16_777_216;
/** What a message can hold at all: a little more than may be stored. */
export const MAX_BSON = 16_793_600;

const writer = new BsonWriter();

export function encode(doc: Doc): Buffer {
  writer.rewind();
  writer.document(doc);
  return Buffer.from(writer.written());
}

/** An array of the documents from one place to before another, as many as the bytes allow, and where it ended. */
export function encodeSome(docs: readonly Doc[], from: number, to: number, maxBytes: number) {
  writer.rewind();
  const end = writer.someItems(docs, from, to, maxBytes);
  return { items: new Encoded(Buffer.from(writer.written()), true), end };
}

export function sizeOf(doc: Doc): number {
  writer.rewind();
  writer.document(doc);
  return writer.length;
}

const OPTIONS = { promoteValues: false, promoteBuffers: false, bsonRegExp: true };

export const decode = (bytes: Buffer): Doc => readDocument(bytes) ?? decodeSlowly(bytes);

/** Whatever BSON can hold. What is wrong with it is an error. */
export function decodeSlowly(bytes: Uint8Array): Doc {
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
