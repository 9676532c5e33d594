// Explains which index a command would use, and how much it would read, without changing anything.
import { explainSource } from '../aggregate/pipeline.js';
import { badValue, ServerError } from '../errors.js';
import { commandOptions, object, required, text } from '../options.js';
import type { Scan } from '../plan.js';
import type { Found, Query } from '../requests.js';
import type { Doc } from '../values.js';
import { type Command, namespace } from './context.js';
import { aggregateOptions, countOptions, distinctOptions, findOptions } from './read.js';
import { deleteOptions, deleteRequest, findAndModifyOptions, updateOptions, updateRequest } from './write.js';

const VERBOSITIES = ['queryPlanner', 'executionStats', 'allPlansExecution'];
const explainOptions = commandOptions('explain', { explain: required(object), verbosity: text });

export const explain: Command = (body, { database }) => {
  const options = explainOptions(body);
  if (options.verbosity !== undefined && !VERBOSITIES.includes(options.verbosity)) {
    throw badValue(
      `Enumeration value '${options.verbosity}' for field 'explain.verbosity' is not a valid value.`,
    );
  }
  const command: Doc = { ...options.explain, $db: body.$db ?? null };
  const [name = ''] = Object.keys(command);
  const ns = namespace(body, command[name]);
  const collection = database.reader(ns);
  const query = explainedQuery(name, command);
  const found = collection.find(query);
  const queryPlanner = {
    namespace: ns,
    indexFilterSet: false,
    parsedQuery: query.filter,
    // the number of all documents stands in the collection's own metadata (the manual: explain results, count)
    winningPlan: isCountOfAll(name, query) ? { stage: 'RECORD_STORE_FAST_COUNT' } : winningPlan(found, query),
    rejectedPlans: [],
  };
  const stats: Doc =
    options.verbosity === 'queryPlanner' ? {} : { executionStats: executionStats(found, query) };
  return { explainVersion: '1', queryPlanner, ...stats, command: options.explain };
};

const isCountOfAll = (name: string, { filter, skip, limit }: Query): boolean =>
  name === 'count' && Object.keys(filter).length === 0 && !skip && !limit;

// Only the reading part of a command is explained.
function explainedQuery(name: string, command: Doc): Query {
  switch (name) {
    case 'find': {
      const { filter = {}, sort, skip, limit, hint } = findOptions(command);
      return { filter, sort, skip, limit, hint };
    }
    case 'aggregate': {
      const { pipeline, hint } = aggregateOptions(command);
      return explainSource(pipeline, hint);
    }
    case 'count': {
      const { query = {}, skip, limit, hint } = countOptions(command);
      return { filter: query, skip, limit, hint };
    }
    case 'distinct':
      return { filter: distinctOptions(command).query ?? {} };
    case 'findAndModify': {
      const { query = {}, sort, hint } = findAndModifyOptions(command);
      return { filter: query, sort, hint, limit: 1 };
    }
    case 'update': {
      const { filter, multi, hint } = updateRequest(only(updateOptions(command).updates));
      return { filter, hint, limit: multi ? 0 : 1 };
    }
    case 'delete':
      return deleteRequest(only(deleteOptions(command).deletes));
  }
  throw new ServerError('CommandNotFound', `Explain failed due to unknown command: ${name}`);
}

function only(statements: readonly Doc[]): Doc {
  const [statement, ...others] = statements;
  if (statement && others.length === 0) return statement;
  throw new ServerError('InvalidLength', 'explained write batches must be of size 1');
}

function winningPlan({ plan, sorted }: Found, { filter, sort, limit }: Query): Doc {
  const source = sourcePlan(plan.scans, filter);
  const ordered = sorted ? { stage: 'SORT', sortPattern: sort ?? {}, inputStage: source } : source;
  return limit ? { stage: 'LIMIT', limitAmount: limit, inputStage: ordered } : ordered;
}

function sourcePlan(scans: readonly Scan[] | undefined, filter: Doc): Doc {
  if (!scans) return { stage: 'COLLSCAN', filter, direction: 'forward' };
  const stages = scans.map(describeScan);
  const [first] = stages;
  const inputStage = first && stages.length === 1 ? first : { stage: 'OR', inputStages: stages };
  return { stage: 'FETCH', filter, inputStage };
}

function describeScan({ index, order, bounded, intervals }: Scan): Doc {
  const { name, key, unique = false, sparse = false } = index.spec;
  return {
    stage: 'IXSCAN',
    keyPattern: key,
    indexName: name,
    isMultiKey: index.multikey.includes(true),
    isUnique: unique,
    isSparse: sparse,
    direction: order === -1 ? 'backward' : 'forward',
    bounded: bounded > 0,
    intervals: intervals.length,
  };
}

const executionStats = (found: Found, query: Query): Doc => ({
  executionSuccess: true,
  nReturned: found.docs.length,
  executionTimeMillis: 0,
  totalKeysExamined: found.keysExamined,
  totalDocsExamined: found.docsExamined,
  executionStages: winningPlan(found, query),
});
