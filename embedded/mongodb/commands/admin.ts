// Commands about collections and indexes.
import { Long } from 'bson';
import { buildInTurns, MAX_FILLED_AT_ONCE } from '../build.js';
import { ServerError } from '../errors.js';
import { changedTtl, droppedIndexes, newIndexes } from '../index-specs.js';
import type { Index, IndexSpec } from '../indexes.js';
import { compileFilter } from '../match.js';
import { anything, commandOptions, flag, object, objects, optionsOf, required, text } from '../options.js';
import type { Doc } from '../values.js';
import { type Command, type Commands, databaseName, namespace, notFound } from './context.js';

const createOptions = commandOptions('create', { create: required(text) });
const create: Command = (body, { database }) => {
  const options = createOptions(body);
  database.ensure(namespace(body, options.create));
  return {};
};

const dropOptions = commandOptions('drop', { drop: required(text) });
const drop: Command = (body, { database }) => {
  const options = dropOptions(body);
  const ns = namespace(body, options.drop);
  const nIndexesWas = database.get(ns)?.indexes.length;
  const dropped: Doc = database.drop(ns) && nIndexesWas !== undefined ? { nIndexesWas, ns } : {};
  return dropped;
};

const dropDatabaseOptions = commandOptions('dropDatabase', {});
const dropDatabase: Command = (body, { database }) => {
  dropDatabaseOptions(body);
  const db = databaseName(body);
  const all = [...database.collections.keys()].filter((ns) => ns.startsWith(`${db}.`));
  for (const ns of all) database.drop(ns);
  return { dropped: db };
};

const firstBatch = (ns: string, batch: Doc[]): Doc => ({ cursor: { firstBatch: batch, id: Long.ZERO, ns } });

const listCollectionsOptions = commandOptions('listCollections', {
  filter: object,
  nameOnly: flag,
  authorizedCollections: flag,
  cursor: object,
});
const listCollections: Command = (body, { database }) => {
  const { filter = {}, nameOnly } = listCollectionsOptions(body);
  const db = databaseName(body);
  const names = [...database.collections.keys()].filter((ns) => ns.startsWith(`${db}.`));
  const all = names.map((ns) => describeCollection(ns.slice(db.length + 1)));
  const matching = all.filter(compileFilter(filter));
  const shown = nameOnly ? matching.map(({ name = null, type = null }) => ({ name, type })) : matching;
  return firstBatch(`${db}.$cmd.listCollections`, shown);
};

const describeCollection = (name: string): Doc => ({
  name,
  type: 'collection',
  options: {},
  info: { readOnly: false },
  idIndex: { v: 2, key: { _id: 1 }, name: '_id_' },
});

const listDatabasesOptions = commandOptions('listDatabases', {
  filter: object,
  nameOnly: flag,
  authorizedDatabases: flag,
});
const listDatabases: Command = (body, { database }) => {
  const { filter = {}, nameOnly } = listDatabasesOptions(body);
  if (body.$db !== 'admin') {
    throw new ServerError('Unauthorized', 'listDatabases may only be run against the admin database.');
  }
  const sizes = new Map<string, number>();
  for (const { ns, docs } of database.collections.values()) {
    const name = ns.slice(0, ns.indexOf('.'));
    let bytes = sizes.get(name) ?? 0;
    if (!nameOnly) for (const { size } of docs.values()) bytes += size;
    sizes.set(name, bytes);
  }
  const all = [...sizes].map(([name, bytes]): Doc => ({ name, sizeOnDisk: bytes, empty: false }));
  const databases = all.filter(compileFilter(filter));
  const named: Doc = { databases: databases.map(({ name = null }) => ({ name })) };
  const whole: Doc = { databases, totalSize: [...sizes.values()].reduce((a, b) => a + b, 0) };
  return nameOnly ? named : whole;
};

