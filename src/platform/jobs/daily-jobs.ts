import type { Collection } from 'mongodb';
import { upsertAgain } from '../mongodb/write.js';

/** When a job is due next, or until when someone is at work on it. */
export interface Job {
  _id: string;
  dueAt: Date;
}

/** What is done once a day. Each is idempotent: when a process dies over it, another one does it again. */
export type Jobs = Record<string, (now: Date) => Promise<void>>;

export interface JobsLog {
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
}

const DAY_MS = 24 * 60 * 60_000;
/** Longer than a job takes. One that fails is tried again after it. */
const LEASE_MS = 15 * 60_000;

/** Runs what is due once a day, in one process of however many there are: whoever moves the time of a job ahead has it. */
export function createDailyJobs(collection: Collection<Job>, jobs: Jobs, now: () => Date, log: JobsLog) {
  /** Runs what is due, and resolves when it is done. */
  async function runDue(): Promise<void> {
    for (const name of Object.keys(jobs)) await runIfDue(name);
  }

  async function runIfDue(name: string): Promise<void> {
    const at = now();
    const lease = new Date(at.getTime() + LEASE_MS);
    await upsertAgain(() =>
      collection.updateOne({ _id: name }, { $setOnInsert: { dueAt: at } }, { upsert: true }),
    );
    const taken = await collection.updateOne({ _id: name, dueAt: { $lte: at } }, { $set: { dueAt: lease } });
    if (taken.matchedCount === 0) return;
    try {
      await jobs[name]?.(at);
    } catch (err) {
      log.warn({ err, job: name }, 'a daily job has failed and is tried again');
      return;
    }
    await collection.updateOne(
      { _id: name, dueAt: lease },
      { $set: { dueAt: new Date(at.getTime() + DAY_MS) } },
    );
    log.info({ job: name }, 'a daily job is done');
  }

  return { runDue };
}
