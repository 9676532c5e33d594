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
  if (Number.isFinite(value) || isBsonValue(value)) return String(value);
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
  const text = readText(value);
  if (text === undefined) return undefined;
  // any other comma may be a decimal one: better no number than a wrong one
  const number = Number(/^-?\d{1,3}(,\d{3})+(\.\d+)?$/.test(text) ? text.replaceAll(',', '') : text);
  return Number.isFinite(number) ? number : undefined;
}

/** A point in time, also from an ISO string (UTC, where it names no zone) or milliseconds since 1970. */
export function readDate(value: unknown): Date | undefined {
  const known = typeof value === 'string' ? completeDate(value.trim()) : value;
  if (!(known instanceof Date) && typeof known !== 'string' && typeof known !== 'number') return undefined;
  const date = new Date(known);
  return Number.isNaN(date.getTime()) ? undefined : date;
}

// A day without a time is its noon: the same day in nearly every time zone. Without a year it is no date, though `Date` takes
// `week 3` for March 2001.
function completeDate(text: string): string | undefined {
  if (/^\d{4}-\d{2}-\d{2}$/.test(text)) return `${text}T12:00:00Z`;
  if (/^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?$/.test(text)) return `${text.replace(' ', 'T')}Z`;
  return /\b\d{4}\b/.test(text) ? text : undefined;
}

/** True for `true`, and for `"true"` and 1, which hand-made imports leave behind. */
export const readFlag = (value: unknown): boolean => value === true || value === 'true' || value === 1;

// The driver's own classes say their type by a getter; a field of that name is only a field.
const TEXTUAL = new Set<unknown>(['ObjectId', 'Decimal128', 'Int32', 'Double', 'Long', 'BSONSymbol']);
function isBsonValue(value: unknown): boolean {
  const fields = readFields(value);
  return TEXTUAL.has(fields._bsontype) && !Object.hasOwn(fields, '_bsontype');
}
