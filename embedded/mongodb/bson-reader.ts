// Reads the BSON of which almost every document consists. Whatever else it comes upon, malformed bytes included, it leaves alone: bson
// reads that again, and says what is wrong with it (codec.ts).
import { Decimal128, Long, ObjectId } from 'bson';
import { double } from './numbers.js';
import type { Doc, Value } from './values.js';

const MAX_DEPTH = 200;
const LARGEST_TIME = 8.64e15;
/** Names mean something to JavaScript or to bson, which makes an object of its own of a document with a `$ref`. */
const ODD_NAMES = ['__proto__', '$ref'];
const LONGEST_SHORT = 24;

const ODD = new Error('not read here');
const doubleBytes = new Uint8Array(8);
const doubles = new Float64Array(doubleBytes.buffer);

/** Texts that have been read before, by a hash: the same few names stand in every document, and many values do. */
const knownNames: string[] = new Array(4096).fill('');
const knownTexts: string[] = new Array(4096).fill('');

let data: Buffer = Buffer.alloc(0);
let at = 0;

/** The document, or undefined when it is none that is read here. */
export function readDocument(bytes: Buffer): Doc | undefined {
  data = bytes;
  at = 0;
  try {
    const doc = readFields(bytes.length, 0);
    return at === bytes.length ? doc : undefined;
  } catch (error) {
    if (error === ODD) return undefined;
    throw error;
  } finally {
    data = EMPTY;
  }
}
const EMPTY = data;

function int32(): number {
  const n =
    (data[at] as number) |
    ((data[at + 1] as number) << 8) |
    ((data[at + 2] as number) << 16) |
    ((data[at + 3] as number) << 24);
  at += 4;
  return n;
}

/** Where the document or array ends that begins here. It cannot end beyond `limit`. */
function endOf(limit: number, depth: number): number {
  const start = at;
  const end = start + int32();
  if (end < start + 5 || end > limit || depth > MAX_DEPTH) throw ODD;
  return end;
}

function readFields(limit: number, depth: number): Doc {
  const end = endOf(limit, depth);
  const doc: Doc = {};
  for (let type = data[at++]; type !== 0; type = data[at++]) {
    const name = readName(end);
    doc[name] = readValue(type, end - 1, depth);
  }
  if (at !== end) throw ODD;
  return doc;
}

function readItems(limit: number, depth: number): Value[] {
  const end = endOf(limit, depth);
  const items: Value[] = [];
  for (let type = data[at++]; type !== 0; type = data[at++]) {
    while (at < end && data[at] !== 0) at++; // its position
    at++;
    items.push(readValue(type, end - 1, depth));
  }
  if (at !== end) throw ODD;
  return items;
}

function readValue(type: number | undefined, limit: number, depth: number): Value {
  let v: Value;
  switch (type) {
    case 0x01:
      for (let i = 0; i < 8; i++) doubleBytes[i] = data[at++] as number;
      v = double(doubles[0] as number);
      break;
    case 0x02:
      v = readText(limit);
      break;
    case 0x03:
      v = readFields(limit, depth + 1);
      break;
    case 0x04:
      v = readItems(limit, depth + 1);
      break;
    case 0x07:
      if (at + 12 > limit) throw ODD;
      v = new ObjectId(data.subarray(at, at + 12));
      at += 12;
      break;
    case 0x08: {
      const flag = data[at++];
      if (flag !== 0 && flag !== 1) throw ODD;
      v = flag === 1;
      break;
    }
    case 0x09: {
      const low = int32() >>> 0;
      const time = int32() * 0x100000000 + low;
      if (time > LARGEST_TIME || time < -LARGEST_TIME) throw ODD;
      v = new Date(time);
      break;
    }
    case 0x0a:
      v = null;
      break;
    case 0x10:
      v = int32();
      break;
    case 0x12: {
      const low = int32();
      v = new Long(low, int32());
      break;
    }
    case 0x13:
      if (at + 16 > limit) throw ODD;
      v = new Decimal128(Buffer.from(data.subarray(at, at + 16)));
      at += 16;
      break;
    default:
      throw ODD;
  }
  if (at > limit) throw ODD;
  return v;
}

function readName(limit: number): string {
  const start = at;
  let hash = 0;
  let all = 0;
  for (let byte = data[at]; byte !== 0; byte = data[++at]) {
    if (at >= limit) throw ODD;
    hash = (hash * 31 + (byte as number)) | 0;
    all |= byte as number;
  }
  const end = at++;
  if (all >= 0x80) return data.toString('utf8', start, end);
  const known = knownNames[hash & 4095] as string;
  if (stands(known, start, end)) return known;
  const name = data.toString('latin1', start, end);
  if (ODD_NAMES.includes(name)) throw ODD;
  knownNames[hash & 4095] = name;
  return name;
}

function readText(limit: number): string {
  const length = int32();
  const start = at;
  const end = start + length - 1;
  at = end + 1;
  if (length < 1 || at > limit || data[end] !== 0) throw ODD;
  if (length > LONGEST_SHORT) return readLong(start, end);
  let hash = 0;
  let all = 0;
  for (let i = start; i < end; i++) {
    const byte = data[i] as number;
    hash = (hash * 31 + byte) | 0;
    all |= byte;
  }
  if (all >= 0x80) return readLong(start, end);
  const known = knownTexts[hash & 4095] as string;
  if (stands(known, start, end)) return known;
  const text = data.toString('latin1', start, end);
  knownTexts[hash & 4095] = text;
  return text;
}

function readLong(start: number, end: number): string {
  const text = data.toString('utf8', start, end);
  if (text.includes('\ufffd')) throw ODD; // in the bytes, or in place of what is not UTF-8
  return text;
}

function stands(known: string, start: number, end: number): boolean {
  if (known.length !== end - start) return false;
  for (let i = 0; i < known.length; i++) if (known.charCodeAt(i) !== data[start + i]) return false;
  return true;
}
