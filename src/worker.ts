import Fastify, { type FastifyInstance } from 'fastify';
import analytics from '../plugins/core/analytics.js';
import audit from '../plugins/core/audit.js';
import auth from '../plugins/core/auth.js';
import clock from '../plugins/core/clock.js';
import dispatcher from '../plugins/core/dispatcher.js';
import errors from '../plugins/core/errors.js';
import jobs from '../plugins/core/jobs.js';
import keys from '../plugins/core/keys.js';
import metrics from '../plugins/core/metrics.js';
import mongodb from '../plugins/core/mongodb.js';
import privacy from '../plugins/core/privacy.js';
import requestId from '../plugins/core/request-id.js';
import securityHeaders from '../plugins/core/security-headers.js';
import sessionId from '../plugins/core/session-id.js';
import shutdown from '../plugins/core/shutdown.js';
import storage from '../plugins/core/storage.js';
import suppressions from '../plugins/core/suppressions.js';
import digest from '../plugins/dashboard/digest.js';
import health from '../plugins/public/health.js';
import metricsEndpoint from '../plugins/staff/metrics.js';
import { type Config, ConfigError, loadConfig } from './config/load.js';
import { runUntilStopped } from './platform/http/run-until-stopped.js';
import { loggerOptions, logStream, serverOptions } from './platform/http/server-options.js';

/** The dispatcher alone: the service's plugins without its calls, but for those by which it is watched. */
async function buildWorker(config: Config): Promise<FastifyInstance> {
  const worker = Fastify(serverOptions(config, { ...loggerOptions(config.log), stream: logStream() }));
  await worker.register(sessionId);
  await worker.register(requestId);
  await worker.register(metrics);
  await worker.register(securityHeaders, { corsOrigins: [] });
  await worker.register(errors);
  await worker.register(shutdown);
  await worker.register(clock, { now: () => new Date() });
  await worker.register(mongodb, { ...config.mongodb, isTraced: false });
  await worker.register(audit);
  await worker.register(keys, { apiKeys: config.apiKeys, apiKeysFile: config.apiKeysFile });
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
  await worker.register(health);
  await worker.register(async (staff) => {
    await staff.register(auth);
    await staff.register(metricsEndpoint);
  });
  return worker;
}

/** The process: settings, work, and an orderly end. */
let worker: FastifyInstance | undefined;
try {
  const config = loadConfig();
  worker = await buildWorker(config);
  await worker.ready();
  const { port } = config.worker;
  if (port !== undefined) await worker.listen({ host: config.http.host, port });
  runUntilStopped(worker);
  worker.log.info('the worker is ready');
} catch (error) {
  process.stderr.write(
    error instanceof ConfigError ? `${error.message}\n` : `The worker could not start: ${error}\n`,
  );
  // what it has begun to deliver is finished and recorded
  await worker?.close();
  process.exit(1);
}
