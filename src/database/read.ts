// The shop's documents are heterogeneous: these readers take a value as it may stand there and answer with what the
// domain works with, or undefined. They never throw.

export type Fields = Record<string, unknown>;

/** A sub-document, or an empty one. */
export const readFields = (value: unknown): Fields =>
  value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as Fields) : {};

/** The elements of an array, or none. */
export const readList = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

/** A string that is not blank; numbers and ObjectIds as their text. */
export function readText(value: unknown): string | undefined {
  if (typeof value === 'number' || isBsonValue(value)) return String(value);
  if (typeof value !== 'string') return undefined;
  const text = value.trim();
  return text === '' ? undefined : text;
}

export const readTexts = (value: unknown): string[] =>
  readList(value)
    .map(readText)
    .filter((text) => text !== undefined);

/** A finite number, also from Int32, Double, Long, Decimal128 and numeric strings such as `"1,250.00"`. */
export function readNumber(value: unknown): number | undefined {
  const text = readText(value)?.replaceAll(',', '');
  if (text === undefined) return undefined;
  const number = Number(text);
  return Number.isFinite(number) ? number : undefined;
}

/** A point in time, also from an ISO string or milliseconds since 1970. */
export function readDate(value: unknown): Date | undefined {
  if (!(value instanceof Date) && typeof value !== 'string' && typeof value !== 'number') return undefined;
  const date = new Date(value);
  return Number.isNaN(date.getTime()) ? undefined : date;
}

/** True for `true`, and for `"true"` and 1, which hand-made imports leave behind. */
export const readFlag = (value: unknown): boolean => value === true || value === 'true' || value === 1;

const isBsonValue = (value: unknown): boolean => typeof readFields(value)._bsontype === 'string';
