// The stages of a pipeline: documents in, documents out.
import { Long } from 'bson';
import { failedToParse, ServerError } from '../errors.js';
import { compileFilter } from '../match.js';
import { checkFieldPath, splitPath, valueAt } from '../paths.js';
import { parseSort, sortDocs } from '../sort.js';
import { type Doc, isDoc, isNumeric, own, type Stage, type Value } from '../values.js';
import { group } from './group.js';
import { project } from './project.js';

const STAGES: Record<string, (spec: Value) => Stage> = {
  $match: match,
  $sort: sort,
  $skip: (spec) => {
    const n = stageNumber('$skip', spec);
    return (docs) => docs.slice(n);
  },
  $limit: (spec) => {
    const n = stageNumber('$limit', spec);
    if (n === 0) throw new ServerError(15958, 'the limit must be positive');
    return (docs) => docs.slice(0, n);
  },
  $group: group,
  $project: project,
  $unwind: unwind,
  $count: countDocs,
  $facet: facet,
};

export function compileStages(pipeline: readonly Value[]): Stage {
  const stages = pipeline.map(compileStage);
  return (docs) => stages.reduce<Doc[]>((result, stage) => stage(result), [...docs]);
}

function compileStage(spec: Value): Stage {
  const [name = '', ...others] = isDoc(spec) ? Object.keys(spec) : [];
  if (!isDoc(spec) || name === '' || others.length > 0) {
    const message = 'A pipeline stage specification object must contain exactly one field.';
    throw new ServerError(40323, message);
  }
  const compile = Object.hasOwn(STAGES, name) ? STAGES[name] : undefined;
  if (!compile) throw new ServerError(40324, `Unrecognized pipeline stage name: '${name}'`);
  return compile(spec[name] ?? null);
}

function match(spec: Value): Stage {
  if (!isDoc(spec)) throw new ServerError(15959, 'the match filter must be an expression in an object');
  const matches = compileFilter(spec);
  return (docs) => docs.filter(matches);
}

function sort(spec: Value): Stage {
  const fields = parseSort(spec);
  if (fields.length === 0) throw new ServerError(15976, '$sort stage must have at least one sort key');
  return (docs) => sortDocs(docs, fields);
}

const NOT_A_NUMBER: Record<string, number> = { $skip: 5107200, $limit: 5107201 };

export function stageNumber(name: string, spec: Value): number {
  const n = isNumeric(spec) ? Number(spec.toString()) : Number.NaN;
  if (Number.isInteger(n) && n >= 0) return n;
  const message = `invalid argument to ${name} stage: Expected a non-negative whole number`;
  throw new ServerError(NOT_A_NUMBER[name] ?? 2, message);
}

function countDocs(name: Value): Stage {
  if (typeof name !== 'string') throw new ServerError(40156, 'the count field must be a non-empty string');
  if (name === '') throw new ServerError(40157, 'the count field must be a non-empty string');
  if (name.startsWith('$')) throw new ServerError(40158, 'the count field cannot be a $-prefixed path');
  if (name.includes('.')) throw new ServerError(40160, "the count field cannot contain '.'");
  return (docs) => (docs.length > 0 ? [{ [name]: docs.length }] : []);
}

function facet(spec: Value): Stage {
  if (!isDoc(spec) || Object.keys(spec).length === 0) {
    throw new ServerError(40169, 'the $facet specification must be a non-empty object');
  }
  const parts = Object.entries(spec).map(([name, pipeline]) => {
    if (!Array.isArray(pipeline)) {
      throw new ServerError(40170, `arguments to $facet must be arrays, ${name} is not`);
    }
    if (pipeline.some((stage) => isDoc(stage) && '$facet' in stage)) {
      throw new ServerError(40600, '$facet is not allowed to be used within a $facet stage');
    }
    return { name, run: compileStages(pipeline) };
  });
  return (docs) => {
    const out: Doc = {};
    for (const { name, run } of parts) out[name] = run(docs);
    return [out];
  };
}

interface Unwind {
  path: readonly string[];
  index: string | undefined;
  preserve: boolean;
}

function unwind(spec: Value): Stage {
  const options = unwindOptions(spec);
  return (docs) => docs.flatMap((doc) => unwindDoc(doc, options));
}

function unwindOptions(spec: Value): Unwind {
  if (typeof spec !== 'string' && !isDoc(spec)) {
    throw new ServerError(15981, 'expected either a string or an object as specification for $unwind stage');
  }
  const { path, includeArrayIndex, preserveNullAndEmptyArrays, ...others } = isDoc(spec)
    ? spec
    : { path: spec };
  for (const name of Object.keys(others)) {
    throw new ServerError(28811, `unrecognized option to $unwind stage: ${name}`);
  }
  if (path === undefined) throw new ServerError(28812, 'no path specified to $unwind stage');
  if (typeof path !== 'string')
    throw new ServerError(28808, 'expected a string as the path for $unwind stage');
  if (!path.startsWith('$')) {
    throw new ServerError(28818, `path option to $unwind stage should be prefixed with a '$': ${path}`);
  }
  checkFieldPath(path.slice(1));
  if (preserveNullAndEmptyArrays !== undefined && typeof preserveNullAndEmptyArrays !== 'boolean') {
    throw new ServerError(
      28809,
      'expected a boolean for the preserveNullAndEmptyArrays option to $unwind stage',
    );
  }
  const preserve = preserveNullAndEmptyArrays === true;
  return { path: splitPath(path.slice(1)), index: indexName(includeArrayIndex), preserve };
}

function indexName(v: Value | undefined): string | undefined {
  if (v === undefined) return undefined;
  if (typeof v !== 'string' || v === '') {
    throw new ServerError(
      28810,
      'expected a non-empty string for the includeArrayIndex option to $unwind stage',
    );
  }
  if (v.startsWith('$')) {
    throw new ServerError(28822, 'includeArrayIndex option to $unwind stage should not be prefixed with a $');
  }
  if (v.includes('.')) throw failedToParse('a dotted includeArrayIndex is not supported');
  return v;
}

function unwindDoc(doc: Doc, { path, index, preserve }: Unwind): Doc[] {
  const v = valueAt(doc, path);
  const numbered = (out: Doc, at: number | null): Doc =>
    index === undefined ? out : { ...out, [index]: at === null ? null : Long.fromNumber(at) };
  if (Array.isArray(v) && v.length > 0) return v.map((item, at) => numbered(withValue(doc, path, item), at));
  if (v !== undefined && v !== null && !Array.isArray(v)) return [numbered(doc, null)];
  if (!preserve) return [];
  return [numbered(v === undefined ? doc : Array.isArray(v) ? withValue(doc, path, undefined) : doc, null)];
}

// A copy of the document with another value, or none, at the path.
function withValue(doc: Doc, path: readonly string[], v: Value | undefined): Doc {
  const [name = '', ...rest] = path;
  const out = { ...doc };
  const child = own(doc, name);
  if (rest.length > 0) out[name] = isDoc(child) ? withValue(child, rest, v) : (child ?? null);
  else if (v === undefined) delete out[name];
  else out[name] = v;
  return out;
}
