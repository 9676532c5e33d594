// Updates: checked once, then applied to any number of documents. A document is never changed; what an update touches
// is copied, so that cursors and the journal can go on reading what they hold.
import { describe, typeAlias } from './describe.js';
import { badValue, failedToParse, ServerError } from './errors.js';
import { isPosition, type Path, splitPath } from './paths.js';
import { type Change, operatorNamed } from './update-operators.js';
import { checkName, checkStorable } from './validate.js';
import { type Doc, isDoc, type Maybe, own, type Value } from './values.js';

const MAX_PADDING = 1_500_000;

interface Update {
  /** A replacement, which cannot apply to several documents. */
  replaces: boolean;
  apply(doc: Doc, inserting: boolean): Doc;
}

interface Step {
  operator: string;
  path: Path;
  change: Change;
  removes: boolean;
}

export function compileUpdate(update: Value): Update {
  if (Array.isArray(update)) throw failedToParse('updates by an aggregation pipeline are not supported');
  if (!isDoc(update)) throw failedToParse('Update argument must be either an object or an array');
  const [first] = Object.keys(update);
  return first?.startsWith('$') ? operatorUpdate(update) : replacement(update);
}

function replacement(fields: Doc): Update {
  checkStorable(fields);
  return {
    replaces: true,
    apply: (doc) => {
      const _id = fields._id ?? doc._id;
      return _id === undefined ? fields : { _id, ...fields };
    },
  };
}

function operatorUpdate(update: Doc): Update {
  const steps = Object.entries(update).flatMap(([name, fields]) => operatorSteps(name, fields));
  steps.sort((a, b) => comparePaths(a.path, b.path)); // the order in which MongoDB adds fields
  checkConflicts(steps);
  return {
    replaces: false,
    apply: (doc, inserting) => {
      const out = { ...doc };
      for (const step of steps) if (inserting || step.operator !== '$setOnInsert') applyStep(out, step);
      return out;
    },
  };
}

function operatorSteps(operator: string, fields: Value): Step[] {
  const { compile, removes = false } = operatorNamed(operator);
  if (!isDoc(fields)) {
    throw failedToParse(
      `Modifiers operate on fields but we found type ${typeAlias(fields)} instead. For example: ` +
        `{$mod: {<field>: ...}} not {${operator}: ${describe(fields)}}`,
    );
  }
  return Object.entries(fields).map(([name, arg]) => {
    const path = updatePath(name);
    const change = compile(arg, name);
    if (!removes) checkOperand(operator, arg, path.length);
    return { operator, path, change, removes };
  });
}

// The operands of $push and $addToSet are stored item by item, without the words around them.
function checkOperand(operator: string, arg: Value, depth: number): void {
  const items =
    operator === '$push' || operator === '$addToSet' ? isDoc(arg) && own(arg, '$each') : undefined;
  checkStorable(Array.isArray(items) ? items : arg, depth);
}

export function updatePath(name: string): Path {
  const path = splitPath(name);
  if (path.includes('')) {
    const message = `The update path '${name}' contains an empty field name, which is not allowed.`;
    throw new ServerError('EmptyFieldName', message);
  }
  path.forEach((part, i) => {
    if (part === '$' || part.startsWith('$[')) {
      throw badValue(`the positional operator in '${name}' is not supported`);
    }
    checkName(part, path[i - 1]);
  });
  return path;
}

// Part by part: by number where both are numbers, else by code unit.
function comparePaths(a: Path, b: Path): number {
  for (let i = 0; i < a.length && i < b.length; i++) {
    const x = a[i] as string;
    const y = b[i] as string;
    if (x === y) continue;
    if (isPosition(x) && isPosition(y)) return Number(x) - Number(y);
    return x < y ? -1 : 1;
  }
  return a.length - b.length;
}

// In order, a path stands directly before the paths that go on from it.
function checkConflicts(steps: readonly Step[]): void {
  for (let i = 1; i < steps.length; i++) {
    const { path } = steps[i] as Step;
    const { path: before } = steps[i - 1] as Step;
    if (!before.every((part, n) => part === path[n])) continue;
    const message = `Updating the path '${path.join('.')}' would create a conflict at '${before.join('.')}'`;
    throw new ServerError('ConflictingUpdateOperators', message);
  }
}

function applyStep(doc: Doc, { path, change, removes }: Step): void {
  const parent = container(doc, path, removes);
  const name = path.at(-1);
  if (parent === undefined || name === undefined) return;
  const before = childOf(parent, name);
  const after = before === undefined && removes ? undefined : change(before, doc);
  if (after !== undefined) put(parent, name, after);
  else if (before === undefined) return;
  else if (Array.isArray(parent)) parent[Number(name)] = null;
  else delete parent[name];
}

type Container = Doc | Value[];

const childOf = (parent: Container, name: string): Maybe =>
  Array.isArray(parent) ? parent[Number(name)] : own(parent, name);

function put(parent: Container, name: string, v: Value): void {
  if (!Array.isArray(parent)) {
    parent[name] = v;
    return;
  }
  const at = Number(name);
  if (at > parent.length + MAX_PADDING) {
    throw new ServerError('CannotBackfillArray', `can't backfill more than ${MAX_PADDING} elements`);
  }
  while (parent.length < at) parent.push(null);
  parent[at] = v;
}

// The document or array that holds the last part of the path, copied or made on the way down. Undefined when there is
// none and the update only removes.
function container(doc: Doc, path: Path, removes: boolean): Container | undefined {
  let parent: Container = doc;
  for (const [i, part] of path.entries()) {
    if (Array.isArray(parent) && !isPosition(part)) return notViable(part, path[i - 1], parent, removes);
    if (i === path.length - 1) return parent;
    const next: Maybe = childOf(parent, part);
    if (next === undefined && removes) return undefined;
    if (next !== undefined && !isDoc(next) && !Array.isArray(next)) {
      return notViable(path[i + 1] ?? '', part, next, removes);
    }
    const copy: Container = Array.isArray(next) ? [...next] : { ...next };
    put(parent, part, copy);
    parent = copy;
  }
  return undefined;
}

function notViable(part: string, parent = '', v: Value, removes: boolean): undefined {
  if (removes) return undefined;
  const message = `Cannot create field '${part}' in element {${parent}: ${describe(v)}}`;
  throw new ServerError('PathNotViable', message);
}
