import fp from 'fastify-plugin';
import { createDigest } from '../../src/dashboard/digest.js';

export interface DigestPluginOptions {
  timeZone: string;
}

/** Not the first thing that a process does. */
const FIRST_AFTER_MS = 20_000;
const EVERY_MS = 5 * 60_000;

/** Counts what the dashboard shows beside the requests, wherever what is owed is handed on: so that nobody waits for it. */
export default fp<DigestPluginOptions>(
  async (app, { timeZone }) => {
    const digest = createDigest({ collections: app.collections, timeZone, now: app.now });
    let underWay: Promise<void> = Promise.resolve();
    const run = () => {
      underWay = digest().catch((err) => app.log.warn({ err }, 'the days could not be counted'));
    };
    const first = setTimeout(run, FIRST_AFTER_MS).unref();
    const timer = setInterval(run, EVERY_MS).unref();
    app.addHook('onClose', async () => {
      clearTimeout(first);
      clearInterval(timer);
      await underWay;
    });
  },
  { name: 'dashboard-digest', fastify: '5.x', dependencies: ['mongodb', 'clock'] },
);
