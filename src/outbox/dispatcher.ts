import { setTimeout as sleep } from 'node:timers/promises';
import { createSemaphore } from '../lib/semaphore.js';
import { createAttempts } from './attempt.js';
import { createStats } from './backlog.js';
import type { Handlers } from './delivery-kind.js';
import type { Delivery } from './enqueue.js';
import { lease, record } from './lease.js';
import type { OutboxCollection, OutboxCollections, OutboxDocument } from './outbox-collections.js';
import { type Poller, startPoller } from './poller.js';
import { dueOf, overtakenIn, type Result, settle } from './settle.js';

export interface DispatcherSettings {
  /** Milliseconds from each failed attempt to the next. */
  schedule: readonly number[];
  /** How long to rest when nothing is due. */
  pollMs: number;
  /** For one attempt. */
  timeoutMs: number;
  /** Documents that are worked on at once. */
  concurrency: number;
}

interface DispatcherLog {
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
  debug(details: object, message: string): void;
}

interface DispatcherOptions extends DispatcherSettings {
  collections: OutboxCollections;
  handlers: Handlers;
  now: () => Date;
  log: DispatcherLog;
  random?: () => number;
  /** A test may bring its own, together with its clock. */
  sleep?: (ms: number) => Promise<unknown>;
}

/** A delivery waits for its turn as long as another one takes at most, then takes as long itself, and is recorded. */
const LEASE_IN_TIMEOUTS = 3;
/** So many claims of which nothing was recorded, and one of the deliveries is taken to end processes. */
const MAX_CRASHES = 3;
const FATAL: Result = {
  outcome: 'fatal',
  reason: `The process has ended ${MAX_CRASHES} times while it was at work on this: see its log, and replay it`,
};
const OVERTAKEN: Result = { outcome: 'superseded', reason: 'A later one says what is true now' };
/**
 * So much longer it rests where it has found nothing for a while: it is told of what its own process stores, and what others store, or what is
 * due again, may wait that long. A look at each of twelve collections five times a second took most of what an idle process takes.
 */
const QUIET_FACTOR = 8;
/** When the process ends, what is under way may finish for so long; then it is broken off, and recorded within the rest of 10 s. */
const FINISH_MS = 7000;
const RECORD_MS = 2000;

/**
 * Attempts what is enqueued on documents. Any number of dispatchers may work on one database: each holds a document by a lease, and records
 * only while the lease and the deliveries are as it has set and read them. What could not be recorded is performed again, under
 * the same id.
 */
