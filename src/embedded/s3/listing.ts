import type { Bucket, ObjectRecord } from './records.js';

export interface ListQuery {
  prefix: string;
  delimiter: string;
  /** Where to go on: after a key, or after all keys with a common prefix. */
  after: { key: string } | { prefix: string } | null;
  limit: number;
}

export interface Listing {
  objects: ObjectRecord[];
  prefixes: string[];
  /** Where the next page starts; null if this was the last. */
  next: ListQuery['after'];
}

/** One page of a bucket: objects, and common prefixes in place of the keys that the delimiter groups. */
export function listObjects(bucket: Bucket, query: ListQuery): Listing {
  const listing: Listing = { objects: [], prefixes: [], next: null };
  if (query.limit === 0) return listing;
  let skipped = query.after && 'prefix' in query.after ? query.after.prefix : null;
  let last: ListQuery['after'] = null;
  const keys = sortedKeys(bucket);
  for (let i = firstIndex(keys, query); i < keys.length; i++) {
    const key = keys[i] ?? '';
    if (!key.startsWith(query.prefix)) break;
    if (skipped !== null && key.startsWith(skipped)) continue;
    if (listing.objects.length + listing.prefixes.length === query.limit) {
      listing.next = last;
      break;
    }
    const prefix = commonPrefix(key, query);
    skipped = prefix;
    last = prefix === null ? { key } : { prefix };
    const record = bucket.objects.get(key);
    if (prefix !== null) listing.prefixes.push(prefix);
    else if (record) listing.objects.push(record);
  }
  return listing;
}

function commonPrefix(key: string, { prefix, delimiter }: ListQuery): string | null {
  const at = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
  return at < 0 ? null : key.slice(0, at + delimiter.length);
}

function firstIndex(keys: readonly string[], { prefix, after }: ListQuery): number {
  const start = after === null ? '' : 'key' in after ? after.key : after.prefix;
  const from = lowerBound(keys, compareKeys(start, prefix) < 0 ? prefix : start);
  const isSeen = after !== null && 'key' in after && keys[from] === after.key;
  return isSeen ? from + 1 : from;
}

function lowerBound(keys: readonly string[], wanted: string): number {
  let [low, high] = [0, keys.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareKeys(keys[middle] ?? '', wanted) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

function sortedKeys(bucket: Bucket): string[] {
  bucket.sortedKeys ??= [...bucket.objects.keys()].sort(compareKeys);
  return bucket.sortedKeys;
}

/**
 * The order of UTF-8 bytes, which is S3's. JavaScript compares UTF-16 units, and differs where a surrogate (a character
 * beyond U+FFFF) meets one of the characters above the surrogates.
 */
export function compareKeys(a: string, b: string): number {
  if (a === b) return 0;
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const [x, y] = [a.charCodeAt(i), b.charCodeAt(i)];
    if (x !== y) return isSurrogate(x) === isSurrogate(y) ? x - y : isSurrogate(x) ? 1 : -1;
  }
  return a.length - b.length;
}

function isSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdfff;
}
