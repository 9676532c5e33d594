import { type Static, type TSchema, Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { invalid } from '../platform/http/errors.js';

/** Where the next page begins, as a text that a caller only hands back. */
export const toCursor = (place: readonly unknown[]): string =>
  Buffer.from(JSON.stringify(place)).toString('base64url');

/** @throws ApiError 400 for a text that is no such place. */
export function readCursor<Place extends TSchema>(schema: Place, cursor: string): Static<Place> {
  const place = parsed(cursor);
  if (!Value.Check(schema, place)) throw invalid('/cursor', 'The cursor is not one of this list.');
  return place;
}

function parsed(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString());
  } catch {
    return undefined;
  }
}

/** Milliseconds that a date can have. */
export const Instant = Type.Integer({ minimum: -8.64e15, maximum: 8.64e15 });
