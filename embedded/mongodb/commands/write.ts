// Commands that change documents.

import { failedToParse, ServerError } from '../errors.js';
import {
  anything,
  commandOptions,
  count,
  flag,
  indexHint,
  object,
  optionsOf,
  required,
  statements,
  text,
} from '../options.js';
import { compileProjection } from '../project.js';
import type { Changed, UpdateRequest } from '../requests.js';
import type { Doc, Value } from '../values.js';
import { type Command, type Commands, namespace } from './context.js';

const insertOptions = commandOptions('insert', {
  insert: required(text),
  documents: required(statements),
  ordered: flag,
});

const insert: Command = (body, { database }) => {
  const options = insertOptions(body);
  const collection = database.ensure(namespace(body, options.insert));
  let n = 0;
  const errors = eachStatement(options.documents, options.ordered, (doc) => {
    collection.insert(doc);
    n++;
  });
  return { n, ...errors };
};

// Runs the statements of a bulk write and collects what is wrong with single ones of them.
function eachStatement(
  statements: readonly Doc[],
  ordered: boolean | undefined,
  run: (statement: Doc, index: number) => void,
): Doc {
  const writeErrors: Doc[] = [];
  for (const [index, statement] of statements.entries()) {
    try {
      run(statement, index);
    } catch (error) {
      if (!(error instanceof ServerError)) throw error;
      writeErrors.push({ index, code: error.code, errmsg: error.message, ...error.extra });
      if (ordered !== false) break;
    }
  }
  return writeErrors.length > 0 ? { writeErrors } : {};
}

const updateStatement = optionsOf('update.updates', {
  q: required(object),
  u: required(anything),
  multi: flag,
  upsert: flag,
  hint: indexHint,
});

export function updateRequest(statement: Doc): UpdateRequest {
  const { q, u, multi = false, upsert = false, hint } = updateStatement(statement);
  return { filter: q, update: u, multi, upsert, hint };
}

const update: Command = (body, { database }) => {
  const options = updateOptions(body);
  const requests = options.updates.map(updateRequest);
  const ns = namespace(body, options.update);
  const collection = requests.some((r) => r.upsert) ? database.ensure(ns) : database.reader(ns);
  const upserted: Doc[] = [];
  let n = 0;
  let nModified = 0;
  const errors = eachStatement(options.updates, options.ordered, (_, index) => {
    const request = requests[index];
    if (!request) return;
    const result = collection.update(request);
    n += result.changes.length;
    nModified += result.changes.filter((c) => c.modified).length;
    if (result.upserted) upserted.push({ index, _id: result.upserted._id ?? null });
  });
  return { n: n + upserted.length, nModified, ...(upserted.length > 0 && { upserted }), ...errors };
};
export const updateOptions = commandOptions('update', {
  update: required(text),
  updates: required(statements),
  ordered: flag,
});

const deleteStatement = optionsOf('delete.deletes', {
  q: required(object),
  limit: required(count),
  hint: indexHint,
});

export function deleteRequest(statement: Doc) {
  const { q, limit, hint } = deleteStatement(statement);
  if (limit > 1) throw failedToParse(`The limit field in delete objects must be 0 or 1. Got ${limit}`);
  return { filter: q, limit, hint };
}

const deleteCommand: Command = (body, { database }) => {
  const options = deleteOptions(body);
  const collection = database.reader(namespace(body, options.delete));
  const requests = options.deletes.map(deleteRequest);
  let n = 0;
  const errors = eachStatement(options.deletes, options.ordered, (_, index) => {
    const request = requests[index];
    if (request) n += collection.delete(request).length;
  });
  return { n, ...errors };
};
export const deleteOptions = commandOptions('delete', {
  delete: required(text),
  deletes: required(statements),
  ordered: flag,
});

export const findAndModifyOptions = commandOptions('findAndModify', {
  findAndModify: required(text),
  query: object,
  update: anything,
  sort: object,
  fields: object,
  new: flag,
  upsert: flag,
  remove: flag,
  hint: indexHint,
});

const findAndModify: Command = (body, { database }) => {
  const options = findAndModifyOptions(body);
  checkCombination(options);
  const ns = namespace(body, options.findAndModify);
  const project = compileProjection(options.fields ?? {});
  const show = (doc: Doc | undefined): Value => (doc ? project(doc) : null);
  const query = { filter: options.query ?? {}, sort: options.sort, hint: options.hint };
  if (options.remove) {
    const [gone] = database.reader(ns).delete({ ...query, limit: 1 });
    return { lastErrorObject: { n: gone ? 1 : 0 }, value: show(gone) };
  }
  const collection = options.upsert ? database.ensure(ns) : database.reader(ns);
  const { update = {}, upsert = false } = options;
  const result = collection.update({ ...query, update, upsert });
  return { lastErrorObject: outcome(result), value: show(chosen(result, options.new === true)) };
};

function checkCombination({
  remove,
  update,
  upsert,
  new: after,
}: ReturnType<typeof findAndModifyOptions>): void {
  if (remove && update !== undefined) throw failedToParse('Cannot specify both an update and remove=true');
  if (remove && upsert) throw failedToParse('Cannot specify both upsert=true and remove=true');
  if (remove && after) throw failedToParse('Cannot specify both new=true and remove=true');
  if (!remove && update === undefined) {
    throw failedToParse('Either an update or remove=true must be specified');
  }
}

function outcome({ changes, upserted }: Changed): Doc {
  const n = changes.length + (upserted ? 1 : 0);
  const updatedExisting = changes.length > 0;
  return upserted ? { n, updatedExisting, upserted: upserted._id ?? null } : { n, updatedExisting };
}

const chosen = ({ changes: [change], upserted }: Changed, after: boolean) =>
  after ? (change?.after ?? upserted) : change?.before;

export const writeCommands: Commands = {
  insert,
  update,
  delete: deleteCommand,
  findAndModify,
  findandmodify: (body, context) => findAndModify(renamed(body), context),
};

function renamed({ findandmodify = null, ...body }: Doc): Doc {
  return { findAndModify: findandmodify, ...body };
}
