// One collection, in memory. Every method is synchronous and so each is atomic; the journal is told of each change.
import { Double, ObjectId } from 'bson';
import { Encoded } from './bson-writer.js';
import { encode, MAX_BSON, MAX_DOCUMENT } from './codec.js';
import { Documents } from './documents.js';
import { failedToParse, ServerError } from './errors.js';
import { ID_INDEX, Index, type IndexSpec } from './indexes.js';
import { compileFilter } from './match.js';
import { keyOf } from './order.js';
import { choosePlan, type Plan } from './plan.js';
import {
  type Changed,
  type Found,
  type Journal,
  NO_JOURNAL,
  type Query,
  type UpdateRequest,
} from './requests.js';
import { checkSortMemory, parseSort, sortDocs } from './sort.js';
import { compileUpdate } from './update.js';
import { seed } from './upsert.js';
import { checkId, checkStorable } from './validate.js';
import { type Doc, isDoc, isNumeric, type Maybe, type Value } from './values.js';

/** Whether nothing would change on disk: same values of the same types, fields in the same order. */
function identical(a: Value, b: Value): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a)) return Array.isArray(b) && sameItems(a, b);
  if (isDoc(a)) return isDoc(b) && sameFields(a, b);
  if (a.constructor !== b.constructor) return false;
  if (a instanceof Double) return b instanceof Double && Object.is(a.value, b.value);
  // 1.0 and 1.00 are equal as Decimal128 and yet not the same
  return isNumeric(a) ? a.toString() === b.toString() : keyOf(a) === keyOf(b);
}

const sameItems = (a: Value[], b: Value[]) =>
  a.length === b.length && a.every((v, i) => identical(v, b[i] ?? null));

function sameFields(a: Doc, b: Doc): boolean {
  const names = Object.keys(a);
  const others = Object.keys(b);
  return (
    names.length === others.length &&
    names.every((name, i) => name === others[i] && identical(a[name] ?? null, b[name] ?? null))
  );
}

export class Collection {
  readonly ns: string;
  /** By the key of their _id. */
  readonly docs: Documents;
  indexes: Index[];
  /** Those that are being built in slices; see build.ts. */
  readonly building = new Set<Index>();
  /** Settles when none is being built any more; what changes indexes waits for it. */
  built: Promise<void> | undefined;
  readonly #journal: Journal;
  /** The _id of the document that was found last, and its key: most updates are of one document. */
  #lastId: Maybe;
  #lastKey = '';

  /** Begins with what was stored before, if anything was. */
  constructor(
    ns: string,
    journal: Journal = NO_JOURNAL,
    docs: Documents = new Documents(),
    specs: readonly IndexSpec[] = [],
  ) {
    this.ns = ns;
    this.#journal = journal;
    this.docs = docs;
    this.indexes = [ID_INDEX, ...specs].map((spec) => new Index(spec));
    for (const index of this.indexes) index.fill(docs, ns);
  }

  find({ filter, sort = {}, skip = 0, limit = 0, hint, allowDiskUse }: Query): Found {
    const matches = compileFilter(filter);
    const fields = parseSort(sort);
    const plan = choosePlan({ filter, sort: fields, hint }, this.indexes);
    const inOrder = fields.length === 0 || plan.scans?.[0]?.order !== undefined;
    const end = limit > 0 ? skip + limit : Number.POSITIVE_INFINITY;
    const found: Found = { docs: [], plan, keysExamined: 0, docsExamined: 0, sorted: !inOrder };
    for (const doc of this.#candidates(plan, found)) {
      found.docsExamined++;
      if (matches(doc)) found.docs.push(doc);
      if (inOrder && found.docs.length >= end) break;
    }
    if (!inOrder && limit === 0 && allowDiskUse === false) checkSortMemory(found.docs);
    if (!inOrder) found.docs = sortDocs(found.docs, fields);
    if (skip > 0 || found.docs.length > end) found.docs = found.docs.slice(skip, end);
    return found;
  }

