// Definitions of indexes: what they may say, and how they get on with those that exist.
import type { Collection } from './collection.js';
import { describe, typeAlias } from './describe.js';
import { badValue, failedToParse, ServerError, typeMismatch } from './errors.js';
import { ID_INDEX, Index, type IndexSpec, isText } from './indexes.js';
import { anything, flag, object, optionsOf, text } from './options.js';
import { equal, keyOf } from './order.js';
import { checkPartialFilter } from './partial.js';
import { isPosition, splitPath } from './paths.js';
import { type Doc, isDoc, isNumeric, type Value } from './values.js';

const LONGEST_TTL = 2_147_483_647;
const MAX_INDEXES = 64;
const MAX_FIELDS = 32;

const cannotCreate = (message: string) => new ServerError('CannotCreateIndex', message);

const knownOptions = optionsOf('createIndexes.indexes', {
  key: object,
  name: text,
  unique: flag,
  sparse: flag,
  partialFilterExpression: object,
  expireAfterSeconds: anything,
  weights: anything,
  default_language: text,
  language_override: text,
  textIndexVersion: anything,
  background: flag,
  v: anything,
});

// What an index may say has codes of its own, other than the options of commands.
function indexOptions(doc: Doc) {
  try {
    return knownOptions(doc);
  } catch (error) {
    if (!(error instanceof ServerError) || error.code !== 40415) throw error;
    throw new ServerError('InvalidIndexSpecificationOption', error.message);
  }
}

export function parseIndexSpec(doc: Doc): IndexSpec {
  const { key, name, unique, sparse, expireAfterSeconds, v, ...rest } = indexOptions(doc);
  if (key === undefined)
    throw failedToParse("The 'key' field is a required property of an index specification");
  if (name === undefined)
    throw failedToParse("The 'name' field is a required property of an index specification");
  if (v !== undefined && !equal(v, 2)) throw cannotCreate('only indexes of version 2 are supported');
  if (name === '') throw cannotCreate('index name cannot be empty');
  if (name === '*') throw badValue("The index name '*' is not valid.");
  const spec = parseKey(name, key, rest);
  if (isOnId(key)) return idSpec(doc, key);
  if (name === '_id_') throw badValue("The index name '_id_' is reserved for the _id index");
  if (unique && isText(spec)) throw cannotCreate("Index type 'text' does not support the unique option");
  if (unique) spec.unique = true;
  if (sparse) spec.sparse = true;
  const { partialFilterExpression } = rest;
  if (partialFilterExpression !== undefined) {
    if (sparse) throw cannotCreate('cannot mix "partialFilterExpression" and "sparse" options');
    checkPartialFilter(partialFilterExpression);
    spec.partialFilterExpression = partialFilterExpression;
  }
  if (expireAfterSeconds !== undefined) spec.expireAfterSeconds = parseTtl(expireAfterSeconds, spec.key);
  return spec;
}

// In either direction, as MongoDB sees it, though it builds the first alone.
function isOnId(key: Doc): boolean {
  const [[field, direction] = [], ...others] = Object.entries(key);
  return field === '_id' && others.length === 0 && Math.abs(Number(direction)) === 1;
}

function idSpec(doc: Doc, key: Doc): IndexSpec {
  if (Number(key._id) !== 1) throw badValue("The field 'key' for an _id index must be {_id: 1}");
  const option = Object.keys(doc).find((name) => !['key', 'name', 'v', 'background'].includes(name));
  if (option === undefined) return ID_INDEX;
  const message = `The field '${option}' is not valid for an _id index specification`;
  throw new ServerError('InvalidIndexSpecificationOption', message);
}

type TextOptions = Pick<
  ReturnType<typeof knownOptions>,
  'weights' | 'default_language' | 'language_override' | 'textIndexVersion'
>;

function parseKey(name: string, key: Doc, options: TextOptions): IndexSpec {
  const entries = Object.entries(key);
  if (entries.length === 0) throw cannotCreate('Index keys cannot be empty.');
  if (entries.length > MAX_FIELDS) throw new ServerError(13103, 'too many compound keys');
  if (entries.some(([, kind]) => kind === 'text')) return parseText(name, entries, options);
  return {
    name,
    key: Object.fromEntries(entries.map(([field, v]) => [checkIndexPath(field), parseDirection(v)])),
  };
}

