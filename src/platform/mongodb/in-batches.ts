import { type Collection, MongoBulkWriteError, type OptionalUnlessRequiredId } from 'mongodb';
import { DUPLICATE_KEY, isDatabaseAway } from './client.js';
import { insertNew } from './write.js';

/** A larger command would hold up what comes behind it. */
const MAX_OF_A_BATCH = 64;

interface Waiting<Task, Outcome> {
  task: Task;
  resolve(outcome: Outcome): void;
  reject(error: unknown): void;
}

/**
 * Joins what is asked for at the same time into one command. The first goes at once and alone, so that an idle service waits for nothing;
 * what comes while it is under way goes together, when that has ended. There is never more than one under way. When a batch fails, each of it is tried
 * by itself, so that one that is at fault fails alone; when the database is away, all fail at once, for each would wait as long again.
 *
 * @param run does many at once, and says of each, in their order, what became of it. A task of a batch that failed is run a second time:
 *   it has to do no harm then.
 */
export function inBatches<Task, Outcome>(
  run: (tasks: Task[]) => Promise<Outcome[]>,
): (task: Task) => Promise<Outcome> {
  const waiting: Waiting<Task, Outcome>[] = [];
  let isBusy = false;

  async function settle(batch: Waiting<Task, Outcome>[]): Promise<void> {
    try {
      const outcomes = await run(batch.map(({ task }) => task));
      for (const [index, { resolve }] of batch.entries()) resolve(outcomes[index] as Outcome);
    } catch (error) {
      if (batch.length === 1 || isDatabaseAway(error)) for (const { reject } of batch) reject(error);
      else await Promise.all(batch.map((one) => settle([one])));
    }
  }

  async function work(): Promise<void> {
    isBusy = true;
    while (waiting.length > 0) await settle(waiting.splice(0, MAX_OF_A_BATCH));
    isBusy = false;
  }

  return (task) =>
    new Promise((resolve, reject) => {
      waiting.push({ task, resolve, reject });
      if (!isBusy) void work();
    });
}

/** How documents are found for many who ask at the same time. */
interface Finding<Asked, Doc> {
  /** As what a document may be named that is meant, the likeliest first. */
  namesOf(asked: Asked): string[];
  nameOf(document: Doc): string;
  /** One query for all of them. */
  find(asked: Asked[], limit: number): Promise<Doc[]>;
  /** How many documents there can be for one who asks; more are not looked at. */
  most: number;
}

/** Looks documents up, those of many who ask at the same time by one query. Each gets the documents that are theirs, in the order of the names. */
export function coalesce<Asked, Doc>({
  namesOf,
  nameOf,
  find,
  most,
}: Finding<Asked, Doc>): (asked: Asked) => Promise<Doc[]> {
  const run = async (all: Asked[]): Promise<Doc[][]> => {
    const limit = all.length * most + 1;
    const found = await find(all, limit);
    // one may have had so many that others' were cut off
    if (all.length > 1 && found.length === limit)
      return Promise.all(all.map(async (one) => (await run([one]))[0] ?? []));
    const byName = new Map<string, Doc[]>();
    for (const document of found) {
      const name = nameOf(document);
      byName.set(name, [...(byName.get(name) ?? []), document]);
    }
    return all.map((one) => namesOf(one).flatMap((name) => byName.get(name) ?? []));
  };
  return inBatches(run);
}

/**
 * Inserts documents, those that come at the same time by one command. False for one that a unique index already has: also for one that was
 * inserted by a command whose answer was lost, and which the caller finds when it looks what is there.
 */
export const insertsInBatches = <Doc extends object>(collection: Collection<Doc>) =>
  inBatches<Doc, boolean>(async (documents) => {
    const [only] = documents;
    if (only && documents.length === 1) return [await insertNew(collection, only)];
    const copies = documents.map((document) => ({ ...document })) as OptionalUnlessRequiredId<Doc>[];
    const refused = await duplicatesOf(() => collection.insertMany(copies, { ordered: false }));
    return documents.map((_, index) => !refused.has(index));
  });

/**
 * Which writes of an unordered bulk, by their places, met a document with the same unique key.
 * @throws what else the bulk failed of
 */
export async function duplicatesOf(write: () => Promise<unknown>): Promise<Set<number>> {
  try {
    await write();
    return new Set();
  } catch (error) {
    if (!(error instanceof MongoBulkWriteError) || error.result.getWriteConcernError()) throw error;
    const errors = [error.writeErrors].flat();
    if (errors.length === 0 || errors.some(({ code }) => code !== DUPLICATE_KEY)) throw error;
    return new Set(errors.map(({ index }) => index));
  }
}
