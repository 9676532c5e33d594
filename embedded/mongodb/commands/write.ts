// Commands that change documents.

import type { Database } from '../database.js';
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
import { Turns } from '../turns.js';
import type { Doc, Value } from '../values.js';
import { type Command, type Commands, namespace } from './context.js';

const insertOptions = commandOptions('insert', {
  insert: required(text),
  documents: required(statements),
  ordered: flag,
});

const insert: Command = (body, { database }) => {
  const options = insertOptions(body);
  const ns = namespace(body, options.insert);
  database.ensure(ns);
  let n = 0;
  return eachStatement(database, options.documents, options.ordered, {
    run: (doc) => {
      database.ensure(ns).insert(doc);
      n++;
    },
    reply: () => ({ n }),
  });
};

interface Bulk<T> {
  /** One statement; the collection may be another one than for the last. */
  run(statement: T, index: number): void;
  reply(): Doc;
}

/** So many statements are done without a turn for others between them. */
const AT_ONCE = 100;

// Runs the statements of a bulk write and collects what is wrong with single ones of them. Of many, others have their turn between two.
function eachStatement<T>(
  database: Database,
  statements: readonly T[],
  ordered: boolean | undefined,
  { run, reply }: Bulk<T>,
): Doc | Promise<Doc> {
  const turns = new Turns();
  const writeErrors: Doc[] = [];
  let next = 0;
  const runSome = () => {
    do {
      const index = next++;
      try {
        run(statements[index] as T, index);
      } catch (error) {
        if (!(error instanceof ServerError)) throw error;
        writeErrors.push({ index, code: error.code, errmsg: error.message, ...error.extra });
        if (ordered !== false) next = statements.length;
      }
    } while (next < statements.length && (next % AT_ONCE > 0 || !turns.isOver));
  };
  const done = () => ({ ...reply(), ...(writeErrors.length > 0 && { writeErrors }) });
  const runRest = async () => {
    while (next < statements.length) {
      await turns.next();
      database.assertSound();
      runSome();
    }
    return done();
  };
  runSome();
  return next < statements.length ? runRest() : done();
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
  const isMade = requests.some((r) => r.upsert);
  if (isMade) database.ensure(ns);
  const upserted: Doc[] = [];
  let n = 0;
  let nModified = 0;
  return eachStatement(database, requests, options.ordered, {
    run: (request, index) => {
      const collection = isMade ? database.ensure(ns) : database.reader(ns);
      const result = collection.update(request);
      n += result.changes.length;
      nModified += result.changes.filter((c) => c.modified).length;
      if (result.upserted) upserted.push({ index, _id: result.upserted._id ?? null });
    },
    reply: () => ({ n: n + upserted.length, nModified, ...(upserted.length > 0 && { upserted }) }),
  });
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
  const ns = namespace(body, options.delete);
  const requests = options.deletes.map(deleteRequest);
  let n = 0;
  return eachStatement(database, requests, options.ordered, {
    run: (request) => {
      n += database.reader(ns).delete(request).length;
    },
    reply: () => ({ n }),
  });
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
