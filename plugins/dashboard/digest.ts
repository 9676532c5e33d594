import fp from 'fastify-plugin';
import { createDigest } from '../../src/dashboard/digest.js';

export interface DigestPluginOptions {
  timeZone: string;
}

const EVERY_MS = 5 * 60_000;

/** Counts what the dashboard shows beside the requests, wherever what is owed is handed on: so that nobody waits for it. */
export default fp<DigestPluginOptions>(
  async (app, { timeZone }) => {
    const digest = createDigest({ collections: app.collections, timeZone, now: app.now });
    let underWay: Promise<void> = Promise.resolve();
    const run = () => {
      underWay = digest().catch((err) => app.log.warn({ err }, 'the days could not be counted'));
    };
    // not the first thing that a process does
    const timer = setInterval(run, EVERY_MS).unref();
    app.addHook('onClose', async () => {
      clearInterval(timer);
      await underWay;
    });
  },
  { name: 'dashboard-digest', fastify: '5.x', dependencies: ['mongodb', 'clock'] },
);
