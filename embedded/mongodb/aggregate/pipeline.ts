// Pipelines over a collection. What they begin with, as far as a find could do it, runs in the engine, with its indexes.
import type { Collection } from '../collection.js';
import { ServerError } from '../errors.js';
import type { Query } from '../requests.js';
import { type Doc, isDoc, type Value } from '../values.js';
import { compileStages, stageNumber } from './stages.js';

const MAX_STAGES = 1000;

type Options = Pick<Query, 'hint' | 'allowDiskUse'>;

export function runPipeline(
  collection: Collection,
  pipeline: readonly Doc[],
  { hint, allowDiskUse }: Options = {},
): Doc[] {
  if (pipeline.length > MAX_STAGES) {
    throw new ServerError(7749501, `Pipeline length must be no longer than ${MAX_STAGES} stages`);
  }

  compileStages(pipeline); // so that a mistake is an error before the first document is read
  const { query, rest } = splitSource(pipeline);
  return compileStages(rest)(collection.find({ ...query, hint, allowDiskUse }).docs);
}

/** The part of a pipeline that an explanation is about. */
export function explainSource(pipeline: readonly Doc[], hint?: Value): Query {
  compileStages(pipeline);
  return { ...splitSource(pipeline).query, hint };
}

function splitSource(pipeline: readonly Doc[]): { query: Query; rest: Doc[] } {
  const query: Query = { filter: {} };
  const rest = [...pipeline];
  const next = (name: string): Value | undefined => {
    const spec = rest[0]?.[name];
    if (spec !== undefined) rest.shift();
    return spec;
  };
  const filter = next('$match');
  if (isDoc(filter)) query.filter = filter;
  const sort = next('$sort');
  if (isDoc(sort)) query.sort = sort;
  const skip = next('$skip');
  if (skip !== undefined) query.skip = stageNumber('$skip', skip);
  const limit = next('$limit');
  if (limit !== undefined) query.limit = stageNumber('$limit', limit);
  return { query, rest };
}
