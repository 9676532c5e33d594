/*
 * Durability: one append-only file of records.
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
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { frame, MAGIC, replay } from './log-records.js';
import type { Doc } from './values.js';

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
      if (this.#fd !== undefined) closeSync(this.#fd); // some systems do not replace an open file
      this.#fd = undefined;
      renameSync(this.#temporary, this.#file);
      syncFolder(dirname(this.#file));
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

function syncFolder(folder: string): void {
  if (process.platform === 'win32') return; // where a folder cannot be synced
  const fd = openSync(folder, 'r');
  fsyncSync(fd);
  closeSync(fd);
}
