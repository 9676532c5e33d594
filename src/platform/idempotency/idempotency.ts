import { randomUUID, hash as sum } from 'node:crypto';
import type { Collection, Filter, UpdateFilter } from 'mongodb';
import { HOUR_MS } from '../../lib/calendar.js';
import { defineCollection } from '../mongodb/define-collection.js';
import { inBatches, insertsInBatches } from '../mongodb/in-batches.js';
import { insertOrFind } from '../mongodb/write.js';

/** A key that has been used. `_id` is a hash of the key and its scope: the key itself is not kept. */
interface IdempotencyRecord {
  _id: string;
  /** The session of the request: the answer is its customer's. */
  sessionId?: string;
  /** Of the body that came with the key; of a form also the file. */
  fingerprint: string;
  state: 'in_flight' | 'finished';
  /** Names the request that is in flight, so that none settles the key of another. */
  claim?: string;
  /** Until when the request that is in flight counts as alive. */
  leaseUntil: Date;
  /** The answer, once finished. */
  status?: number;
  body?: string;
  expiresAt: Date;
}

type Claim =
  | { outcome: 'claimed' }
  | { outcome: 'finished'; status: number; body: string }
  | { outcome: 'in_flight'; retryAfterSeconds: number }
  | { outcome: 'mismatch' };

/** Longer than a request may take, so that a lease that has run out means a process that has died. */
export const LEASE_MS = 30_000;
export const REMEMBERED_HOURS = 24;
const REMEMBERED_MS = REMEMBERED_HOURS * HOUR_MS;
/** While a request is in flight, it ends within a moment as a rule. */
const MAX_RETRY_AFTER_SECONDS = 2;

