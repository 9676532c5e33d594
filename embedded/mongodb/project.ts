// Projections by inclusion and exclusion, as a tree of the paths.
import { badValue, ServerError } from './errors.js';
import { checkFieldPath, splitPath } from './paths.js';
import { type Doc, isDoc, isNumeric, isTrue, type Value } from './values.js';

/** What to do below a name: more names, or the value as a whole. */
export type Tree = Map<string, Tree | 'whole'>;

export function compileProjection(spec: Doc): (doc: Doc) => Doc {
  let id: boolean | undefined;
  let include: boolean | undefined;
  const tree: Tree = new Map();
  for (const [name, arg] of Object.entries(spec)) {
    const wanted = flagOf(name, arg);
    if (name === '_id') {
      id = wanted;
      continue;
    }
    if (include !== undefined && include !== wanted) throw mixed(name, wanted);
    include = wanted;
    addPath(tree, name);
  }
  return projection(tree, include ?? id ?? false, id ?? true);
}

export function projection(tree: Tree, include: boolean, id: boolean): (doc: Doc) => Doc {
  if (tree.has('_id')) return (doc) => (include ? pickFields(doc, tree) : omitFields(doc, tree));
  return (doc) => {
    const { _id, ...rest } = doc;
    const out = include ? pickFields(rest, tree) : omitFields(rest, tree);
    return id && _id !== undefined ? { _id, ...out } : out;
  };
}

export const mixed = (name: string, include: boolean) =>
  include
    ? new ServerError(31253, `Cannot do inclusion on field ${name} in exclusion projection`)
    : new ServerError(31254, `Cannot do exclusion on field ${name} in inclusion projection`);

function flagOf(name: string, arg: Value): boolean {
  if (typeof arg === 'boolean' || isNumeric(arg)) return isTrue(arg);
  const [operator = ''] = isDoc(arg) ? Object.keys(arg) : [];
  if (operator.startsWith('$')) throw new ServerError(31325, `Unknown expression ${operator}`);
  throw badValue(`the projection of '${name}' is neither an inclusion nor an exclusion`);
}

export function addPath(tree: Tree, name: string): void {
  checkFieldPath(name);
  const parts = splitPath(name);
  let at = tree;
  for (const part of parts.slice(0, -1)) {
    const next = at.get(part) ?? new Map();
    if (next === 'whole') throw new ServerError(31249, `Path collision at ${name}`);
    at.set(part, next);
    at = next;
  }
  const last = parts.at(-1) ?? '';
  if (at.has(last)) throw new ServerError(31250, `Path collision at ${name}`);
  at.set(last, 'whole');
}

function pickFields(doc: Doc, tree: Tree): Doc {
  const out: Doc = {};
  for (const [name, v] of Object.entries(doc)) {
    const below = tree.get(name);
    if (below === 'whole') out[name] = v;
    else if (below && (isDoc(v) || Array.isArray(v))) out[name] = pick(v, below);
  }
  return out;
}

function pick(v: Value[] | Doc, tree: Tree): Value {
  if (!Array.isArray(v)) return pickFields(v, tree);
  return v.filter((item) => isDoc(item) || Array.isArray(item)).map((item) => pick(item, tree));
}

function omitFields(doc: Doc, tree: Tree): Doc {
  const out: Doc = {};
  for (const [name, v] of Object.entries(doc)) {
    const below = tree.get(name);
    if (below !== 'whole') out[name] = below ? omit(v, below) : v;
  }
  return out;
}

function omit(v: Value, tree: Tree): Value {
  if (Array.isArray(v)) return v.map((item) => omit(item, tree));
  return isDoc(v) ? omitFields(v, tree) : v;
}
