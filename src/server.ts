import { setTimeout as sleep } from 'node:timers/promises';
import { buildApp } from './app.js';
import { loadConfig } from './config/load.js';
import { warnOfMisspelt } from './config/misspelt.js';
import { describeStartFailure } from './lib/log-error.js';
import { releaseMemoryWhenIdle } from './lib/release-memory.js';
import { runUntilStopped } from './platform/http/run-until-stopped.js';
import { loggerOptions, logStream } from './platform/http/server-options.js';

/** The process: settings, listening, and an orderly end. */
try {
  const config = loadConfig({}, process.env, { isProduction: true });
  const app = await buildApp(config, { logger: { ...loggerOptions(config.log), stream: logStream() } });
  warnOfMisspelt(app.log);
  await app.listen({ host: config.http.host, port: config.http.port });
  void releaseMemoryWhenIdle();
  runUntilStopped(app, {
    before: () => {
      app.announceClosing();
      return sleep(config.http.drainMs);
    },
  });
} catch (error) {
  process.stderr.write(`${describeStartFailure(error, 'The service')}
`);
  process.exit(1);
}
