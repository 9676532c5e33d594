// Calls of the widget while the way to the database fails at random, and what has become of them afterwards.
import type { Db, Document } from 'mongodb';
import type { Test } from 'tap';
import { Environment } from '../../src/config/environment.js';
import { build, call, environment } from '../helper.js';
import { FAULTS, type Fault, startProxy } from './proxy.js';

/** So much of the commands meets with a fault. */
const SHARE_OF_FAULTS = 0.2;
/** Attempts of a customer with the way still failing; from then on it does not. */
const MAX_FAILING_ATTEMPTS = 3;
/** Longer than the lease of an idempotency key. */
const MAX_CALM_MS = 40_000;

interface TrialResult {
  runs: number;
  faults: Record<string, number>;
  /** Answers by status. */
  statuses: Record<string, number>;
  /** What should not be, each with the seed of its run. */
  broken: string[];
  slowestFailureMs: number;
  /** From the end of the faults to an answer. */
  slowestRecoveryMs: number;
}

/** A generator of numbers that gives the same for the same seed. */
function randomFrom(seed: number): () => number {
  let state = seed * 2654435761 + 1;
  return () => {
    state = Math.imul(state ^ (state >>> 15), state | 1);
    state ^= state + Math.imul(state ^ (state >>> 7), state | 61);
    return ((state ^ (state >>> 14)) >>> 0) / 4294967296;
  };
}

/** Runs with the seeds `from` up to `from + runs`, one after the other, on a service of its own. */
export async function failoverTrial(t: Test, db: Db, from: number, runs: number): Promise<TrialResult> {
  const result: TrialResult = {
    runs,
    faults: {},
    statuses: {},
    broken: [],
    slowestFailureMs: 0,
    slowestRecoveryMs: 0,
  };
  let random = randomFrom(from);
  let isFailing = false;
  const plan = (): Fault | undefined => {
    if (!isFailing || random() >= SHARE_OF_FAULTS) return undefined;
    const fault = FAULTS[Math.floor(random() * FAULTS.length)];
    if (fault) result.faults[fault] = (result.faults[fault] ?? 0) + 1;
    return fault;
  };
  const proxy = await startProxy((await environment(db)).MONGODB_URI ?? '', { plan, setName: 'rs' });
  // as long as the service waits by default, not as the tests do: it is how soon a customer is refused
  const env = {
    MONGODB_URI: proxy.uri,
    MONGODB_TIMEOUT_MS: String(Environment.properties.MONGODB_TIMEOUT_MS.default),
  };
  /** What the service says of the last thing that it did not expect. */
  let cause = '';
  const write = (line: string) => {
    cause = JSON.parse(line).err?.stack ?? line;
  };
  const { app } = await build(t, { db, env, logger: { level: 'error', stream: { write } } });
  t.teardown(proxy.stop); // behind the service, which is closed before it

  /** As a customer does: the same again until it is answered. */
  async function insist(path: string, body: Document, key: string): Promise<Document> {
    let calmSince = 0;
    for (let nth = 1; !calmSince || performance.now() - calmSince < MAX_CALM_MS; nth++) {
      if (nth === MAX_FAILING_ATTEMPTS + 1) {
        isFailing = false;
        calmSince = performance.now();
      }
      const started = performance.now();
      const answer = await call(app, path, body, { 'x-idempotency-key': key });
      const status = answer.statusCode;
      result.statuses[status] = (result.statuses[status] ?? 0) + 1;
      if (status < 300) {
        if (calmSince)
          result.slowestRecoveryMs = Math.max(result.slowestRecoveryMs, performance.now() - calmSince);
        return answer.json();
      }
      result.slowestFailureMs = Math.max(result.slowestFailureMs, performance.now() - started);
      if (status !== 503 && status !== 409)
        throw new Error(`${path} answered ${status}: ${cause || answer.body}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`${path} was never answered`);
  }

  async function run(seed: number): Promise<void> {
    random = randomFrom(seed);
    const session = `s-${seed}`;
    const orderNumber = `GG-${100_000 + seed}`;
    await db.collection('orders').insertOne({
      orderNumber,
      customerEmail: `c${seed}@example.com`,
      status: 'delivered',
      items: [{ sku: 'RNG-101', title: 'Ring', price: 100, quantity: 1 }],
      shipping: { postalCode: '10001', deliveredAt: new Date() },
      createdAt: new Date(),
    });
    isFailing = true;
    const items = [{ id: `P-${seed}`, title: 'Ring' }];
    const [returned, rated, saved, ticket] = await Promise.all([
      insist(
        '/api/concierge/orders/returns',
        { option: 'return', orderNumber, sessionId: session },
        `return-of-${seed}`,
      ),
      insist(
        '/api/analytics/csat',
        { sessionId: session, rating: 'good', intent: 'track_order' },
        `rating-of-${seed}`,
      ),
      insist('/api/concierge/shortlist', { sessionId: session, items }, `list-of-${seed}`),
      insist(
        '/api/concierge/stylist',
        { sessionId: session, email: `c${seed}@example.com`, notes: `about ${seed}` },
        `ticket-of-${seed}`,
      ),
    ]);
    isFailing = false;
    const check = async (collection: string, filter: Document, fields: Document) => {
      const docs = await db.collection(collection).find(filter).toArray();
      const [doc, ...others] = docs;
      if (!doc) result.broken.push(`seed ${seed}: ${collection}: acknowledged, and not there`);
      if (others.length > 0) result.broken.push(`seed ${seed}: ${collection}: ${docs.length} times`);
      for (const [name, v] of Object.entries(fields)) {
        if (doc && doc[name] !== v)
          result.broken.push(`seed ${seed}: ${collection}: ${name} is ${doc[name]}, told ${v}`);
      }
    };
    await check('returns', { orderNumber }, { rmaId: returned.rmaId });
    await check('csatFeedback', { sessionId: session }, { score: 4 });
    await check('widgetShortlists', { sessionId: session }, { shortlistId: saved.shortlistId ?? undefined });
    await check('stylistTickets', { sessionId: session }, { ticketId: ticket.ticketId });
    if (!rated.ok) result.broken.push(`seed ${seed}: the rating was not taken`);
  }

  for (let seed = from; seed < from + runs; seed++) {
    try {
      await run(seed);
    } catch (error) {
      result.broken.push(`seed ${seed}: ${error instanceof Error ? error.message : error}`);
    } finally {
      isFailing = false;
    }
  }
  return result;
}
