// The shop's documents are heterogeneous: these readers take a value as it may stand there and answer with what the
// domain works with, or undefined. They never throw.

import { readFlag as readKnownFlag } from '../../lib/values/list.js';
import { readText } from '../../lib/values/text.js';

export { readDate } from '../../lib/values/date.js';
export { readText };

export type Fields = Record<string, unknown>;

/** A sub-document, or an empty one. */
export const readFields = (value: unknown): Fields =>
  value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as Fields) : {};

/** The elements of an array, or none. */
export const readList = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

export const readTexts = (value: unknown): string[] =>
  readList(value)
    .map(readText)
    .filter((text) => text !== undefined);

/** A finite number, also from Int32, Double, Long, Decimal128 and numeric strings such as `"1,250.00"`. */
export function readNumber(value: unknown): number | undefined {
  const text = readText(value);
  if (text === undefined) return undefined;
  // any other comma may be a decimal one: better no number than a wrong one
  const number = Number(/^-?\d{1,3}(,\d{3})+(\.\d+)?$/.test(text) ? text.replaceAll(',', '') : text);
  return Number.isFinite(number) ? number : undefined;
}

/** True for what says yes; what says neither yes nor no is no. */
export const readFlag = (value: unknown): boolean => readKnownFlag(value) === true;