export function createDispatcher(options: DispatcherOptions) {
  const { collections, handlers, schedule, timeoutMs, concurrency, pollMs, now, log } = options;
  const { random = Math.random, sleep: pause = sleep } = options;
  const outboxes = Object.entries(collections);
  const semaphore = createSemaphore(concurrency);
  const stats = createStats();
  const { attempt, abortAll } = createAttempts({
    handlers,
    timeoutMs,
    clock: { now, sleep: pause },
    random,
    onChange,
  });
  const underWay = new Set<Promise<void>>();
  const pollers = new Map<string, Poller>();
  /** Places that are back, and of which what waits for them has not been told yet. */
  const back = new Set<string>();
  let stopping = false;

  /** Takes on the document that has waited longest; false when none is due. */
  async function step(collection: OutboxCollection): Promise<boolean> {
    await semaphore.acquire();
    const document = stopping
      ? null
      : await lease(collection, now(), LEASE_IN_TIMEOUTS * timeoutMs).catch(releaseAndThrow);
    if (!document) {
      semaphore.release();
      return false;
    }
    const work = perform(collection, document)
      .catch((err) =>
        log.warn({ err }, 'what was delivered could not be recorded and will be delivered again'),
      )
      .finally(() => {
        semaphore.release();
        underWay.delete(work);
      });
    underWay.add(work);
    return true;
  }

  const releaseAndThrow = (error: unknown): never => {
    semaphore.release();
    throw error;
  };

  async function perform(collection: OutboxCollection, document: OutboxDocument): Promise<void> {
    const overtaken = overtakenIn(document.deliveries, ({ to, kind }) => handlers[to]?.seriesOf?.(kind));
    const left = document.deliveries.filter((delivery) => !overtaken.includes(delivery));
    const { due, dead, rest } = await withoutSuspect(collection, document, dueOf(left, now()));
    const attempted = async (before: Delivery) => ({ before, result: await attempt(before, document) });
    const results: { before: Delivery; result: Result }[] = [
      ...overtaken.map((before) => ({ before, result: OVERTAKEN })),
      ...dead.map((before) => ({ before, result: FATAL })),
      ...(await Promise.all(due.map(attempted))),
    ];
    const at = now();
    const settled = results.map(({ before, result }) => ({
      before,
      after: note(before, settle(before, result, at, { schedule, random }), result),
    }));
    if (!(await record(collection, document, settled, at, rest ? MAX_CRASHES - 1 : undefined)))
      log.debug({}, 'a document has changed under the dispatcher; it is looked at again');
    await wakeAll();
  }

  /**
   * A claim of which nothing was recorded has ended its process, or was cut off from the database. After a few of them the deliveries are
   * attempted one at a time, each noted before; the one over which a process ends once more is not attempted again.
   */
  async function withoutSuspect(collection: OutboxCollection, document: OutboxDocument, due: Delivery[]) {
    const { _id, deliveryClaims = 1, suspectDelivery, leasedUntil } = document;
    if (deliveryClaims < MAX_CRASHES) return { due, dead: [], rest: false };
    const dead = due.filter(({ id }) => deliveryClaims > MAX_CRASHES && id === suspectDelivery);
    const [next, ...others] = dead.length > 0 ? [] : due;
    if (next) await collection.updateOne({ _id, leasedUntil }, { $set: { suspectDelivery: next.id } });
    return { due: next ? [next] : [], dead, rest: others.length > 0 || (dead.length > 0 && due.length > 1) };
  }

  function onChange(place: string, change: 'opened' | 'closed'): void {
    if (change === 'closed') back.add(place);
    if (change === 'closed') log.info({ place }, 'deliveries to a place go on');
    else log.warn({ place }, 'deliveries to a place are paused: it is down, or refuses our configuration');
  }

  /** What waits for a place goes on when it is back. Not documents that someone is at work on: they wait for nothing. */
  async function wakeAll(): Promise<void> {
    for (const place of back) {
      back.delete(place);
      const at = now();
      const waiting = { nextDeliveryAt: { $gt: at }, heldFor: place };
      for (const [name, collection] of outboxes) {
        const woken = await collection.updateMany(waiting, { $set: { nextDeliveryAt: at } });
        if (woken.modifiedCount > 0) nudge(name);
      }
    }
  }

  // Reasons stay out of the log: a receiver may repeat to us what we have sent.
  function note(before: Delivery, after: Delivery, { outcome }: Result): Delivery {
    const { id, to, kind, attempts, state } = after;
    if (attempts > before.attempts) stats.count(to, 'attempts');
    if (outcome === 'delivered') stats.count(to, 'delivered');
    if (outcome === 'skipped') stats.count(to, 'skipped');
    if (outcome === 'superseded') stats.count(to, 'superseded');
    if ((outcome === 'retry' || outcome === 'misconfigured') && state === 'pending')
      stats.count(to, 'retried');
    if (state === 'dead') {
      stats.count(to, 'dead');
      log.warn({ delivery: id, to, kind, attempts }, 'delivery dead-lettered');
    }
    return after;
  }

  function start(): void {
    const onFailure = (err: unknown) => log.warn({ err }, 'dispatcher cannot reach the database');
    for (const [name, collection] of outboxes) {
      const looking = { step: () => step(collection), idleMs: pollMs, quietMs: QUIET_FACTOR * pollMs };
      const poller = startPoller({ ...looking, random, onFailure });
      pollers.set(name, poller);
    }
  }

  /** Something has been stored there: looks soon. */
  function nudge(name: string): void {
    pollers.get(name)?.nudge();
  }

  /** Performs everything that is due, and resolves when it has been recorded. */
  async function drain(): Promise<void> {
    for (let worked = true; worked; await Promise.all(underWay)) {
      worked = false;
      while ((await Promise.all(outboxes.map(([, collection]) => step(collection)))).includes(true))
        worked = true;
    }
  }

  /** Claims nothing more, and lets what is under way finish; what does not is left to the end of its lease. */
  async function stop(): Promise<void> {
    stopping = true;
    const finished = Promise.all([...pollers.values()].map((poller) => poller.stop())).then(() =>
      Promise.all(underWay),
    );
    if (await endsWithin(FINISH_MS, finished)) return;
    abortAll();
    await endsWithin(RECORD_MS, finished);
  }

  return { start, stop, nudge, drain, stats: stats.read };
}

export type Dispatcher = ReturnType<typeof createDispatcher>;

async function endsWithin(ms: number, work: Promise<unknown>): Promise<boolean> {
  const timeout = new AbortController();
  const ended = work.then(() => true);
  const late = sleep(ms, false, { signal: timeout.signal }).catch(() => false);
  try {
    return await Promise.race([ended, late]);
  } finally {
    timeout.abort();
  }
}
