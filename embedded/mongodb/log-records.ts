/*
 * The records of the log: a header of three 32-bit numbers, which are the length of the record, a checksum of that
 * length, and a checksum of the record; then the record, in BSON.
 */
import { readSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import type { BsonWriter } from './bson-writer.js';
import { decode } from './codec.js';
import type { Doc } from './values.js';

export const MAGIC = Buffer.from('concierge log 1\n');
const HEADER = 12;
const CHUNK = 8_000_000;

/** Adds a record as a whole or, when it cannot be written, not at all. Says how many bytes it takes. */
export function writeRecord(writer: BsonWriter, record: Doc): number {
  const start = writer.skip(HEADER);
  try {
    writer.document(record);
  } catch (error) {
    writer.rewind(start);
    throw error;
  }
  const bytes = writer.written(start);
  writer.int32(bytes.length - HEADER, start);
  writer.int32(crc32(bytes.subarray(0, 4)), start + 4);
  writer.int32(crc32(bytes.subarray(HEADER)), start + 8);
  return bytes.length;
}

/** Calls `apply` with each record and its size. Returns where the sound part of the file ends. */
export function replay(fd: number, file: string, apply: (record: Doc, size: number) => void): number {
  const reader = new Reader(fd);
  const magic = reader.take(MAGIC.length);
  if (magic && !magic.equals(MAGIC)) throw damaged(file, 0);
  if (!magic) return 0;
  for (;;) {
    const at = reader.at;
    const header = reader.take(HEADER);
    if (!header) return at;
    if (crc32(header.subarray(0, 4)) !== header.readUInt32LE(4)) return endOrDamage(reader, header, file, at);
    const body = reader.take(header.readUInt32LE(0));
    if (!body) return at;
    if (crc32(body) === header.readUInt32LE(8)) apply(decode(body), HEADER + body.length);
    else return endOrDamage(reader, body, file, at);
  }
}

// A crash leaves the beginning of the last record and, where the machine itself went down, zeros for the rest of it.
// Anything else that does not check is damage, and what comes after it must not be lost without a word.
function endOrDamage(reader: Reader, part: Buffer, file: string, at: number): number {
  const rest = reader.rest();
  const zeros = (bytes: Buffer) => bytes.every((b) => b === 0);
  if (rest.length === 0 || (zeros(rest) && (zeros(part) || part.at(-1) === 0))) return at;
  throw damaged(file, at);
}

const damaged = (file: string, at: number) =>
  new Error(`${file} is damaged at byte ${at}. Move the file away to start afresh.`);

class Reader {
  at = 0;
  readonly #fd: number;
  #data = Buffer.alloc(0);
  #end = false;

  constructor(fd: number) {
    this.#fd = fd;
  }

  take(length: number): Buffer | undefined {
    while (this.#data.length < length && !this.#end) this.#read(Math.max(CHUNK, length));
    if (this.#data.length < length) return undefined;
    const taken = this.#data.subarray(0, length);
    this.#data = this.#data.subarray(length);
    this.at += length;
    return taken;
  }

  rest(): Buffer {
    while (!this.#end) this.#read(CHUNK);
    return this.#data;
  }

  #read(size: number): void {
    const chunk = Buffer.allocUnsafe(size);
    const n = readSync(this.#fd, chunk);
    if (n === 0) this.#end = true;
    else this.#data = Buffer.concat([this.#data, chunk.subarray(0, n)]);
  }
}
