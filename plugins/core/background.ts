import type { FastifyInstance } from 'fastify';
import fp from 'fastify-plugin';
import { outboxesOf } from '../../src/collections.js';
import type { Config } from '../../src/config/load.js';
import { findConversions } from '../../src/domain/creators/find-conversions.js';
import { createAirtableTaking } from '../../src/domain/stylist/take-airtable-news.js';
import { DAY_MS } from '../../src/lib/calendar.js';
import { createDispatcher, type Dispatcher } from '../../src/outbox/dispatcher.js';
import { isWorkNow } from '../../src/outbox/outbox-collections.js';
import { type Poller, startPoller } from '../../src/outbox/poller.js';
import { createJobs, type Jobs } from '../../src/platform/jobs/jobs.js';

declare module 'fastify' {
  interface FastifyInstance {
    dispatcher: Dispatcher;
    /** Runs every job that is due. */
    runJobs: () => Promise<void>;
  }
}

/** Not the first thing that a process does. */
const FIRST_AFTER_MS = 20_000;
const POLL_INTERVAL_MS = 60_000;
const NEW_PEOPLE_EVERY_MS = 5 * 60_000;
const CONVERSIONS_EVERY_MS = 5 * 60_000;

/** What is done beside the requests: by the service itself, or by workers alone. */
export default fp<Config>(
  async (app, config) => {
    deliver(app, config.dispatcher);
    runJobs(app, config.connectors);
  },
  { name: 'background', fastify: '5.x', dependencies: ['core'] },
);

/** Hands on what documents carry: from when the service is ready until it closes. */
function deliver(app: FastifyInstance, settings: Config['dispatcher']): void {
  const dispatcher = createDispatcher({
    ...settings,
    collections: outboxesOf(app.collections),
    handlers: app.outbox.handlers,
    now: app.now,
    log: app.log,
  });
  app.decorate('dispatcher', dispatcher);
  // what has just been stored need not wait until the dispatcher looks by itself
  app.watchWrites((name, written) => {
    if (isWorkNow(written, app.now())) dispatcher.nudge(name);
  });
  app.addHook('onReady', async () => dispatcher.start());
  // before the database and the object store close
  app.addHook('onClose', () => dispatcher.stop());
}

/** What is done from time to time, wherever deliveries are handed on. */
function runJobs(app: FastifyInstance, { airtable, timeoutMs }: Config['connectors']): void {
  const { ratings, orderLookups } = app.repositories;
  const jobs: Jobs = {
    'analytics.close-days': { everyMs: DAY_MS, run: () => app.rollUps.close() },
    'feedback.forget-comments': { everyMs: DAY_MS, run: (now) => ratings.forgetComments(now) },
    'orders.look-ups': { everyMs: DAY_MS, run: (now) => orderLookups.sweep(now) },
    'orders.people': { everyMs: DAY_MS, run: (now) => orderLookups.sweepPeople(now) },
    'orders.new-people': { everyMs: NEW_PEOPLE_EVERY_MS, run: (now) => orderLookups.sweepNewPeople(now) },
    'privacy.forget-telling': { everyMs: DAY_MS, run: (now) => app.erasures.forgetOldTelling(now) },
    'creators.find-conversions': {
      everyMs: CONVERSIONS_EVERY_MS,
      run: (now) => findConversions(app.collections, now),
    },
  };
  if (airtable?.webhookSecrets?.length) {
    const { stylistTickets: tickets, crmCursors: cursors } = app.collections;
    const { keep } = createAirtableTaking({ airtable, timeoutMs, tickets, cursors, now: app.now });
    const warn = (webhook: string, problem: string) => app.log.warn({ webhook }, `Airtable: ${problem}`);
    jobs['crm.keep-airtable-webhooks'] = { everyMs: DAY_MS, run: () => keep(warn) };
  }
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
}