const createIndexesOptions = commandOptions('createIndexes', {
  createIndexes: required(text),
  indexes: required(objects),
  commitQuorum: anything,
});
const createIndexes: Command = (body, context) => {
  const { database } = context;
  const options = createIndexesOptions(body);
  const ns = namespace(body, options.createIndexes);
  const createdCollectionAutomatically = database.get(ns) === undefined;
  const existing = database.reader(ns);
  if (existing.built) return existing.built.then(() => createIndexes(body, context));
  const numIndexesBefore = existing.indexes.length;
  const added = newIndexes(existing, options.indexes); // a refusal leaves no new collection behind
  const reply = (): Doc => {
    const collection = database.ensure(ns);
    if (added.length > 0) collection.setIndexes([...collection.indexes, ...added]);
    const note: Doc = added.length === 0 ? { note: 'all indexes already exist' } : {};
    const numIndexesAfter = numIndexesBefore + added.length;
    return { numIndexesBefore, numIndexesAfter, createdCollectionAutomatically, ...note };
  };
  if (existing.docs.size > MAX_FILLED_AT_ONCE) return buildInTurns(database, existing, added, reply);
  for (const index of added) index.fill(existing.docs, ns);
  return reply();
};

const listIndexesOptions = commandOptions('listIndexes', { listIndexes: required(text), cursor: object });
const listIndexes: Command = (body, { database }) => {
  const options = listIndexesOptions(body);
  const ns = namespace(body, options.listIndexes);
  const collection = database.get(ns);
  if (!collection) throw new ServerError('NamespaceNotFound', `ns does not exist: ${ns}`);
  return firstBatch(ns, collection.indexes.map(describeIndex));
};

function describeIndex({ spec }: Index): Doc {
  const { key, name, unique, ...others }: IndexSpec = spec;
  // MongoDB does not say of the index on _id that it is unique
  return { v: 2, key, name, ...(unique && name !== '_id_' ? { unique } : {}), ...others };
}

const dropIndexesOptions = commandOptions('dropIndexes', {
  dropIndexes: required(text),
  index: required(anything),
});
const dropIndexes: Command = (body, context) => {
  const { database } = context;
  const options = dropIndexesOptions(body);
  const ns = namespace(body, options.dropIndexes);
  const collection = database.get(ns);
  if (!collection) throw notFound(ns);
  if (collection.built) return collection.built.then(() => dropIndexes(body, context));
  const nIndexesWas = collection.indexes.length;
  const gone = droppedIndexes(collection.indexes, options.index);
  if (gone.length > 0) collection.setIndexes(collection.indexes.filter((i) => !gone.includes(i)));
  return { nIndexesWas };
};

const collModOptions = commandOptions('collMod', { collMod: required(text), index: object });
const collModIndex = optionsOf('collMod.index', {
  name: text,
  keyPattern: object,
  expireAfterSeconds: anything,
});
const collMod: Command = (body, context) => {
  const { database } = context;
  const options = collModOptions(body);
  const ns = namespace(body, options.collMod);
  const collection = database.get(ns);
  if (!collection) throw notFound(ns);
  if (collection.built) return collection.built.then(() => collMod(body, context));
  if (!options.index) return {};
  const { name, keyPattern, expireAfterSeconds } = collModIndex(options.index);
  if ((name === undefined) === (keyPattern === undefined)) {
    throw new ServerError('InvalidOptions', 'must specify either a name or a key pattern of the index');
  }
  if (expireAfterSeconds === undefined)
    throw new ServerError('InvalidOptions', 'no expireAfterSeconds field');
  const { indexes, before, after } = changedTtl(collection, { name, keyPattern, expireAfterSeconds });
  if (before === after) return {};
  collection.setIndexes(indexes);
  const old: Doc = before === undefined ? {} : { expireAfterSeconds_old: before };
  return { ...old, expireAfterSeconds_new: after };
};

export const adminCommands: Commands = {
  create,
  drop,
  dropDatabase,
  listCollections,
  listDatabases,
  createIndexes,
  listIndexes,
  dropIndexes,
  collMod,
};
