import fp from 'fastify-plugin';
import { findConversions } from '../../src/domain/creators/find-conversions.js';
import { type Poller, startPoller } from '../../src/outbox/poller.js';
import { createJobs, DAY_MS, type Jobs } from '../../src/platform/jobs/jobs.js';

declare module 'fastify' {
  interface FastifyInstance {
    /** Runs every job that is due. */
    runJobs: () => Promise<void>;
  }
}

/** Not the first thing that a process does. */
const FIRST_AFTER_MS = 20_000;
const POLL_INTERVAL_MS = 60_000;
const CONVERSIONS_EVERY_MS = 5 * 60_000;

/** What is done from time to time beside the requests, wherever deliveries are handed on. */
export default fp(
  async (app) => {
    const { ratings, orderLookups } = app.repositories;
    const jobs: Jobs = {
      'analytics.close-days': { everyMs: DAY_MS, run: () => app.rollUps.close() },
      'feedback.forget-comments': { everyMs: DAY_MS, run: (now) => ratings.forgetComments(now) },
      'orders.look-ups': { everyMs: DAY_MS, run: (now) => orderLookups.sweep(now) },
      'privacy.forget-telling': { everyMs: DAY_MS, run: (now) => app.erasures.forgetOldTelling(now) },
      'creators.find-conversions': {
        everyMs: CONVERSIONS_EVERY_MS,
        run: (now) => findConversions(app.collections, now),
      },
    };
    const { runDue } = createJobs(app.collections.jobs, jobs, app.now, app.log);
    app.decorate('runJobs', runDue);
    const onFailure = (err: unknown) => app.log.warn({ err }, 'jobs could not be looked up');
    const step = async () => {
      await runDue();
      return false;
    };
    let poller: Poller | undefined;
    let first: NodeJS.Timeout | undefined;
    app.addHook('onReady', async () => {
      const start = () => {
        poller = startPoller({ step, idleMs: POLL_INTERVAL_MS, random: Math.random, onFailure });
      };
      first = setTimeout(start, FIRST_AFTER_MS).unref();
    });
    app.addHook('onClose', () => {
      clearTimeout(first);
      return poller?.stop();
    });
  },
  {
    name: 'jobs',
    fastify: '5.x',
    dependencies: ['mongodb', 'repositories', 'clock', 'analytics', 'privacy'],
  },
);
