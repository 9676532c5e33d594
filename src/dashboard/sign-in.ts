import { timingSafeEqual } from 'node:crypto';
import { type Static, Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { type ApiKey, sha256 } from '../platform/keys/keys.js';

export const SESSION_HOURS = 8;
const SESSION_MS = SESSION_HOURS * 60 * 60_000;

/** Who has signed in, as a signed cookie says it. The key itself is not in it. */
const DashboardSession = Type.Object({
  key: Type.String(),
  /** Of the key: another key under the same id is not the one that signed in. */
  print: Type.String(),
  name: Type.String(),
  until: Type.Integer(),
});
export type DashboardSession = Static<typeof DashboardSession>;

export const newSession = (key: ApiKey, name: string, now: Date): DashboardSession => ({
  key: key.id,
  print: printOf(key),
  name,
  until: now.getTime() + SESSION_MS,
});

export const writeSession = (session: DashboardSession): string =>
  Buffer.from(JSON.stringify(session)).toString('base64url');

/** The session of a cookie whose signature was right; undefined when it is none, or not any more. */
export function readSession(value: string, now: Date): DashboardSession | undefined {
  try {
    const session: unknown = JSON.parse(Buffer.from(value, 'base64url').toString());
    return Value.Check(DashboardSession, session) && session.until > now.getTime() ? session : undefined;
  } catch {
    return undefined;
  }
}

export function isSessionOf(session: DashboardSession, key: ApiKey): boolean {
  const [given, wanted] = [Buffer.from(session.print), Buffer.from(printOf(key))];
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

// A hash of the hash: what is kept of the key is not handed out.
const printOf = (key: ApiKey): string => sha256(key.sha256).slice(0, 16);
