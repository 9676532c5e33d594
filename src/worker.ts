import Fastify, { type FastifyInstance } from 'fastify';
import auth from '../plugins/core/auth.js';
import background from '../plugins/core/background.js';
import core from '../plugins/core/index.js';
import health from '../plugins/public/health.js';
import metrics from '../plugins/staff/metrics.js';
import { type Config, loadConfig } from './config/load.js';
import { warnOfMisspelt } from './config/misspelt.js';
import { describeStartFailure } from './lib/log-error.js';
import { releaseMemoryWhenIdle } from './lib/release-memory.js';
import { runUntilStopped } from './platform/http/run-until-stopped.js';
import { loggerOptions, logStream, serverOptions } from './platform/http/server-options.js';

/** The dispatcher alone: the service's plugins without its calls, but for those by which it is watched. */
async function buildWorker(config: Config): Promise<FastifyInstance> {
  const worker = Fastify(serverOptions(config, { ...loggerOptions(config.log), stream: logStream() }));
  await worker.register(core, { config, now: () => new Date() });
  await worker.register(background, config);
  await worker.register(health);
  await worker.register(async (watchers) => {
    await watchers.register(auth);
    await watchers.register(metrics);
  });
  return worker;
}

/** The process: settings, work, and an orderly end. */
let worker: FastifyInstance | undefined;
try {
  const config = loadConfig({}, process.env, { isProduction: true });
  worker = await buildWorker(config);
  warnOfMisspelt(worker.log);
  await worker.ready();
  const { port } = config.worker;
  if (port !== undefined) await worker.listen({ host: config.http.host, port });
  void releaseMemoryWhenIdle();
  runUntilStopped(worker);
  worker.log.info('worker ready');
} catch (error) {
  process.stderr.write(`${describeStartFailure(error, 'The worker', 'WORKER_PORT')}
`);
  // what it has begun to deliver is finished and recorded
  await worker?.close();
  process.exit(1);
}
