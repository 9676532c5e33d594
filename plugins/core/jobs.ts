import fp from 'fastify-plugin';
import { MAX_DELAY_DAYS } from '../../src/domain/analytics/clean-event.js';
import { addDays, createCalendar } from '../../src/lib/calendar.js';
import { type Poller, startPoller } from '../../src/outbox/poller.js';
import { createDailyJobs, type Jobs } from '../../src/platform/jobs/daily-jobs.js';

declare module 'fastify' {
  interface FastifyInstance {
    /** Runs what is to be done once a day and is due. */
    runDailyJobs: () => Promise<void>;
  }
}

export interface JobsOptions {
  timeZone: string;
}

const POLL_INTERVAL_MS = 60_000;

/** What is done once a day, wherever deliveries are handed on. */
export default fp<JobsOptions>(
  async (app, { timeZone }) => {
    const { days, ratings } = app.repositories;
    const dayOf = createCalendar(timeZone).dayOf;
    const jobs: Jobs = {
      // a day is counted for good when no event of it can come any more
      'analytics.close-days': async (now) => {
        await days.close(addDays(dayOf(now), -MAX_DELAY_DAYS - 2));
      },
      'feedback.forget-comments': (now) => ratings.forgetComments(now),
    };
    const { runDue } = createDailyJobs(app.collections.jobs, jobs, app.now, app.log);
    app.decorate('runDailyJobs', runDue);
    const onFailure = (err: unknown) => app.log.warn({ err }, 'daily jobs could not be looked up');
    const step = async () => {
      await runDue();
      return false;
    };
    let poller: Poller | undefined;
    app.addHook('onReady', async () => {
      poller = startPoller({ step, idleMs: POLL_INTERVAL_MS, random: Math.random, onFailure });
    });
    app.addHook('onClose', () => poller?.stop());
  },
  { name: 'jobs', fastify: '5.x', dependencies: ['mongodb', 'clock'] },
);
