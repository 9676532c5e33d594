/*
 * A new log beside the old one, written while commands go on: first every document as it is when its turn comes, then
 * what has been appended to the old log since the beginning. The second part has the last word on whatever it names, so
 * that it does not matter which of the changes a document of the first part had seen.
 */
import { closeSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { BsonWriter } from './bson-writer.js';
import { MAGIC, writeRecord } from './log-records.js';
import { Turns } from './turns.js';
import type { Doc } from './values.js';

const CHUNK = 256_000;
/** What may be left to copy at the switch, when everyone has to wait. */
const REST = 1_000_000;

interface OldLog {
  file: string;
  /** How much of the file has been written so far. */
  size(): number;
}

export class Compaction {
  /** Where the new log is, until it takes the place of the old one. */
  readonly file: string;
  size = 0;
  readonly #old: OldLog;
  readonly #fd: number;
  readonly #oldFd: number;
  readonly #buffer = Buffer.allocUnsafe(CHUNK);
  #copied: number;
  #isOver = false;

  constructor(old: OldLog, file: string) {
    this.#old = old;
    this.#copied = old.size();
    this.file = file;
    this.#fd = openSync(file, 'w');
    this.#oldFd = openSync(old.file, 'r');
  }

  /** Writes all but a rest; false when it was given up meanwhile. */
  async write(records: Iterable<Doc>): Promise<boolean> {
    const turns = new Turns();
    const chunk = new BsonWriter();
    chunk.bytes(MAGIC);
    for (const record of records) {
      writeRecord(chunk, record);
      if (chunk.length < CHUNK && !turns.isOver) continue;
      this.#write(chunk.written());
      chunk.rewind();
      if (turns.isOver) await turns.next();
      if (this.#isOver) return false;
    }
    this.#write(chunk.written());
    for (const last of [false, true]) {
      while (this.#old.size() - this.#copied > (last ? REST : 0)) {
        this.#copySome();
        if (turns.isOver) await turns.next();
        if (this.#isOver) return false;
      }
      if (!last) await syncFile(this.file);
      if (this.#isOver) return false;
    }
    return true;
  }

  /** Copies the rest, at once. The caller puts the file into its place. */
  finish(): void {
    while (this.#copied < this.#old.size()) this.#copySome();
    this.#close();
  }

  /** Leaves nothing behind. */
  abandon(): void {
    if (this.#isOver) return;
    this.#close();
    rmSync(this.file, { force: true });
  }

  #close(): void {
    this.#isOver = true;
    closeSync(this.#fd);
    closeSync(this.#oldFd);
  }

  #copySome(): void {
    const length = Math.min(CHUNK, this.#old.size() - this.#copied);
    const n = readSync(this.#oldFd, this.#buffer, 0, length, this.#copied);
    if (n === 0) throw new Error(`${this.#old.file} is shorter than what was written to it`);
    this.#write(this.#buffer.subarray(0, n));
    this.#copied += n;
  }

  #write(data: Uint8Array): void {
    for (let at = 0; at < data.length; ) at += writeSync(this.#fd, data, at);
    this.size += data.length;
  }
}

/** In a thread of its own, as a disk may take long. */
async function syncFile(file: string): Promise<void> {
  const handle = await open(file, 'r+');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
