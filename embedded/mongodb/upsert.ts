// The document that an upsert starts from: what the filter says a field is equal to.
import { ServerError } from './errors.js';
import { updatePath } from './update.js';
import { type Doc, isDoc, isOperators, isRegex, own, type Value } from './values.js';

/** Its fields are in the order of their names. Of a replacement only the filter's _id counts. */
export function seed(filter: Doc, idOnly: boolean): Doc {
  const found = new Map<string, Value>();
  collect(filter, found);
  const out: Doc = {};
  for (const [path, v] of [...found].sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (!idOnly || path === '_id') plant(out, path, v);
    else if (path.startsWith('_id.')) {
      const message = `field at '_id' must be exactly specified, field at sub-path '${path}' found`;
      throw new ServerError('NotExactValueField', message);
    }
  }
  return out;
}

function collect(filter: Doc, found: Map<string, Value>): void {
  for (const [name, arg] of Object.entries(filter)) {
    const parts = Array.isArray(arg) ? arg.filter(isDoc) : [];
    if (name === '$and' || (name === '$or' && parts.length === 1)) {
      for (const part of parts) collect(part, found);
    }
    if (name.startsWith('$') || isRegex(arg)) continue;
    const v = isOperators(arg) ? equality(arg) : arg;
    if (v !== undefined) note(name, v, found);
  }
}

function equality(arg: Doc): Value | undefined {
  if (arg.$eq !== undefined) return arg.$eq;
  // MongoDB reads an $in of a single value as an equality
  const [only, ...others] = Array.isArray(arg.$in) ? arg.$in : [];
  return others.length === 0 && !isRegex(only) ? only : undefined;
}

function note(path: string, v: Value, found: Map<string, Value>): void {
  for (const other of found.keys()) {
    if (other !== path && !other.startsWith(`${path}.`) && !path.startsWith(`${other}.`)) continue;
    const message =
      other === path
        ? `cannot infer query fields to set, path '${path}' is matched twice`
        : `cannot infer query fields to set, both paths '${path}' and '${other}' are matched`;
    throw new ServerError('NotSingleValueField', message);
  }
  found.set(path, v);
}

function plant(doc: Doc, path: string, v: Value): void {
  const parts = updatePath(path);
  let at = doc;
  for (const part of parts.slice(0, -1)) {
    const next = own(at, part);
    const child = isDoc(next) ? next : {};
    at[part] = child;
    at = child;
  }
  at[parts.at(-1) ?? ''] = v;
}
