import { createHmac, timingSafeEqual } from 'node:crypto';

/**
 * The symmetric signatures of Standard Webhooks 1.0.0
 * (github.com/standard-webhooks/standard-webhooks, spec/standard-webhooks.md): HMAC-SHA256 over id, time and body.
 */
const PREFIX = 'whsec_';
const FEWEST_BYTES = 24;
const MAX_BYTES = 64;

/** `whsec_<base64>` → the key, or undefined for what is no secret of 24 to 64 bytes. */
export function decodeSecret(secret: string): Buffer | undefined {
  if (!secret.startsWith(PREFIX)) return undefined;
  const text = secret.slice(PREFIX.length);
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(text)) return undefined;
  const key = Buffer.from(text, 'base64');
  return key.length >= FEWEST_BYTES && key.length <= MAX_BYTES ? key : undefined;
}

interface Signed {
  id: string;
  /** The time of the attempt. */
  at: Date;
  body: string | Buffer;
}

/** The headers that let a receiver check where a body comes from. Signed with every key, so that a key can be replaced without a gap. */
export function signatureHeaders(keys: Buffer[], { id, at, body }: Signed): Record<string, string> {
  const timestamp = Math.floor(at.getTime() / 1000).toString();
  const signatures = keys.map((key) => digest(key, id, timestamp, body).toString('base64'));
  return {
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': signatures.map((signature) => `v1,${signature}`).join(' '),
  };
}

/** Between the clocks of sender and receiver, and for the way. */
export const TOLERANCE_MINUTES = 5;

/** What a receiver finds: signed by one of the keys, and just now; or why not. */
export type Verified = 'valid' | 'headers_missing' | 'timestamp_out_of_tolerance' | 'signature_mismatch';

/** Checks the headers of a webhook that has come in, against every key that may have signed it. */
export function verifySignature(
  keys: readonly Buffer[],
  headers: Record<string, string | string[] | undefined>,
  body: Buffer,
  now: Date,
): Verified {
  const [id, timestamp, signatures] = ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map((name) =>
    String(headers[name] ?? ''),
  );
  if (!id || !timestamp || !signatures) return 'headers_missing';
  const sentAt = /^\d{1,12}$/.test(timestamp) ? Number(timestamp) * 1000 : Number.NaN;
  if (!(Math.abs(now.getTime() - sentAt) <= TOLERANCE_MINUTES * 60_000)) return 'timestamp_out_of_tolerance';
  // all of them are compared, in constant time
  const given = signatures.split(' ').flatMap((one) => (one.startsWith('v1,') ? [one.slice(3)] : []));
  const matching = keys.flatMap((key) => {
    const expected = digest(key, id, timestamp, body);
    return given.filter((one) => isSame(Buffer.from(one, 'base64'), expected));
  });
  return matching.length > 0 ? 'valid' : 'signature_mismatch';
}

const isSame = (one: Buffer, other: Buffer): boolean =>
  one.length === other.length && timingSafeEqual(one, other);

const digest = (key: Buffer, id: string, timestamp: string, body: string | Buffer): Buffer =>
  createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest();
