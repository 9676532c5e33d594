import Fastify, { type FastifyInstance } from 'fastify';
import analytics from '../plugins/core/analytics.js';
import clock from '../plugins/core/clock.js';
import dispatcher from '../plugins/core/dispatcher.js';
import jobs from '../plugins/core/jobs.js';
import metrics from '../plugins/core/metrics.js';
import mongodb from '../plugins/core/mongodb.js';
import privacy from '../plugins/core/privacy.js';
import storage from '../plugins/core/storage.js';
import suppressions from '../plugins/core/suppressions.js';
import digest from '../plugins/dashboard/digest.js';
import { type Config, ConfigError, loadConfig } from './config.js';
import { runUntilStopped } from './run-until-stopped.js';
import { loggerOptions } from './server-options.js';

/** The dispatcher alone: the service's plugins without its calls. It never listens. */
async function buildWorker(config: Config): Promise<FastifyInstance> {
  const worker = Fastify({ logger: loggerOptions(config.log) });
  await worker.register(clock, { now: () => new Date() });
  await worker.register(metrics);
  await worker.register(mongodb, { ...config.mongodb, isTraced: false });
  await worker.register(storage, config.storage);
  await worker.register(analytics, {
    salt: config.analytics.salt,
    timeZone: config.shop.timeZone,
    isForwarded: false,
  });
  await worker.register(privacy);
  await worker.register(suppressions, { secrets: config.subscriptions.linkSecrets });
  await worker.register(dispatcher, {
    dispatcher: config.dispatcher,
    connectors: config.connectors,
    images: config.images,
    publicUrl: config.http.publicUrl,
    returns: config.returns,
    shop: config.shop,
  });
  await worker.register(jobs, { timeZone: config.shop.timeZone });
  await worker.register(digest, { timeZone: config.shop.timeZone });
  return worker;
}

/** The process: settings, work, and an orderly end. */
try {
  const worker = await buildWorker(loadConfig());
  await worker.ready();
  runUntilStopped(worker);
  worker.log.info('the worker is ready');
} catch (error) {
  process.stderr.write(
    error instanceof ConfigError ? `${error.message}\n` : `The worker could not start: ${error}\n`,
  );
  process.exit(1);
}
