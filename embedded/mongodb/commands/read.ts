// Commands that read documents.
import { runPipeline } from '../aggregate/pipeline.js';
import { badValue, failedToParse, typeMismatch } from '../errors.js';
import {
  commandOptions,
  count,
  flag,
  indexHint,
  long,
  object,
  objects,
  optionsOf,
  required,
  text,
} from '../options.js';
import { keyOf } from '../order.js';
import { some, splitPath } from '../paths.js';
import { compileProjection } from '../project.js';
import type { Doc, Value } from '../values.js';
import { type Command, type Commands, namespace } from './context.js';

export const findOptions = commandOptions('find', {
  find: required(text),
  filter: object,
  sort: object,
  projection: object,
  hint: indexHint,
  skip: count,
  limit: count,
  batchSize: count,
  singleBatch: flag,
  noCursorTimeout: flag,
  allowDiskUse: flag,
});

const find: Command = (body, { database, cursors }) => {
  const options = findOptions(body);
  const { filter = {}, sort, hint, skip, limit, projection = {}, allowDiskUse } = options;
  const ns = namespace(body, options.find);
  const project = compileProjection(projection);
  const { docs } = database.reader(ns).find({ filter, sort, hint, skip, limit, allowDiskUse });
  const shown = Object.keys(projection).length > 0 ? docs.map(project) : docs;
  return cursors.start(ns, shown, options.batchSize, options.singleBatch);
};

const getMoreOptions = commandOptions('getMore', {
  getMore: required(long),
  collection: required(text),
  batchSize: count,
});

const getMore: Command = (body, { cursors }) => {
  const options = getMoreOptions(body);
  if (body.maxTimeMS) throw badValue('cannot set maxTimeMS on getMore command for a non-awaitData cursor');
  return cursors.next(options.getMore, `${body.$db}.${options.collection}`, options.batchSize ?? 0);
};

export const aggregateOptions = commandOptions('aggregate', {
  aggregate: required(text),
  pipeline: required(objects),
  cursor: object,
  hint: indexHint,
  allowDiskUse: flag,
});
const cursorOptions = optionsOf('aggregate.cursor', { batchSize: count });

const aggregate: Command = (body, { database, cursors }) => {
  const options = aggregateOptions(body);
  const ns = namespace(body, options.aggregate);
  if (!options.cursor) {
    throw failedToParse("The 'cursor' option is required, except for aggregate with the explain argument");
  }
  const { batchSize } = cursorOptions(options.cursor);
  return cursors.start(ns, runPipeline(database.reader(ns), options.pipeline, options), batchSize);
};

export const countOptions = commandOptions('count', {
  count: required(text),
  query: object,
  skip: count,
  limit: count,
  hint: indexHint,
});

const countCommand: Command = (body, { database }) => {
  const { count: name, query = {}, skip, limit, hint } = countOptions(body);
  return { n: database.reader(namespace(body, name)).find({ filter: query, skip, limit, hint }).docs.length };
};

export const distinctOptions = commandOptions('distinct', {
  distinct: required(text),
  key: required(text),
  query: object,
});

const distinct: Command = (body, { database }) => {
  const { distinct: name, key, query = {} } = distinctOptions(body);
  if (key === '') throw typeMismatch('the key must not be empty');
  const path = splitPath(key);
  const values = new Map<string, Value>();
  const note = (v: Value) => {
    const id = keyOf(v);
    if (!values.has(id)) values.set(id, v);
  };
  for (const doc of database.reader(namespace(body, name)).find({ filter: query }).docs)
    collect(doc, path, note);
  return { values: [...values.values()] };
};

function collect(doc: Doc, path: readonly string[], note: (v: Value) => void): void {
  some(doc, path, (v) => {
    if (Array.isArray(v)) v.forEach(note);
    else if (v !== undefined) note(v);
    return false;
  });
}

export const readCommands: Commands = { find, getMore, aggregate, count: countCommand, distinct };
