// Dotted paths into documents.
import { ServerError } from './errors.js';
import { type Doc, isDoc, type Maybe, own, type Value } from './values.js';

export type Path = readonly string[];

export const splitPath = (path: string): Path => path.split('.');

/** An array position, written as MongoDB takes it: no sign, no leading zero. */
export const isPosition = (part: string) => part.charCodeAt(0) <= 0x39 && /^(0|[1-9]\d{0,8})$/.test(part);

/** A test of what is at a path; `item` says that the path ends at a position in an array. */
export type PathTest = (v: Maybe, item?: boolean) => boolean;

/**
 * Does any value at the path pass the test? Arrays on the way fan out into their documents and, for a number in the
 * path, to that position. A field that is missing from a document is tested as undefined.
 */
export function some(v: Value, path: Path, test: PathTest, from = 0): boolean {
  const part = path[from];
  if (part === undefined) return test(v);
  if (isDoc(v)) {
    const next = own(v, part);
    return next === undefined ? test(undefined) : some(next, path, test, from + 1);
  }
  if (!Array.isArray(v)) return test(undefined);
  const at = isPosition(part) ? v[Number(part)] : undefined;
  if (at !== undefined && (from + 1 === path.length ? test(at, true) : some(at, path, test, from + 1)))
    return true;
  return v.some((item) => isDoc(item) && some(item, path, test, from));
}

/** The value at a path through documents only. */
export function valueAt(doc: Doc, path: Path): Maybe {
  let v: Maybe = doc;
  for (const part of path) {
    if (!isDoc(v)) return undefined;
    v = own(v, part);
  }
  return v;
}

/** Paths in sorts, projections and expressions; filters are freer. */
export function checkFieldPath(path: string): void {
  if (path === '') throw new ServerError(40352, 'FieldPath cannot be constructed with empty string');
  if (path.endsWith('.')) throw new ServerError(40353, "FieldPath must not end with a '.'.");
  for (const part of splitPath(path)) {
    if (part === '') throw new ServerError(15998, 'FieldPath field names may not be empty strings.');
    if (part.startsWith('$')) throw new ServerError(16410, "FieldPath field names may not start with '$'.");
  }
}
