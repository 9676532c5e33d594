/*
 * Durability: one append-only file of records.
 *
 * A record counts once it has reached the operating system, so what has been acknowledged survives the death of the
 * process, by kill -9 too. Records are not synced to the disk one by one: a power cut can cost the last seconds.
 */
import {
  close,
  closeSync,
  existsSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { BsonWriter } from './bson-writer.js';
import { Compaction } from './compaction.js';
import { MAGIC, replay, writeRecord } from './log-records.js';
import type { Doc } from './values.js';

const WINDOWS = process.platform === 'win32';

export type Write = (fd: number, data: Uint8Array) => number;

export class Log {
  /** Bytes in the file. */
  size = 0;
  /** Why nothing can be appended any more: after a failed write the file and the memory differ. */
  failed: Error | undefined;
  /** The size at which it could not be compacted; it is worth another attempt when it has grown. */
  compactionFailedAt = 0;
  readonly #file: string;
  readonly #write: Write;
  #fd: number | undefined;
  readonly #pending = new BsonWriter();
  #compaction: Compaction | undefined;

  constructor(file: string, write: Write = writeSync) {
    this.#file = file;
    this.#write = write;
  }

  /** Calls `apply` with each record and its size, cuts off a torn tail, and opens the file for appending. */
  open(apply: (record: Doc, size: number) => void): void {
    rmSync(this.#temporary, { force: true });
    if (!existsSync(this.#file)) this.#begin();
    if (this.#fd !== undefined) closeSync(this.#fd);
    this.#fd = openSync(this.#file, 'r+');
    this.size = replay(this.#fd, this.#file, apply);
    ftruncateSync(this.#fd, this.size);
    closeSync(this.#fd);
    this.#fd = openSync(this.#file, 'a');
    if (this.size < MAGIC.length) this.#begin();
  }

  /** Says how many bytes it takes. */
  append(record: Doc): number {
    return writeRecord(this.#pending, record);
  }

  /** Hands everything appended to the operating system. */
  flush(): void {
    if (this.#pending.length === 0 || this.#fd === undefined) return;
    const data = this.#pending.written();
    this.#pending.rewind();
    this.#failing(() => this.#writeAll(this.#fd ?? -1, data));
    this.size += data.length;
  }

  /**
   * Replaces the file by one with these records and what is appended meanwhile, in slices of time. Whoever dies in the
   * middle leaves the old file or the new one. What cannot be written leaves the old one, and is tried again later.
   */
  async compact(records: Iterable<Doc>): Promise<void> {
    if (this.#compaction || this.failed) return;
    let compaction: Compaction | undefined;
    try {
      const old = { file: this.#file, size: () => this.size };
      compaction = new Compaction(old, this.#temporary);
      this.#compaction = compaction;
      if (await compaction.write(records)) this.#switchTo(compaction);
    } catch (error) {
      console.error('The data log could not be compacted:', error);
      compaction?.abandon();
      this.compactionFailedAt = this.size;
    } finally {
      this.#compaction = undefined;
    }
  }

  get isCompacting(): boolean {
    return this.#compaction !== undefined;
  }

  #switchTo(compaction: Compaction): void {
    compaction.finish(); // what is pending goes into the new one
    this.#failing(() => {
      const old = this.#fd;
      if (WINDOWS && old !== undefined) closeSync(old); // an open file cannot be replaced there
      renameSync(compaction.file, this.#file);
      this.#fd = openSync(this.#file, 'a');
      this.size = compaction.size;
      if (!WINDOWS && old !== undefined) close(old, () => {}); // to free a large file takes its time
    });
    syncFolder(dirname(this.#file));
  }

  close(): void {
    this.#compaction?.abandon();
    if (this.#fd === undefined) return;
    if (!this.failed) {
      this.flush();
      fsyncSync(this.#fd);
    }
    closeSync(this.#fd);
    this.#fd = undefined;
  }

  // A file with nothing in it yet, which is there as a whole or not at all.
  #begin(): void {
    if (this.#fd !== undefined) closeSync(this.#fd);
    writeFileSync(this.#temporary, MAGIC, { flush: true });
    renameSync(this.#temporary, this.#file);
    syncFolder(dirname(this.#file));
    this.#fd = openSync(this.#file, 'a');
    this.size = MAGIC.length;
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
  if (WINDOWS) return; // where a folder cannot be synced
  const fd = openSync(folder, 'r');
  fsyncSync(fd);
  closeSync(fd);
}
