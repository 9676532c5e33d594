// The combinations of values under which a document stands in an index, and by which it is sorted: one for each item
// of an array on one of the paths.
import { ServerError } from './errors.js';
import { EMPTY_ARRAY_KEY, keyOf, NULL_KEY } from './order.js';
import { isPosition, type Path } from './paths.js';
import { type Doc, isDoc, type Maybe, own, type Value } from './values.js';

export const EMPTY_ARRAY = Symbol('empty array');
type Part = Maybe | typeof EMPTY_ARRAY;
/** One value per path. */
export type Combination = Part[];

export const partKey = (v: Part) =>
  v === EMPTY_ARRAY ? EMPTY_ARRAY_KEY : v === undefined ? NULL_KEY : keyOf(v);

interface Walker {
  value: Part;
  rest: Path;
  done: boolean; // an item that is itself an array is a value as a whole
}

/** Calls `multikey` with the position of each path on which there is an array. */
export function combinations(
  doc: Doc,
  paths: readonly Path[],
  multikey?: (i: number) => void,
): Combination[] {
  const plain = plainValues(doc, paths);
  if (plain) return [plain];
  const walkers = paths.map((path) => advance(doc, path));
  const out: Combination[] = [];
  expand(walkers, out, multikey);
  return out;
}

// The values at the paths, unless there is an array on one of them.
function plainValues(doc: Doc, paths: readonly Path[]): Combination | undefined {
  const values: Combination = [];
  for (const path of paths) {
    let value: Maybe = doc;
    for (const part of path) {
      value = isDoc(value) ? own(value, part) : undefined;
      if (Array.isArray(value)) return undefined;
    }
    values.push(value);
  }
  return values;
}

// Follows a path through documents, until it ends or meets an array.
function advance(start: Maybe, path: Path): Walker {
  let value = start;
  for (let i = 0; i < path.length; i++) {
    const part = path[i] ?? '';
    if (!Array.isArray(value)) value = isDoc(value) ? own(value, part) : undefined;
    else if (isPosition(part)) value = itemAt(value, part);
    else return { value, rest: path.slice(i), done: false };
  }
  return { value, rest: [], done: !Array.isArray(value) };
}

function itemAt(list: Value[], part: string): Maybe {
  if (list.some((item) => isDoc(item) && Object.hasOwn(item, part))) {
    throw new ServerError(16746, `Ambiguous field name found in array: '${part}' is a position and a name`);
  }
  return list[Number(part)];
}

// Paths that lead through one array go through its items together; two different arrays cannot be combined.
function expand(walkers: Walker[], out: Combination[], multikey?: (i: number) => void): void {
  const list = walkers.find((w) => !w.done)?.value;
  if (!Array.isArray(list)) {
    out.push(walkers.map((w) => w.value));
    return;
  }
  walkers.forEach((w, i) => {
    if (w.done) return;
    if (w.value !== list) throw new ServerError('CannotIndexParallelArrays', 'cannot index parallel arrays');
    multikey?.(i);
  });
  const items: Part[] = list.length > 0 ? list : [EMPTY_ARRAY];
  for (const item of items) {
    expand(
      walkers.map((w) => (w.done ? w : enter(item, w.rest))),
      out,
      multikey,
    );
  }
}

function enter(item: Part, rest: Path): Walker {
  if (rest.length === 0) return { value: item, rest, done: true };
  return isDoc(item) ? advance(item, rest) : { value: undefined, rest: [], done: true };
}
