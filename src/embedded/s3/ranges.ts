import { S3Error } from './errors.js';

export interface Range {
  start: number;
  /** Inclusive, as in HTTP. */
  end: number;
}

/** The range asked for; null for the whole, which is also what a malformed range means in HTTP. */
export function readRange(header: string | undefined, size: number): Range | null {
  if (header === undefined) return null;
  if (/^bytes=.*,/.test(header))
    throw new S3Error('NotImplemented', 'Several ranges at once are not implemented.');
  const match = /^bytes=(?<first>\d*)-(?<last>\d*)$/.exec(header);
  const { first = '', last = '' } = match?.groups ?? {};
  if (first === '' && last === '') return null;
  if (first === '') return satisfiable({ start: Math.max(0, size - Number(last)), end: size - 1 }, size);
  if (last !== '' && Number(last) < Number(first)) return null;
  return satisfiable(
    { start: Number(first), end: Math.min(last === '' ? size : Number(last), size - 1) },
    size,
  );
}

function satisfiable(range: Range, size: number): Range {
  if (range.start >= size) throw new S3Error('InvalidRange', undefined, { ActualObjectSize: String(size) });
  return range;
}
