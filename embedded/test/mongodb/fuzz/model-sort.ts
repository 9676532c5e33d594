// The plain model's order of documents.
import { type Doc, isDoc, type Value } from '../../../mongodb/values.js';
import { order } from './model-order.js';

// Below null: what an empty array counts as.
const NOTHING = Symbol('nothing');
type Key = Value | typeof NOTHING;

const orderKeys = (a: Key, b: Key) =>
  a === NOTHING || b === NOTHING ? Number(a !== NOTHING) - Number(b !== NOTHING) : order(a, b);

export function sorted(docs: readonly Doc[], sort: Doc): Doc[] {
  const fields = Object.entries(sort).map(([name, direction]) => ({
    path: name.split('.'),
    direction: Number(direction),
  }));
  const compareLists = (a: Key[], b: Key[]) => {
    for (const [i, { direction }] of fields.entries()) {
      const by = orderKeys(a[i] ?? null, b[i] ?? null) * direction;
      if (by !== 0) return by;
    }
    return 0;
  };
  const best = (doc: Doc) =>
    combine(
      doc,
      fields.map((f) => f.path),
    ).sort(compareLists)[0] ?? [];
  return docs
    .map((doc) => ({ doc, key: best(doc) }))
    .sort((a, b) => compareLists(a.key, b.key))
    .map(({ doc }) => doc);
}

// All combinations of values at the paths. Paths that begin with one array name go through its items together.
function combine(doc: Doc, paths: string[][]): Key[][] {
  const shared = paths.map((path) => path[0] ?? '').find((name) => Array.isArray(doc[name]));
  if (shared === undefined) return inside(doc, paths);
  const list = doc[shared];
  const items: Value[] = Array.isArray(list) && list.length > 0 ? list : [];
  const positions = paths.some((path) => path[0] === shared && /^\d+$/.test(path[1] ?? ''));
  if (positions) return inside(doc, paths);
  if (items.length === 0)
    return combine({ ...doc, [shared]: null }, paths).map((keys) =>
      keys.map((k, i) => (paths[i]?.length === 1 && paths[i]?.[0] === shared ? NOTHING : k)),
    );
  return items.flatMap((item) => {
    const whole = Array.isArray(item);
    return combine({ ...doc, [shared]: whole ? null : item }, paths).map((keys) =>
      keys.map((k, i) => (whole && paths[i]?.length === 1 && paths[i]?.[0] === shared ? item : k)),
    );
  });
}

// No array at the top any more: each path by itself, where one of them meets an array further down.
function inside(doc: Doc, paths: string[][]): Key[][] {
  const lists = paths.map((path) => keysAt(doc, path));
  return lists.reduce<Key[][]>((heads, keys) => heads.flatMap((head) => keys.map((k) => [...head, k])), [[]]);
}

function keysAt(v: Value | undefined, path: string[]): Key[] {
  const [part, ...rest] = path;
  if (Array.isArray(v)) {
    if (part !== undefined && /^\d+$/.test(part)) return keysAt(v[Number(part)], rest);
    if (v.length === 0) return [part === undefined ? NOTHING : null];
    return v.flatMap((item): Key[] =>
      part === undefined ? [item] : isDoc(item) ? keysAt(item, path) : [null],
    );
  }
  if (part === undefined) return [v ?? null];
  return keysAt(isDoc(v) ? v[part] : undefined, rest);
}
