import { createHash } from 'node:crypto';
import type { Collection } from 'mongodb';
import { insertOrFind } from '../mongodb/write.js';

/** A key that has been used. `_id` is a hash of the key and its scope: the key itself is not kept. */
export interface IdempotencyRecord {
  _id: string;
  /** The session of the request: the answer is its customer's. */
  sessionId?: string;
  /** Of the body that came with the key; of a form also the file. */
  fingerprint: string;
  state: 'in_flight' | 'finished';
  /** Until when the request that is in flight counts as alive. */
  leaseUntil: Date;
  /** The answer, once finished. */
  status?: number;
  body?: string;
  expiresAt: Date;
}

export type Claim =
  | { outcome: 'claimed' }
  | { outcome: 'finished'; status: number; body: string }
  | { outcome: 'in_flight'; retryAfterSeconds: number }
  | { outcome: 'mismatch' };

/** Longer than a request may take, so that a lease that has run out means a process that has died. */
export const LEASE_MS = 30_000;
const REMEMBERED_MS = 24 * 60 * 60_000;
/** While a request is in flight, it ends within a moment as a rule. */
const MAX_RETRY_AFTER_SECONDS = 2;

/** Whose key it is, and for what: the same text from another client or customer, or for another thing, is another key. */
export interface KeyScope {
  clientId: string;
  /** Method and route. */
  route: string;
  /** What the path names. */
  params: Record<string, unknown>;
  sessionId: string | undefined;
}

export const recordId = ({ clientId, route, params, sessionId }: KeyScope, key: string): string =>
  hash([clientId, route, canonical(params), sessionId ?? null, key]);

/** The same for contents that say the same, in whatever order. Only fields that the route knows count. */
export const fingerprintOf = (content: unknown, fields: string[]): string =>
  hash(
    canonical(Object.fromEntries(fields.map((name) => [name, (content as Record<string, unknown>)[name]]))),
  );

export function createIdempotency(records: Collection<IdempotencyRecord>, now: () => Date) {
  /** Claims a key for a request, or says what has become of it. Of two at once, one claims it. */
  async function claim(id: string, fingerprint: string, sessionId?: string): Promise<Claim> {
    const at = now();
    const fresh: IdempotencyRecord = {
      _id: id,
      fingerprint,
      sessionId,
      state: 'in_flight',
      leaseUntil: new Date(at.getTime() + LEASE_MS),
      expiresAt: new Date(at.getTime() + REMEMBERED_MS),
    };
    const { document: known, existing } = await insertOrFind(records, fresh, { _id: id });
    if (!existing) return { outcome: 'claimed' };
    if (known.fingerprint !== fingerprint) return { outcome: 'mismatch' };
    if (known.state === 'finished')
      return { outcome: 'finished', status: known.status ?? 200, body: known.body ?? '' };
    if (known.leaseUntil > at) return inFlight(known.leaseUntil.getTime() - at.getTime());
    const takenOver = await records.updateOne(
      { _id: id, state: 'in_flight', leaseUntil: known.leaseUntil },
      { $set: { leaseUntil: fresh.leaseUntil } },
    );
    return takenOver.modifiedCount === 1 ? { outcome: 'claimed' } : inFlight(LEASE_MS);
  }

  /** Keeps the answer for those who ask again. */
  async function finish(id: string, status: number, body: string): Promise<void> {
    await records.updateOne({ _id: id }, { $set: { state: 'finished', status, body } });
  }

  /** Gives the key back: the request was refused or has failed, and may be made again. */
  async function release(id: string): Promise<void> {
    await records.deleteOne({ _id: id, state: 'in_flight' });
  }

  return { claim, finish, release };
}

const inFlight = (leftMs: number): Claim => ({
  outcome: 'in_flight',
  retryAfterSeconds: Math.min(MAX_RETRY_AFTER_SECONDS, Math.max(1, Math.ceil(leftMs / 1000))),
});

const hash = (value: unknown): string =>
  createHash('sha256').update(JSON.stringify(value)).digest('base64url');

// Fields in the order of their names, at every depth.
function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return entries.map(([name, inner]) => [name, canonical(inner)]);
}
