// Definitions of indexes: what they may say, and how they get on with those that exist.
import type { Collection } from './collection.js';
import { describe, typeAlias } from './describe.js';
import { ServerError } from './errors.js';
import { Index, type IndexSpec } from './indexes.js';
import { anything, flag, object, optionsOf, required, text } from './options.js';
import { equal, keyOf } from './order.js';
import { isPosition, splitPath } from './paths.js';
import { type Doc, isDoc, isNumeric, type Value } from './values.js';

const LONGEST_TTL = 2_147_483_647;

const indexOptions = optionsOf('createIndexes.indexes', {
  key: required(object),
  name: required(text),
  unique: flag,
  sparse: flag,
  expireAfterSeconds: anything,
  background: flag,
  v: anything,
});

const cannotCreate = (message: string) => new ServerError('CannotCreateIndex', message);

export function parseIndexSpec(doc: Doc): IndexSpec {
  const { key, name, unique, sparse, expireAfterSeconds, v } = indexOptions(doc);
  if (v !== undefined && !equal(v, 2)) throw cannotCreate('only indexes of version 2 are supported');
  if (name === '') throw cannotCreate('index name cannot be empty');
  const spec: IndexSpec = { name, key: parseKey(key) };
  if (unique) spec.unique = true;
  if (sparse) spec.sparse = true;
  if (expireAfterSeconds !== undefined) spec.expireAfterSeconds = parseTtl(expireAfterSeconds, spec.key);
  return spec;
}

function parseKey(key: Doc): IndexSpec['key'] {
  const entries = Object.entries(key).map(([field, direction]) => {
    checkIndexPath(field);
    return [field, parseDirection(direction)] as const;
  });
  if (entries.length === 0) throw cannotCreate('Index keys cannot be empty.');
  return Object.fromEntries(entries);
}

function parseDirection(v: Value): 1 | -1 {
  if (!isNumeric(v)) {
    throw cannotCreate(
      `Values in v:2 index key pattern cannot be of type ${typeAlias(v)}: only numbers are supported`,
    );
  }
  const n = Number(v.toString());
  if (n === 0 || Number.isNaN(n)) throw cannotCreate('Values in the index key pattern cannot be 0.');
  return n > 0 ? 1 : -1;
}

function checkIndexPath(field: string): void {
  const parts = splitPath(field);
  if (parts.includes('')) throw cannotCreate('Index keys cannot contain an empty field.');
  if (parts.some((part) => part.startsWith('$'))) {
    throw cannotCreate(`Index key contains an illegal field name: field name starts with '$': ${field}`);
  }
  if (parts.some(isPosition))
    throw cannotCreate(`an index on a position in an array is not supported: ${field}`);
}

function parseTtl(v: Value, key: IndexSpec['key']): number {
  if (!isNumeric(v)) throw cannotCreate('TTL index expireAfterSeconds option must be numeric');
  const seconds = Math.trunc(Number(v.toString()));
  if (!(seconds >= 0 && seconds <= LONGEST_TTL)) {
    throw cannotCreate(`TTL index expireAfterSeconds option must be within 0 and ${LONGEST_TTL}`);
  }
  const [field, ...others] = Object.keys(key);
  if (others.length > 0) {
    throw cannotCreate('TTL indexes are single-field indexes, compound indexes do not support TTL');
  }
  if (field === '_id') throw cannotCreate("The field 'expireAfterSeconds' is not valid for an _id index");
  return seconds;
}

/** The indexes of a collection with the new ones among those asked for, built over its documents. */
export function addIndexes(collection: Collection, specs: readonly Doc[]): Index[] {
  const indexes = [...collection.indexes];
  for (const doc of specs) {
    const spec = parseIndexSpec(doc);
    if (indexes.some((index) => isSame(index.spec, spec))) continue;
    const index = new Index(spec);
    index.fill(collection.docs, collection.ns);
    indexes.push(index);
  }
  return indexes;
}

// Whether the index is there already; refuses one that cannot stand beside it.
function isSame(old: IndexSpec, spec: IndexSpec): boolean {
  const sameKey = equal(old.key, spec.key);
  if (sameKey && old.name === '_id_') return true;
  const sameKind = sameKey && old.unique === spec.unique && old.sparse === spec.sparse;
  const sameName = old.name === spec.name;
  if (!sameName && !sameKind) return false;
  if (!sameKind) {
    const message = 'An existing index has the same name as the requested index, and another definition';
    throw new ServerError('IndexKeySpecsConflict', `${message}: ${describe({ ...spec })}`);
  }
  if (!sameName) {
    throw new ServerError('IndexOptionsConflict', `Index already exists with a different name: ${old.name}`);
  }
  if (old.expireAfterSeconds === spec.expireAfterSeconds) return true;
  const message = 'An equivalent index already exists with the same name but different options';
  throw new ServerError('IndexOptionsConflict', `${message}: ${describe({ ...spec })}`);
}

/** The indexes that `which`, a name, a list of names, a key pattern or `*`, stands for. */
export function droppedIndexes(indexes: readonly Index[], which: Value): Index[] {
  if (which === '*') return indexes.slice(1);
  const gone = (Array.isArray(which) ? which : [which]).map((one) => {
    const found = indexes.find((i) => (isDoc(one) ? keyOf(one) === keyOf(i.spec.key) : one === i.spec.name));
    if (!found) throw new ServerError('IndexNotFound', `index not found with name [${describe(one)}]`);
    if (found.spec.name === '_id_') throw new ServerError('InvalidOptions', 'cannot drop _id index');
    return found;
  });
  return gone;
}