/*
 * MongoDB keeps a text index as `{ _fts: 'text', _ftsx: 1 }` with the weight of each field, and takes it back in that
 * form. Here it is only noted, so that what a shop has prepared is there; `$text` is refused.
 */
function parseText(name: string, entries: [string, Value][], options: TextOptions): IndexSpec {
  const { default_language = 'english', language_override = 'language', textIndexVersion } = options;
  if (textIndexVersion !== undefined && !equal(textIndexVersion, 3)) {
    throw cannotCreate('only text indexes of version 3 are supported');
  }
  const isField = ([field, kind]: [string, Value]) => kind === 'text' && field !== '_fts';
  const stored = entries.some(([field, kind]) => field === '_fts' && kind === 'text');
  const weights: Record<string, Value> = {};
  for (const [field] of entries.filter(isField)) weights[field] = 1;
  Object.assign(weights, parseWeights(options.weights));
  for (const field of Object.keys(weights)) if (field !== '$**') checkIndexPath(field);
  const kept: IndexSpec['key'] = {};
  for (const entry of entries) {
    const [field, kind] = entry;
    if (isField(entry) || field === '_fts' || (stored && field === '_ftsx'))
      Object.assign(kept, { _fts: 'text', _ftsx: 1 });
    else kept[checkIndexPath(field)] = parseDirection(kind);
  }
  const sorted = Object.entries(weights).sort(([a], [b]) => (a < b ? -1 : 1));
  if (sorted.length === 0) throw cannotCreate('a text index needs at least one field');
  return {
    name,
    key: kept,
    weights: Object.fromEntries(sorted),
    default_language,
    language_override,
    textIndexVersion: 3,
  };
}

function parseWeights(v: Value | undefined): Doc {
  if (v === undefined) return {};
  if (!isDoc(v)) throw cannotCreate('text index option "weights" must be an object');
  for (const weight of Object.values(v)) {
    const n = isNumeric(weight) ? Number(weight.toString()) : 0;
    if (!(n > 0 && n < 1_000_000_000))
      throw cannotCreate('text index weight must be in the exclusive interval (0,1000000000)');
  }
  return v;
}

function parseDirection(v: Value): 1 | -1 {
  if (typeof v === 'string') throw cannotCreate(`Unknown index plugin '${v}'`);
  if (!isNumeric(v)) {
    throw cannotCreate(
      `Values in v:2 index key pattern cannot be of type ${typeAlias(v)}: only numbers are supported`,
    );
  }
  const n = Number(v.toString());
  if (n === 0 || Number.isNaN(n)) throw cannotCreate('Values in the index key pattern cannot be 0.');
  return n > 0 ? 1 : -1;
}

function checkIndexPath(field: string): string {
  const parts = splitPath(field);
  if (parts.includes('')) throw cannotCreate('Index keys cannot contain an empty field.');
  if (parts.some((part) => part.startsWith('$'))) {
    throw cannotCreate(`Index key contains an illegal field name: field name starts with '$': ${field}`);
  }
  if (parts.some(isPosition))
    throw cannotCreate(`an index on a position in an array is not supported: ${field}`);
  return field;
}

function parseTtl(v: Value, key: IndexSpec['key']): number {
  const seconds = ttlSeconds(v, cannotCreate);
  if (Object.keys(key).length === 1) return seconds;
  throw cannotCreate('TTL indexes are single-field indexes, compound indexes do not support TTL');
}

function ttlSeconds(v: Value, refusal: (message: string) => ServerError): number {
  if (!isNumeric(v)) throw typeMismatch('TTL index expireAfterSeconds option must be numeric');
  const seconds = Math.trunc(Number(v.toString()));
  if (seconds >= 0 && seconds <= LONGEST_TTL) return seconds;
  throw refusal(`TTL index expireAfterSeconds option must be within 0 and ${LONGEST_TTL}`);
}

/** The new ones among the indexes that are asked for, not built yet. */
export function newIndexes(collection: Collection, docs: readonly Doc[]): Index[] {
  if (docs.length === 0) throw badValue('Must specify at least one index to create');
  const wanted = docs.map(parseIndexSpec).filter((spec) => !isThere(collection.indexes, spec));
  const indexes = [...collection.indexes];
  for (const spec of wanted) {
    if (isThere(indexes, spec)) throw sameTwice(collection, spec);
    if (indexes.length >= MAX_INDEXES) {
      throw cannotCreate(`add index fails, too many indexes for ${collection.ns}`);
    }
    const text = isText(spec) && indexes.find((index) => isText(index.spec));
    if (text) throw cannotCreate(`only one text index per collection allowed, found "${text.spec.name}"`);
    indexes.push(new Index(spec));
  }
  return indexes.slice(collection.indexes.length);
}

