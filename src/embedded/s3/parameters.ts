import { S3Error } from './errors.js';

/** A whole number among the parameters, at most `limit`, which is also the default. */
export function readNumber(query: ReadonlyMap<string, string>, name: string, limit: number): number {
  const text = query.get(name);
  if (text === undefined || text === '') return limit;
  if (!/^\d{1,9}$/.test(text)) throw new S3Error('InvalidArgument', `Provided ${name} is not a number.`);
  return Math.min(Number(text), limit);
}
