import type { Collection } from 'mongodb';
import { defineCollection } from '../mongodb/define-collection.js';
import { upsertAgain } from '../mongodb/write.js';

/** When a job is due next, or until when someone is at work on it. */
interface Job {
  _id: string;
  dueAt: Date;
}

/** What is done from time to time. Idempotent: when a process dies over it, another one does it again. */
export interface Recurring {
  everyMs: number;
  run: (now: Date) => Promise<unknown>;
}
export type Jobs = Record<string, Recurring>;

interface JobsLog {
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
}

/** Longer than a job takes. One that fails is tried again after it. */
const LEASE_MS = 15 * 60_000;

/** Runs what is due, in one process of however many there are: whoever moves the time of a job ahead has it. */
export function createJobs(collection: Collection<Job>, jobs: Jobs, now: () => Date, log: JobsLog) {
  /** Runs what is due, and resolves when it is done. */
  async function runDue(): Promise<void> {
    for (const [name, job] of Object.entries(jobs)) await runIfDue(name, job);
  }

  async function runIfDue(name: string, { everyMs, run }: Recurring): Promise<void> {
    const at = now();
    const lease = new Date(at.getTime() + LEASE_MS);
    await upsertAgain(() =>
      collection.updateOne({ _id: name }, { $setOnInsert: { dueAt: at } }, { upsert: true }),
    );
    const taken = await collection.updateOne({ _id: name, dueAt: { $lte: at } }, { $set: { dueAt: lease } });
    if (taken.matchedCount === 0) return;
    try {
      await run(at);
    } catch (err) {
      log.warn({ err, job: name }, 'job failed, to be tried again');
      return;
    }
    await collection.updateOne(
      { _id: name, dueAt: lease },
      { $set: { dueAt: new Date(at.getTime() + everyMs) } },
    );
    log.info({ job: name }, 'job done');
  }

  return { runDue };
}

/** When which job ran last, found by `_id` alone. */
export const jobs = defineCollection<Job>('jobs');
