import type { FastifyInstance } from 'fastify';
import type { Test } from 'tap';
import { buildDevelopment } from '../scripts/build-development.js';
import { seedCatalogue, seedOrders } from '../scripts/seed.js';
import { DEVELOPMENT } from '../src/config/development.js';
import { loadConfig } from '../src/config/load.js';
import { database, environment } from './helper.js';

export const PUBLIC_URL = 'http://127.0.0.1:4400';

/** The service as `npm run dev` has it, on seeds. */
export async function development(t: Test, env: NodeJS.ProcessEnv = {}): Promise<FastifyInstance> {
  const db = await database(t);
  await Promise.all([seedCatalogue(db), seedOrders(db, new Date())]);
  const settings = {
    DISPATCHER: 'inline',
    LINK_SECRET: DEVELOPMENT.linkSecret,
    DASHBOARD_ENABLED: 'true',
    DASHBOARD_SESSION_SECRET: DEVELOPMENT.sessionSecret,
    PUBLIC_URL,
  };
  const config = loadConfig(await environment(db, { ...settings, ...env }), {});
  const app = await buildDevelopment(config, {});
  t.teardown(() => app.close());
  await app.ready();
  return app;
}
