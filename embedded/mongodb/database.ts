// All collections, kept in memory and in one log.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Collection } from './collection.js';
import { Documents } from './documents.js';
import { ServerError } from './errors.js';
import { parseIndexSpec } from './index-specs.js';
import type { IndexSpec } from './indexes.js';
import { Log, type Write } from './log.js';
import { keyOf } from './order.js';
import type { Journal } from './requests.js';
import { type Doc, isDoc } from './values.js';

/*
 * The records of the log, each with the collection in `c`: `p` a document that was put, `d` the _id of one that was
 * deleted, `i` the specifications of all indexes but that of _id, `x` the collection dropped.
 */
interface Replayed {
  docs: Documents;
  specs: IndexSpec[];
}

export interface DatabaseOptions {
  folder: string;
  /** The size of the log, in bytes, below which it is never compacted. */
  compactAbove?: number;
  write?: Write;
}

const DEFAULT_COMPACT_ABOVE = 16_000_000;

export class Database {
  readonly collections = new Map<string, Collection>();
  readonly log: Log;
  isClosed = false;
  readonly #compactAbove: number;
  #compacted: Promise<void> | undefined;
  readonly #live = new Map<string, number>(); // bytes of documents, by collection

  constructor({ folder, compactAbove = DEFAULT_COMPACT_ABOVE, write }: DatabaseOptions) {
    mkdirSync(folder, { recursive: true });
    this.log = new Log(join(folder, 'data.log'), write);
    this.#compactAbove = compactAbove;
    this.#load();
  }

  #load(): void {
    const replayed = new Map<string, Replayed>();
    this.log.open((record, size) => replayRecord(replayed, record, size));
    for (const [ns, { docs, specs }] of replayed) {
      this.#attach(ns, docs, specs);
      for (const { size } of docs.values()) this.#grow(ns, size);
    }
  }

  get(ns: string): Collection | undefined {
    return this.collections.get(ns);
  }

  /** The collection or, so that its filters are checked all the same, an empty one that is not kept. */
  reader(ns: string): Collection {
    return this.collections.get(ns) ?? new Collection(ns);
  }

  /** The collection, made if it is not there yet. */
  ensure(ns: string): Collection {
    const existing = this.collections.get(ns);
    if (existing) return existing;
    this.#checkCase(ns.slice(0, ns.indexOf('.')));
    this.log.append({ c: ns, i: [] });
    return this.#attach(ns);
  }

  // MongoDB must run on file systems that do not tell upper case from lower.
  #checkCase(db: string): void {
    for (const ns of this.collections.keys()) {
      const other = ns.slice(0, ns.indexOf('.'));
      if (other === db || other.toLowerCase() !== db.toLowerCase()) continue;
      const message = `db already exists with different case already have: [${other}] trying to create [${db}]`;
      throw new ServerError('DatabaseDifferCase', message);
    }
  }

  drop(ns: string): boolean {
    if (!this.collections.delete(ns)) return false;
    this.#live.delete(ns);
    this.log.append({ c: ns, x: true });
    return true;
  }

  expire(now: number): number {
    let n = 0;
    for (const collection of this.collections.values()) n += collection.expire(now);
    return n;
  }

  /** Everything that has been written so far is safe from here on. */
  flush(): void {
    this.log.flush();
    if (this.log.isCompacting || this.log.size <= this.log.compactionFailedAt * 1.5) return;
    if (this.log.size <= this.#compactAbove || this.log.size <= 2 * this.#liveBytes()) return;
    this.#compacted = this.log.compact(this.#records());
  }

  /** Resolves when no compaction is under way any more. */
  async compacted(): Promise<void> {
    await this.#compacted;
  }

  assertSound(): void {
    if (this.isClosed) throw new ServerError('InterruptedAtShutdown', 'interrupted at shutdown');
    const { failed } = this.log;
    if (!failed) return;
    throw new ServerError(
      'LogWriteFailed',
      `the data log could not be written (${failed.message}); start again`,
    );
  }

  close(): void {
    this.isClosed = true;
    this.log.close();
  }

  #liveBytes(): number {
    let sum = 0;
    for (const bytes of this.#live.values()) sum += bytes;
    return sum;
  }

  *#records(): Generator<Doc> {
    for (const [c, { docs, indexes }] of this.collections) {
      yield { c, i: indexes.slice(1).map((index) => specRecord(index.spec)) };
      // those that come later stand in the old log, after its beginning
      let left = docs.size;
      for (const { doc: p } of docs.values()) {
        if (left-- === 0) break;
        yield { c, p };
      }
    }
  }

  #attach(ns: string, docs?: Documents, specs?: IndexSpec[]): Collection {
    const collection = new Collection(ns, this.#journal, docs, specs);
    this.collections.set(ns, collection);
    return collection;
  }

  readonly #journal: Journal = {
    put: (c, doc, before) => {
      const size = this.log.append({ c, p: doc as unknown as Doc });
      this.#grow(c, size - (before?.size ?? 0));
      return size;
    },
    remove: (c, { doc, size }) => {
      this.log.append({ c, d: doc._id ?? null });
      this.#grow(c, -size);
    },
    indexes: (c, specs) => this.log.append({ c, i: specs.map(specRecord) }),
  };

  #grow(ns: string, bytes: number): void {
    this.#live.set(ns, (this.#live.get(ns) ?? 0) + bytes);
  }
}

const specRecord = (spec: IndexSpec): Doc => ({ ...spec });

function replayRecord(replayed: Map<string, Replayed>, { c, p, d, i, x }: Doc, size: number): void {
  const ns = String(c);
  if (x === true) {
    replayed.delete(ns);
    return;
  }
  const state = replayed.get(ns) ?? { docs: new Documents(), specs: [] };
  replayed.set(ns, state);
  if (isDoc(p)) state.docs.set(keyOf(p._id ?? null), p, size);
  else if (Array.isArray(i)) state.specs = i.filter(isDoc).map(parseIndexSpec);
  else state.docs.delete(keyOf(d ?? null));
}
