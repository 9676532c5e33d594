// Sorting. Ascending order takes the smallest of an array's items, descending order the largest.
import { sizeOf } from './codec.js';
import { ServerError } from './errors.js';
import { type Combination, combinations, partKey } from './keys.js';
import { checkFieldPath, type Path, splitPath } from './paths.js';
import { type Doc, isDoc, isNumeric, type Value } from './values.js';

const MAX_SORT_BYTES = 104_857_600;

export interface SortField {
  name: string;
  path: Path;
  direction: 1 | -1;
}

export function parseSort(spec: Value): SortField[] {
  if (!isDoc(spec)) throw new ServerError(15973, 'the sort key specification must be an object');
  return Object.entries(spec).map(([name, arg]) => {
    const direction = isNumeric(arg) ? Number(arg.toString()) : 0;
    if (direction !== 1 && direction !== -1) {
      throw new ServerError(15975, '$sort key ordering must be 1 (for ascending) or -1 (for descending)');
    }
    checkFieldPath(name);
    return { name, path: splitPath(name), direction };
  });
}

/** What MongoDB does not sort in memory, it sorts on disk, unless that is forbidden. */
export function checkSortMemory(docs: readonly Doc[]): void {
  let bytes = 0;
  for (const doc of docs) bytes += sizeOf(doc);
  if (bytes <= MAX_SORT_BYTES) return;
  throw new ServerError(
    'QueryExceededMemoryLimitNoDiskUseAllowed',
    `Sort exceeded memory limit of ${MAX_SORT_BYTES} bytes, but did not opt in to external sorting.`,
  );
}

/** Sorts a copy; documents that are equal keep their order. */
export function sortDocs(docs: readonly Doc[], fields: readonly SortField[]): Doc[] {
  if (fields.length === 0) return [...docs];
  const order = comparison(fields);
  const paths = fields.map((f) => f.path);
  return docs
    .map((doc) => ({ doc, key: sortKey(doc, paths, order) }))
    .sort((a, b) => order(a.key, b.key))
    .map(({ doc }) => doc);
}

type Order = (a: readonly string[], b: readonly string[]) => number;

function comparison(fields: readonly SortField[]): Order {
  const directions = fields.map((f) => f.direction);
  return (a, b) => {
    for (const [i, direction] of directions.entries()) {
      const x = a[i] ?? '';
      const y = b[i] ?? '';
      if (x !== y) return x < y ? -direction : direction;
    }
    return 0;
  };
}

function sortKey(doc: Doc, paths: readonly Path[], order: Order): string[] {
  let best: string[] | undefined;
  for (const parts of allCombinations(doc, paths)) {
    const key = parts.map(partKey);
    if (best === undefined || order(key, best) < 0) best = key;
  }
  return best ?? [];
}

function allCombinations(doc: Doc, paths: readonly Path[]): Combination[] {
  try {
    return combinations(doc, paths);
  } catch (error) {
    if (!(error instanceof ServerError) || error.code !== 171) throw error;
    throw new ServerError('BadValue', 'cannot sort with keys that are parallel arrays');
  }
}
