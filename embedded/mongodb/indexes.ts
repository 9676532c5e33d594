// One index: its keys in order, each with the document it leads to.
import { describe } from './describe.js';
import type { Documents } from './documents.js';
import { ServerError } from './errors.js';
import { type Combination, combinations, EMPTY_ARRAY, partKey } from './keys.js';
import { compileFilter, type Predicate } from './match.js';
import { afterPrefix } from './order.js';
import { type Path, splitPath } from './paths.js';
import { type Entry, SortedKeys } from './sorted-keys.js';
import type { Doc } from './values.js';

export interface IndexSpec {
  name: string;
  /** `'text'` only as in `{ _fts: 'text', _ftsx: 1 }`, the form in which MongoDB keeps a text index. */
  key: Record<string, 1 | -1 | 'text'>;
  unique?: boolean;
  sparse?: boolean;
  partialFilterExpression?: Doc;
  expireAfterSeconds?: number;
  weights?: Doc;
  default_language?: string;
  language_override?: string;
  textIndexVersion?: number;
}

export const isText = ({ key }: IndexSpec) => Object.values(key).includes('text');

export const ID_INDEX: IndexSpec = { name: '_id_', key: { _id: 1 }, unique: true };

/** The key of an index entry, and the values it was made of. */
interface IndexKey {
  key: string;
  parts: Combination;
}

export class Index {
  readonly spec: IndexSpec;
  readonly fields: string[];
  readonly entries: SortedKeys;
  /** Which of the fields have ever met an array. */
  readonly multikey: boolean[];
  /** Why it cannot be built, when a write since the beginning has made it impossible. */
  fault: unknown;
  readonly #paths: Path[];
  readonly #heads: string[];
  readonly #covers: Predicate | undefined; // of a partial index; a text index is only noted, and covers nothing

  /** With another's entries when only an option of it has changed. */
  constructor(spec: IndexSpec, like?: Index) {
    this.spec = spec;
    this.entries = like?.entries ?? new SortedKeys();
    const { partialFilterExpression: filter } = spec;
    this.#covers = isText(spec) ? () => false : filter && compileFilter(filter);
    this.fields = Object.keys(spec.key);
    this.#paths = this.fields.map(splitPath);
    this.#heads = this.#paths.map(([head = '']) => head);
    this.multikey = like?.multikey ?? this.fields.map(() => false);
  }

  keys(doc: Doc): IndexKey[] {
    if (this.#covers && !this.#covers(doc)) return [];
    const all = combinations(doc, this.#paths, (i) => {
      this.multikey[i] = true;
    });
    const keys: IndexKey[] = [];
    for (const parts of all) {
      if (this.spec.sparse && parts.every((v) => v === undefined)) continue;
      let key = '';
      for (const part of parts) key += partKey(part);
      keys.push({ key, parts });
    }
    return keys.length > 1 ? [...new Map(keys.map((k) => [k.key, k])).values()] : keys;
  }

  /** Whether an update has left everything alone of which the keys are made: what it touches it copies. */
  isUntouched(before: Doc, after: Doc): boolean {
    return !this.#covers && this.#heads.every((name) => before[name] === after[name]);
  }

  /** Refuses keys that another document than `id` has. */
  checkUnique(keys: readonly IndexKey[], id: string, ns: string): void {
    if (!this.spec.unique) return;
    for (const { key, parts } of keys) {
      const holder = this.entries.first(key, afterPrefix(key));
      if (holder !== undefined && holder !== id) throw this.#duplicate(ns, parts);
    }
  }

  #duplicate(ns: string, parts: Combination): ServerError {
    const keyValue = Object.fromEntries(this.fields.map((name, i) => [name, keyPart(parts[i])] as const));
    return new ServerError(
      'DuplicateKey',
      `E11000 duplicate key error collection: ${ns} index: ${this.spec.name} dup key: ${describe(keyValue)}`,
      { keyPattern: this.spec.key, keyValue },
    );
  }

  add(keys: readonly IndexKey[], id: string): void {
    for (const { key } of keys) this.entries.add(this.#entryKey(key, id), id);
  }

  remove(keys: readonly IndexKey[], id: string): void {
    for (const { key } of keys) this.entries.remove(this.#entryKey(key, id));
  }

  /** Adds a document to an index that is being built, in which it may be already. */
  include(doc: Doc, id: string, ns: string): void {
    for (const { key, parts } of this.keys(doc)) {
      const entryKey = this.#entryKey(key, id);
      const holder = this.entries.first(entryKey, afterPrefix(entryKey));
      if (holder === undefined) this.entries.add(entryKey, id);
      else if (holder !== id) throw this.#duplicate(ns, parts);
    }
  }

  /** Keeps an index that is being built up to date. A write is never refused by it: it is the index that fails. */
  follow(before: Doc | undefined, after: Doc | undefined, id: string, ns: string): void {
    try {
      if (before) this.#exclude(before, id);
      if (after) this.include(after, id, ns);
    } catch (error) {
      this.fault ??= error;
    }
  }

  #exclude(doc: Doc, id: string): void {
    for (const { key } of this.keys(doc)) {
      const entryKey = this.#entryKey(key, id);
      if (this.entries.first(entryKey, afterPrefix(entryKey)) === id) this.entries.remove(entryKey);
    }
  }

  /** Builds the index over documents that are there already. */
  fill(docs: Documents, ns: string): void {
    if (this.spec === ID_INDEX) {
      this.entries.fill(Array.from(docs.values(), ({ id }) => ({ key: id, id })));
      return;
    }
    const entries: Entry[] = [];
    const holders = new Set<string>();
    for (const { id, doc } of docs.values()) {
      for (const { key, parts } of this.keys(doc)) {
        if (this.spec.unique && holders.has(key)) throw this.#duplicate(ns, parts);
        if (this.spec.unique) holders.add(key);
        entries.push({ key: this.#entryKey(key, id), id });
      }
    }
    this.entries.fill(entries);
  }

  // Documents with equal keys stand side by side, told apart by their ids.
  #entryKey = (key: string, id: string) => (this.spec.unique ? key : key + id);
}

const keyPart = (v: Combination[number]) => (v === EMPTY_ARRAY ? [] : (v ?? null));
