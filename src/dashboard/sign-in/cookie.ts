import { timingSafeEqual } from 'node:crypto';
import { type Static, type TSchema, Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { HOUR_MS } from '../../lib/calendar.js';
import { type ApiKey, sha256 } from '../../platform/keys/keys.js';

export const SESSION_HOURS = 8;
export const SESSION_MS = SESSION_HOURS * HOUR_MS;

/** Who has signed in, as a signed cookie says it; it counts for as long as its session is stored. The key itself is not in it. */
export const SignInCookie = Type.Object({
  /** Names the stored session. */
  id: Type.String(),
  key: Type.String(),
  /** Of the key: another key under the same id is not the one that signed in. */
  print: Type.String(),
  name: Type.String(),
  until: Type.Integer(),
});
export type SignInCookie = Static<typeof SignInCookie>;

export const newCookie = (id: string, key: ApiKey, name: string, now: Date): SignInCookie => ({
  id,
  key: key.id,
  print: printOf(key),
  name,
  until: now.getTime() + SESSION_MS,
});

export const writeCookie = (kept: object): string => Buffer.from(JSON.stringify(kept)).toString('base64url');

/** What a cookie says whose signature was right, until its time has passed; undefined when it is none of this kind, or not any more. */
export function readCookie<Kept extends TSchema>(
  schema: Kept,
  value: string,
  now: Date,
): Static<Kept> | undefined {
  try {
    const kept: unknown = JSON.parse(Buffer.from(value, 'base64url').toString());
    const isKept = Value.Check(schema, kept) && (kept as { until: number }).until > now.getTime();
    return isKept ? (kept as Static<Kept>) : undefined;
  } catch {
    return undefined;
  }
}

export function isCookieOf({ print }: SignInCookie, key: ApiKey): boolean {
  const [given, wanted] = [Buffer.from(print), Buffer.from(printOf(key))];
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

// A hash of the hash: what is kept of the key is not handed out.
const printOf = (key: ApiKey): string => sha256(key.sha256).slice(0, 16);
