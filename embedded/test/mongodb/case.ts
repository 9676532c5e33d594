// The form of the semantics table. Its expectations come from MongoDB's manual, so that the same table can be run
// against any server that speaks its protocol.
import { BSON, type Collection, type Db, type Document, MongoServerError } from 'mongodb';

export type Docs = Collection<Document>;

export interface Case {
  name: string;
  expected: unknown;
  /** Refused because it is outside the subset; another server may well do it. */
  outside?: boolean;
  run(docs: Docs, db: Db): Promise<unknown>;
}

export interface Group {
  title: string;
  /** Where in MongoDB's manual it says so. */
  manual: string;
  cases: Case[];
}

const MANUAL = 'https://www.mongodb.com/docs/manual/';
export const manual = (page: string) => `${MANUAL}${page}/`;

/** A case with documents to begin with. */
export function example(
  name: string,
  start: readonly Document[],
  run: Case['run'],
  expected: unknown,
  outside = false,
): Case {
  const prepared = async (docs: Docs, db: Db) => {
    if (start.length > 0) await docs.insertMany(start.map((doc) => ({ ...doc })));
    return run(docs, db);
  };
  return { name, expected, outside, run: prepared };
}

/** What a case that is refused gives. */
export const code = (n: number) => ({ code: n });

/** Rows of [name, filter, ids of the documents that match], over the same documents. */
export function filters(
  title: string,
  page: string,
  start: readonly Document[],
  rows: readonly [name: string, filter: Document, ids: unknown[]][],
): Group {
  const cases = rows.map(([name, filter, ids]) =>
    example(name, start, (docs) => matching(docs, filter), ids),
  );
  return { title, manual: manual(page), cases };
}

const matching = async (docs: Docs, filter: Document) =>
  (await docs.find(filter).sort({ _id: 1 }).toArray()).map((doc) => doc._id);

type UpdateRow = [name: string, before: Document, update: Document, after: unknown, outside?: boolean];

/** Rows of [name, document, update, the document afterwards or the code of the refusal]. */
export function updates(title: string, page: string, rows: readonly UpdateRow[]): Group {
  const cases = rows.map(([name, before, update, after, outside]) =>
    example(name, [{ _id: 1, ...before }], (docs) => updated(docs, update), after, outside),
  );
  return { title, manual: manual(page), cases };
}

async function updated(docs: Docs, update: Document): Promise<unknown> {
  await docs.updateOne({ _id: 1 as never }, update);
  return docs.findOne({ _id: 1 as never }, { projection: { _id: 0 } });
}

/** Rows of [name, pipeline, result], over the same documents. */
export function pipelines(
  title: string,
  page: string,
  start: readonly Document[],
  rows: readonly [name: string, pipeline: Document[], expected: unknown, outside?: boolean][],
): Group {
  const cases = rows.map(([name, pipeline, expected, outside]) =>
    example(name, start, (docs) => docs.aggregate(pipeline).toArray(), expected, outside),
  );
  return { title, manual: manual(page), cases };
}

/** Runs a case in a collection of its own; an error of the server becomes its code. */
export async function outcome({ run }: Case, db: Db, name: string): Promise<unknown> {
  const docs = db.collection(name);
  try {
    return await run(docs, db);
  } catch (error) {
    if (!(error instanceof MongoServerError)) throw error;
    return code(Number(error.code));
  }
}

/** One text for one value, with the order of fields and the types that the driver tells apart. */
export const textOf = (v: unknown) => BSON.EJSON.stringify({ v }, { relaxed: true });