/** Whose key it is, and for what: the same text from another client or customer, or for another thing, is another key. */
interface KeyScope {
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
  hash(fields.toSorted().map((name) => [name, canonical((content as Record<string, unknown>)[name])]));

interface Change {
  filter: Filter<IdempotencyRecord>;
  /** Without one, the record is deleted. */
  update?: UpdateFilter<IdempotencyRecord>;
}

/** What could not be recorded while the database was away is tried again so often. */
const SETTLE_AGAIN_MS = 1000;
const MAX_UNSETTLED = 10_000;

export function createIdempotency(records: Collection<IdempotencyRecord>, now: () => Date) {
  /** The claims of this process's requests, by the record's id. */
  const held = new Map<string, string>();
  const unsettled = new Map<string, () => Promise<unknown>>();
  let timer: NodeJS.Timeout | undefined;
  const insert = insertsInBatches(records);

  /** Updates a record, or deletes it; those of many requests together. Each names its claim: a second time it finds nothing to do. */
  const change = inBatches<Change, void>(async (changes) => {
    const [only] = changes;
    if (changes.length > 1)
      await records.bulkWrite(
        changes.map(({ filter, update }) =>
          update ? { updateOne: { filter, update } } : { deleteOne: { filter } },
        ),
        { ordered: false },
      );
    else if (only)
      await (only.update ? records.updateOne(only.filter, only.update) : records.deleteOne(only.filter));
    return changes.map(() => undefined);
  });

  /**
   * Records what has become of a claim, at once or as soon as the database is back. Without this a key whose request has
   * failed with the database would count as in flight until its lease ends, and its customer could not try again. Nobody has to
   * wait for it: who comes again with the key does.
   */
  async function settle(id: string, write: () => Promise<unknown>): Promise<void> {
    const left = unsettled.get(id);
    // what another request has left of the key is not forgotten over this one's: each names its own claim
    const all = left && left !== write ? () => Promise.all([left(), write()]) : write;
    if (left || unsettled.size < MAX_UNSETTLED) unsettled.set(id, all);
    try {
      await all();
      // another request may have claimed the key since, and settle it
      if (unsettled.get(id) === all) unsettled.delete(id);
    } catch (error) {
      timer ??= setTimeout(settleAll, SETTLE_AGAIN_MS).unref();
      throw error;
    }
  }

  async function settleAll(): Promise<void> {
    timer = undefined;
    for (const [id, write] of unsettled) {
      // the next would fail as this one has
      if (
        await settle(id, write).then(
          () => false,
          () => true,
        )
      )
        return;
    }
  }

  /** Claims a key for a request, or says what has become of it. Of two at once, one claims it. */
  async function claim(id: string, fingerprint: string, sessionId?: string): Promise<Claim> {
    const left = unsettled.get(id);
    if (left) await settle(id, left);
    const at = now();
    const claim = randomUUID();
    const fresh: IdempotencyRecord = {
      _id: id,
      fingerprint,
      sessionId,
      state: 'in_flight',
      claim,
      leaseUntil: new Date(at.getTime() + LEASE_MS),
      expiresAt: new Date(at.getTime() + REMEMBERED_MS),
    };
    const giveBack = () => change({ filter: { _id: id, state: 'in_flight', claim } });
    const { document: known, existing } = await insertOrFind(records, fresh, { _id: id }, insert).catch(
      async (error) => {
        // it may be there all the same
        await settle(id, giveBack).catch(() => {});
        throw error;
      },
    );
    if (!existing || known.claim === claim) {
      held.set(id, claim);
      return { outcome: 'claimed' };
    }
    if (known.fingerprint !== fingerprint) return { outcome: 'mismatch' };
    if (known.state === 'finished')
      return { outcome: 'finished', status: known.status ?? 200, body: known.body ?? '' };
    if (known.leaseUntil > at) return inFlight(known.leaseUntil.getTime() - at.getTime());
    const takenOver = await records.updateOne(
      { _id: id, state: 'in_flight', leaseUntil: known.leaseUntil },
      { $set: { leaseUntil: fresh.leaseUntil, claim } },
    );
    if (takenOver.modifiedCount !== 1) return inFlight(LEASE_MS);
    held.set(id, claim);
    return { outcome: 'claimed' };
  }

  /** Keeps the answer for those who ask again. */
  async function finish(id: string, status: number, body: string): Promise<void> {
    const claim = held.get(id);
    held.delete(id);
    await settle(id, () =>
      change({ filter: { _id: id, claim }, update: { $set: { state: 'finished', status, body } } }),
    );
  }

  /** Gives the key back: the request was refused or has failed, and may be made again. */
  const release = (id: string): Promise<void> => releaseLater(id)();

  /** Gives the key back when it is called. By then the lease may have ended, and the key may be another request's: it stays with that. */
  function releaseLater(id: string): () => Promise<void> {
    const claim = held.get(id);
    held.delete(id);
    return () => settle(id, () => change({ filter: { _id: id, state: 'in_flight', claim } }));
  }

  /** Nothing is tried again any more. */
  function close(): void {
    clearTimeout(timer);
    unsettled.clear();
  }

  return { claim, finish, release, releaseLater, close };
}

const inFlight = (leftMs: number): Claim => ({
  outcome: 'in_flight',
  retryAfterSeconds: Math.min(MAX_RETRY_AFTER_SECONDS, Math.max(1, Math.ceil(leftMs / 1000))),
});

const hash = (value: unknown): string => sum('sha256', JSON.stringify(value), 'base64url');

// Fields in the order of their names, at every depth.
function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (value === null || typeof value !== 'object') return value;
  const fields = value as Record<string, unknown>;
  return Object.keys(fields)
    .sort()
    .map((name) => [name, canonical(fields[name])]);
}

export const idempotencyKeys = defineCollection<IdempotencyRecord>('idempotencyKeys', {
  indexes: [{ key: { sessionId: 1 }, sparse: true }],
  retention: { after: 'expiresAt', days: 0 },
  personal: {
    fields: {
      fingerprint: false,
      sessionId: true,
      state: false,
      claim: false,
      leaseUntil: false,
      status: false,
      body: true,
      expiresAt: false,
    },
    foundBy: { sessions: ['sessionId'] },
  },
});
