// Writes BSON into a buffer that grows with what is written.
import { Binary, BSONRegExp, Decimal128, Double, Long, ObjectId } from 'bson';
import { isInt32 } from './numbers.js';
import { type Doc, isDoc, type Value } from './values.js';

/** A document or an array that is in BSON already. It may stand in what is written, in place of a value. */
export class Encoded {
  readonly bytes: Uint8Array;
  readonly isArray: boolean;

  constructor(bytes: Uint8Array, isArray = false) {
    this.bytes = bytes;
    this.isArray = isArray;
  }
}

const SMALL = 65_536;
const LONGEST_SHORT = 16;
/** Of the type, the ends and a value that is no text. */
const BESIDE_TEXT = 32;

const doubleBytes = new Uint8Array(8);
const doubles = new Float64Array(doubleBytes.buffer);

export class BsonWriter {
  /** So much of the buffer has been written. */
  length = 0;
  #bytes = Buffer.allocUnsafeSlow(SMALL);

  /** What has been written, until the next thing is. */
  written(from = 0): Buffer {
    return this.#bytes.subarray(from, this.length);
  }

  /** Begins afresh at a place; a buffer that has become large is given back. */
  rewind(to = 0): void {
    this.length = to;
    if (to === 0 && this.#bytes.length > 16 * SMALL) this.#bytes = Buffer.allocUnsafeSlow(SMALL);
  }

  /** Leaves out so many bytes, to be filled in later. */
  skip(n: number): number {
    this.#room(n);
    this.length += n;
    return this.length - n;
  }

  int32(n: number, at: number): void {
    const bytes = this.#bytes;
    bytes[at] = n;
    bytes[at + 1] = n >> 8;
    bytes[at + 2] = n >> 16;
    bytes[at + 3] = n >> 24;
  }

  bytes(some: Uint8Array): void {
    this.#room(some.length);
    this.#bytes.set(some, this.length);
    this.length += some.length;
  }

  document(doc: Doc): void {
    const start = this.skip(4);
    for (const name in doc) {
      const v = doc[name];
      if (v !== undefined) this.#element(name, v);
    }
    this.#close(start);
  }

  items(all: readonly Value[]): void {
    this.someItems(all, 0, all.length, Number.POSITIVE_INFINITY);
  }

  /** Those from one place to before another, as many as the bytes allow, but at least one. Says where it ended. */
  someItems(all: readonly Value[], from: number, to: number, maxBytes: number): number {
    const start = this.skip(4);
    let i = from;
    for (; i < to; i++) {
      const before = this.length;
      this.#element(String(i - from), all[i] ?? null);
      if (this.length - start <= maxBytes || i === from) continue;
      this.length = before;
      break;
    }
    this.#close(start);
    return i;
  }

  #close(start: number): void {
    this.#room(1);
    this.#bytes[this.length++] = 0;
    this.int32(this.length - start, start);
  }

  #room(n: number): void {
    if (this.length + n <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(2 * this.#bytes.length, this.length + n));
    larger.set(this.#bytes.subarray(0, this.length));
    this.#bytes = larger;
  }

  #element(name: string, v: Value): void {
    this.#room(3 * name.length + BESIDE_TEXT);
    const type = this.length++;
    this.#name(name);
    const written = this.#value(v);
    this.#bytes[type] = written;
  }

  /** Writes a value, and says of what type it is. */
  #value(v: Value): number {
    if (typeof v === 'string') return this.#string(v);
    if (typeof v === 'number') return isInt32(v) ? this.#int(v) : this.#double(v);
    if (v === null) return 0x0a;
    if (typeof v === 'boolean') {
      this.#bytes[this.length++] = Number(v);
      return 0x08;
    }
    if (Array.isArray(v)) {
      this.items(v);
      return 0x04;
    }
    if (isDoc(v)) {
      this.document(v);
      return 0x03;
    }
    if (v instanceof Date) {
      const time = v.getTime();
      return this.#long(0x09, time, Math.floor(time / 0x100000000));
    }
    if (v instanceof ObjectId) return this.#raw(0x07, v.id);
    if (v instanceof Long) return this.#long(0x12, v.low, v.high);
    return this.#other(v);
  }

  #other(v: Value | Encoded): number {
    if (v instanceof Double) return this.#double(v.value);
    if (v instanceof Encoded) return this.#raw(v.isArray ? 0x04 : 0x03, v.bytes);
    if (v instanceof Decimal128) return this.#raw(0x13, v.bytes);
    if (v instanceof Binary) return this.#binary(v);
    if (v instanceof BSONRegExp) {
      for (const part of [v.pattern, v.options]) {
        this.#room(3 * part.length + 1);
        this.#name(part);
      }
      return 0x0b;
    }
    throw new Error(`a value that BSON does not have: ${String(v)}`);
  }

  #raw(type: number, bytes: Uint8Array): number {
    this.bytes(bytes);
    return type;
  }

  #int(n: number): number {
    this.int32(n, this.length);
    this.length += 4;
    return 0x10;
  }

  /** Of the low half only the last 32 bits count. */
  #long(type: number, low: number, high: number): number {
    this.#int(low | 0);
    this.#int(high);
    return type;
  }

  #double(n: number): number {
    doubles[0] = n;
    const bytes = this.#bytes;
    for (let i = 0; i < 8; i++) bytes[this.length++] = doubleBytes[i] as number;
    return 0x01;
  }

  #string(s: string): number {
    this.#room(3 * s.length + BESIDE_TEXT);
    const start = this.length;
    this.length += 4;
    this.#text(s);
    this.#bytes[this.length++] = 0;
    this.int32(this.length - start - 4, start);
    return 0x02;
  }

  // In BSON a byte in a binary of the old kind says its length once more.
  #binary(v: Binary): number {
    const content = v.buffer.subarray(0, v.position);
    const isOld = v.sub_type === Binary.SUBTYPE_BYTE_ARRAY;
    this.#room(BESIDE_TEXT);
    this.#int(content.length + (isOld ? 4 : 0));
    this.#bytes[this.length++] = v.sub_type;
    if (isOld) this.#int(content.length);
    return this.#raw(0x05, content);
  }

  /** A text that ends with a null byte, and so can have none. */
  #name(s: string): void {
    if (s.includes('\0')) throw new Error(`a null byte in a name: ${JSON.stringify(s)}`);
    this.#text(s);
    this.#bytes[this.length++] = 0;
  }

  /** The caller has seen to the room. Short texts are written quickest one by one. */
  #text(s: string): void {
    const bytes = this.#bytes;
    const start = this.length;
    if (s.length <= LONGEST_SHORT) {
      let i = 0;
      for (; i < s.length; i++) {
        const unit = s.charCodeAt(i);
        if (unit >= 0x80) break;
        bytes[start + i] = unit;
      }
      if (i === s.length) {
        this.length += i;
        return;
      }
    }
    this.length += bytes.write(s, start);
  }
}
