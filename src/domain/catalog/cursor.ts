import { createHash } from 'node:crypto';
import type { ResultPosition } from './search.js';

const CHECK_LENGTH = 12;

/** A page begins behind a place in an order, not behind a number of pieces: it stays right while pieces come and go. */
export function writeCursor(
  { featured, bestseller, createdAt, price, key, score }: ResultPosition,
  query: string,
): string {
  // JSON has `null` for what is undefined
  const place = JSON.stringify([Number(featured), Number(bestseller), createdAt, price, key, score]);
  return `${Buffer.from(place).toString('base64url')}.${check(place, query)}`;
}

/** Undefined for a cursor that is not ours, or of another query: the check covers both. */
export function readCursor(cursor: string, query: string): ResultPosition | undefined {
  const [encoded = '', given] = cursor.split('.');
  const text = Buffer.from(encoded, 'base64url').toString();
  if (check(text, query) !== given) return undefined;
  // what passes the check has been written here
  const [featured, bestseller, createdAt, price, key, score] = JSON.parse(text);
  return {
    featured: featured === 1,
    bestseller: bestseller === 1,
    createdAt,
    price: price ?? undefined,
    key,
    score: score ?? undefined,
  };
}

const check = (place: string, query: string): string =>
  createHash('sha256').update(`${place}\n${query}`).digest('base64url').slice(0, CHECK_LENGTH);
