/*
 * Durability: one append-only file of BSON records. Each has a header of three 32-bit numbers: the length of the
 * record, a checksum of that length, and a checksum of the record.
 *
 * A record counts once it has reached the operating system, so what has been acknowledged survives the death of the
 * process, by kill -9 too. Records are not synced to the disk one by one: a power cut can cost the last seconds.
 */
import {
  closeSync,
  existsSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { crc32 } from 'node:zlib';
import { decode, encode } from './codec.js';
import type { Doc } from './values.js';

const MAGIC = Buffer.from('concierge log 1\n');
const HEADER = 12;
const CHUNK = 8_000_000;

export type Write = (fd: number, data: Uint8Array) => number;

export class Log {
  /** Bytes in the file. */
  size = 0;
  /** Why nothing can be appended any more: after a failed write the file and the memory differ. */
  failed: Error | undefined;
  readonly #file: string;
  readonly #write: Write;
  #fd: number | undefined;
  #pending: Uint8Array[] = [];

  constructor(file: string, write: Write = writeSync) {
    this.#file = file;
    this.#write = write;
  }

  /** Calls `apply` with each record and its size, cuts off a torn tail, and opens the file for appending. */
  open(apply: (record: Doc, size: number) => void): void {
    rmSync(this.#temporary, { force: true });
    if (!existsSync(this.#file)) this.rewrite([]);
    this.#fd = openSync(this.#file, 'r+');
    this.size = replay(this.#fd, this.#file, apply);
    ftruncateSync(this.#fd, this.size);
    closeSync(this.#fd);
    this.#fd = openSync(this.#file, 'a');
    if (this.size < MAGIC.length) this.rewrite([]);
  }

  append(record: Doc): void {
    this.#pending.push(frame(record));
  }

  /** Hands everything appended to the operating system. */
  flush(): void {
    if (this.#pending.length === 0 || this.#fd === undefined) return;
    const data = Buffer.concat(this.#pending.splice(0));
    this.#failing(() => this.#writeAll(this.#fd ?? -1, data));
    this.size += data.length;
  }

  /** Replaces the file. Whoever dies in the middle leaves the old one or the new one. */
  rewrite(records: Iterable<Doc>): void {
    this.#failing(() => {
      const fd = openSync(this.#temporary, 'w');
      const size = this.#writeRecords(fd, records);
      fsyncSync(fd);
      closeSync(fd);
      renameSync(this.#temporary, this.#file);
      syncFolder(dirname(this.#file));
      if (this.#fd !== undefined) closeSync(this.#fd);
      this.#fd = openSync(this.#file, 'a');
      this.size = size;
    });
  }

  close(): void {
    if (this.#fd === undefined) return;
    if (!this.failed) {
      this.flush();
      fsyncSync(this.#fd);
    }
    closeSync(this.#fd);
    this.#fd = undefined;
  }

  #writeRecords(fd: number, records: Iterable<Doc>): number {
    let chunk: Uint8Array[] = [MAGIC];
    let waiting = MAGIC.length;
    let size = waiting;
    for (const record of records) {
      const bytes = frame(record);
      chunk.push(bytes);
      waiting += bytes.length;
      size += bytes.length;
      if (waiting < CHUNK) continue;
      this.#writeAll(fd, Buffer.concat(chunk));
      chunk = [];
      waiting = 0;
    }
    this.#writeAll(fd, Buffer.concat(chunk));
    return size;
  }

  #writeAll(fd: number, data: Uint8Array): void {
    for (let at = 0; at < data.length; ) at += this.#write(fd, data.subarray(at));
  }

  #failing(action: () => void): void {
    if (this.failed) throw this.failed;
    try {
      action();
    } catch (error) {
      this.failed = error instanceof Error ? error : new Error(String(error));
      throw this.failed;
    }
  }

  get #temporary(): string {
    return `${this.#file}.new`;
  }
}

function frame(record: Doc): Uint8Array {
  const body = encode(record);
  const bytes = Buffer.allocUnsafe(HEADER + body.length);
  bytes.writeUInt32LE(body.length, 0);
  bytes.writeUInt32LE(crc32(bytes.subarray(0, 4)), 4);
  bytes.writeUInt32LE(crc32(body), 8);
  bytes.set(body, HEADER);
  return bytes;
}

// Returns where the sound part of the file ends.
function replay(fd: number, file: string, apply: (record: Doc, size: number) => void): number {
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

function syncFolder(folder: string): void {
  if (process.platform === 'win32') return; // where a folder cannot be synced
  const fd = openSync(folder, 'r');
  fsyncSync(fd);
  closeSync(fd);
}