  *#candidates({ scans }: Plan, found: Found): Generator<Doc> {
    if (!scans) {
      for (const { doc } of this.docs.values()) yield doc;
      return;
    }
    const seen =
      scans.length > 1 || scans.some((s) => s.index.multikey.includes(true)) ? new Set<string>() : null;
    for (const { index, intervals, order } of scans) {
      for (const { low, high } of intervals) {
        for (const id of index.entries.range(low, high, order === -1)) {
          found.keysExamined++;
          if (seen?.has(id)) continue;
          seen?.add(id);
          const stored = this.docs.get(id);
          if (!stored) continue;
          this.#lastId = stored.doc._id;
          this.#lastKey = id;
          yield stored.doc;
        }
      }
    }
  }

  insert(given: Doc): Doc {
    const doc = withIdFirst(given);
    checkId(doc._id ?? null);
    checkStorable(doc);
    const bytes = encode(doc);
    const size = bytes.length;
    if (size > MAX_DOCUMENT) {
      const code = size > MAX_BSON ? 'BSONObjectTooLarge' : 'BadValue';
      throw new ServerError(
        code,
        `object to insert too large. size in bytes: ${size}, max size: ${MAX_DOCUMENT}`,
      );
    }
    this.#write(undefined, doc, bytes);
    return doc;
  }

  update({ update, multi = false, upsert = false, ...query }: UpdateRequest): Changed {
    const compiled = compileUpdate(update);
    if (multi && compiled.replaces) {
      throw failedToParse('multi update is not supported for replacement-style update');
    }
    const { docs } = this.find({ ...query, limit: multi ? 0 : 1 });
    const changes = docs.map((before) => {
      const after = compiled.apply(before, false);
      const modified = !identical(before, after);
      if (modified) this.#change(before, after);
      return { before, after, modified };
    });
    if (docs.length > 0 || !upsert) return { changes };
    const start = seed(query.filter, compiled.replaces);
    const made = compiled.apply(start, true);
    if (start._id !== undefined && !identical(start._id, made._id ?? null)) throw immutableId();
    return { changes, upserted: this.insert(made) };
  }

  #change(before: Doc, after: Doc): void {
    const { _id } = after;
    if (_id === undefined || (_id !== before._id && keyOf(before._id ?? null) !== keyOf(_id))) {
      throw immutableId();
    }
    const bytes = encode(after);
    if (bytes.length > MAX_DOCUMENT) {
      throw new ServerError(17419, `Resulting document after update is larger than ${MAX_DOCUMENT}`);
    }
    this.#write(before, after, bytes);
  }

  delete(query: Query): Doc[] {
    const { docs } = this.find(query);
    for (const doc of docs) this.#remove(doc);
    return docs;
  }

  /** Deletes what the TTL indexes say has expired. */
  expire(now: number): number {
    let n = 0;
    for (const { fields, spec } of this.indexes) {
      const [field] = fields;
      if (spec.expireAfterSeconds === undefined || field === undefined) continue;
      const limit = new Date(now - spec.expireAfterSeconds * 1000);
      const due = { [field]: { $lte: limit } };
      n += this.delete({ filter: { $and: [due, spec.partialFilterExpression ?? {}] } }).length;
    }
    return n;
  }

  setIndexes(indexes: Index[]): void {
    this.#journal.indexes(
      this.ns,
      indexes.slice(1).map((i) => i.spec),
    );
    this.indexes = indexes;
  }

  // Everything that can fail comes first; from the journal on, nothing does.
  #write(before: Doc | undefined, after: Doc, bytes: Uint8Array): void {
    const id = this.#keyOf(after);
    const changed = before ? this.indexes.filter((index) => !index.isUntouched(before, after)) : this.indexes;
    const changes = changed.map((index) => {
      const keys = index.keys(after);
      index.checkUnique(keys, before ? id : '', this.ns);
      return { index, keys, old: before ? index.keys(before) : [] };
    });
    const size = this.#journal.put(this.ns, new Encoded(bytes), this.docs.get(id));
    for (const { index, keys, old } of changes) {
      if (keys.length === old.length && keys.every((k, i) => k.key === old[i]?.key)) continue;
      index.remove(old, id);
      index.add(keys, id);
    }
    for (const index of this.building) index.follow(before, after, id, this.ns);
    this.docs.set(id, after, size);
  }

  #keyOf({ _id = null }: Doc): string {
    return _id === this.#lastId ? this.#lastKey : keyOf(_id);
  }

  #remove(doc: Doc): void {
    const id = this.#keyOf(doc);
    const stored = this.docs.get(id);
    if (!stored) return;
    this.#journal.remove(this.ns, stored);
    for (const index of this.indexes) index.remove(index.keys(doc), id);
    for (const index of this.building) index.follow(doc, undefined, id, this.ns);
    this.docs.delete(id);
  }
}

function withIdFirst(doc: Doc): Doc {
  for (const first in doc) {
    if (first === '_id') return doc;
    break;
  }
  const { _id = new ObjectId(), ...fields } = doc;
  return { _id, ...fields };
}

const immutableId = () =>
  new ServerError(
    'ImmutableField',
    "Performing an update on the path '_id' would modify the immutable field '_id'",
  );
