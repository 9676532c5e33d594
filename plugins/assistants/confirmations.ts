import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** A customer who is asked answers within this. */
const VALID_MS = 10 * 60_000;

/**
 * Tokens that stand for a question that was put to a customer: of one tool, with these values, from this key. They are signed and not
 * stored: any process can tell its own, and a model cannot make one up, nor use it for other values than it was given for.
 */
export function createConfirmations(secrets: readonly [string, ...string[]], now: () => Date) {
  const sign = (secret: string, call: Call, until: number): string =>
    createHmac('sha256', secret)
      .update(`confirm-tool:${until}:${call.tool}:${call.clientId}:${digestOf(call.given)}`)
      .digest('base64url');

  function issue(call: Call): { token: string; expiresAt: string } {
    const until = now().getTime() + VALID_MS;
    return { token: `${until}.${sign(secrets[0], call, until)}`, expiresAt: new Date(until).toISOString() };
  }

  /** Whether the customer was asked for exactly this, and not too long ago. */
  function isValid(token: string, call: Call): boolean {
    const [until = '', signature = ''] = token.split('.');
    if (!(Number(until) > now().getTime())) return false;
    const given = Buffer.from(signature);
    return secrets.some((secret) => {
      const expected = Buffer.from(sign(secret, call, Number(until)));
      return given.length === expected.length && timingSafeEqual(given, expected);
    });
  }

  return { issue, isValid };
}

interface Call {
  tool: string;
  clientId: string;
  /** What the tool was called with, without the token. */
  given: Record<string, unknown>;
}

/** The same for the same values, in whatever order a model writes them. */
const digestOf = (given: unknown): string =>
  createHash('sha256')
    .update(JSON.stringify(sorted(given)))
    .digest('base64url');

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  return Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, inner]) => [name, sorted(inner)]);
}