// MongoDB comes upon it at another place where it builds over documents, and says so by another code.
const sameTwice = ({ docs }: Collection, { name }: IndexSpec) =>
  docs.size > 0
    ? new ServerError(
        'OperationFailed',
        'Cannot build two identical indexes. Try again without duplicate indexes.',
      )
    : new ServerError('IndexAlreadyExists', `Identical index already exists: ${name}`);

/** Whether an index is there already; refuses one that cannot stand beside those that are: first by name, then by key. */
function isThere(indexes: readonly Index[], spec: IndexSpec): boolean {
  if (spec === ID_INDEX) return true;
  const namesake = indexes.find((index) => index.spec.name === spec.name)?.spec;
  if (namesake && !isSameKind(namesake, spec)) {
    const message = 'An existing index has the same name as the requested index, and another definition';
    throw new ServerError('IndexKeySpecsConflict', `${message}: ${describe({ ...spec })}`);
  }
  const twin = namesake ?? indexes.find((index) => isSameKind(index.spec, spec))?.spec;
  if (!twin) return false;
  if (!equal({ ...twin, name: spec.name }, { ...spec })) {
    const message = 'An equivalent index already exists with different options';
    throw new ServerError('IndexOptionsConflict', `${message}: ${describe({ ...spec })}`);
  }
  if (twin.name === spec.name) return true;
  throw new ServerError('IndexOptionsConflict', `Index already exists with a different name: ${twin.name}`);
}

/** Equal in what tells indexes apart since MongoDB 5.0; the rest are options, which cannot differ beside each other. */
function isSameKind(a: IndexSpec, b: IndexSpec): boolean {
  return (
    equal(a.key, b.key) &&
    a.unique === b.unique &&
    a.sparse === b.sparse &&
    equal(a.partialFilterExpression ?? null, b.partialFilterExpression ?? null)
  );
}

/** The indexes that `which`, a name, a list of names, a key pattern or `*`, stands for. */
export function droppedIndexes(indexes: readonly Index[], which: Value): Index[] {
  if (which === '*') return indexes.slice(1);
  return (Array.isArray(which) ? which : [which]).map((one) => {
    const found = indexes.filter((i) =>
      isDoc(one) ? keyOf(one) === keyOf(i.spec.key) : one === i.spec.name,
    );
    const [index, ...others] = found;
    if (!index) throw new ServerError('IndexNotFound', `index not found with name [${describe(one)}]`);
    if (others.length > 0) {
      const names = found.map((each) => each.spec.name).join(', ');
      throw new ServerError('AmbiguousIndexKeyPattern', `${found.length} indexes have this key: ${names}`);
    }
    if (index.spec.name === '_id_') throw new ServerError('InvalidOptions', 'cannot drop _id index');
    return index;
  });
}

/** The indexes in which one lives for another time, and what it was before: what collMod changes. */
export function changedTtl(
  { indexes, ns }: Collection,
  {
    name,
    keyPattern,
    expireAfterSeconds,
  }: { name?: string | undefined; keyPattern?: Doc | undefined; expireAfterSeconds: Value },
): { indexes: Index[]; before: number | undefined; after: number } {
  const old = indexes.find(({ spec }) =>
    keyPattern ? keyOf(keyPattern) === keyOf(spec.key) : spec.name === name,
  );
  if (!old)
    throw new ServerError(
      'IndexNotFound',
      `cannot find index ${name ?? describe(keyPattern ?? null)} for ns ${ns}`,
    );
  if (old.spec.name === '_id_') throw invalidOptions('the _id field does not support TTL indexes');
  if (old.fields.length > 1)
    throw invalidOptions('TTL indexes are single-field indexes, compound indexes do not support TTL');
  const after = ttlSeconds(expireAfterSeconds, invalidOptions);
  const index = new Index({ ...old.spec, expireAfterSeconds: after }, old);
  return {
    indexes: indexes.map((each) => (each === old ? index : each)),
    before: old.spec.expireAfterSeconds,
    after,
  };
}

const invalidOptions = (message: string) => new ServerError('InvalidOptions', message);
