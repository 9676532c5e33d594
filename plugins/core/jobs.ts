import fp from 'fastify-plugin';
import { MOST_DELAY_DAYS } from '../../src/analytics/clean-event.js';
import { createDailyRepository } from '../../src/analytics/daily-repository.js';
import { addDays } from '../../src/analytics/days.js';
import { dayIn } from '../../src/analytics/shop-day.js';
import { createFeedbackRepository } from '../../src/feedback/feedback-repository.js';
import { createDailyJobs, type Jobs } from '../../src/jobs/daily-jobs.js';
import { type Poller, startPoller } from '../../src/outbox/poller.js';

declare module 'fastify' {
  interface FastifyInstance {
    /** Runs what is to be done once a day and is due. */
    runDailyJobs: () => Promise<void>;
  }
}

export interface JobsOptions {
  timeZone: string;
}

const LOOK_EVERY_MS = 60_000;

/** What is done once a day, wherever deliveries are handed on. */
export default fp<JobsOptions>(
  async (app, { timeZone }) => {
    const { analyticsEvents, analyticsDays, csatFeedback } = app.collections;
    const days = createDailyRepository(analyticsEvents, analyticsDays);
    const feedback = createFeedbackRepository(csatFeedback);
    const dayOf = dayIn(timeZone);
    const jobs: Jobs = {
      // a day is counted for good when no event of it can come any more
      'analytics.close-days': async (now) => {
        await days.close(addDays(dayOf(now), -MOST_DELAY_DAYS - 2));
      },
      'feedback.forget-comments': (now) => feedback.forgetComments(now),
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
      poller = startPoller({ step, idleMs: LOOK_EVERY_MS, random: Math.random, onFailure });
    });
    app.addHook('onClose', () => poller?.stop());
  },
  { name: 'jobs', fastify: '5.x', dependencies: ['mongodb', 'clock'] },
);
