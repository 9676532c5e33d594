import type { FastifyInstance } from 'fastify';
import demo from '../plugins/demo/index.js';
import { createOutboxLog } from '../plugins/demo/outbox-log.js';
import { type AppOptions, buildApp } from '../src/app.js';
import { DEVELOPMENT } from '../src/config/development.js';
import type { Config } from '../src/config/load.js';
import { keyOf, SCOPES, WIDGET_SCOPES } from '../src/platform/keys/keys.js';

/** The service as `npm run dev` has it: with keys that everyone knows, the pages of the demo, and an outbox in place of the vendors that are not configured. */
export async function buildDevelopment(config: Config, options: AppOptions): Promise<FastifyInstance> {
  const known = [keyOf(DEVELOPMENT.key, WIDGET_SCOPES), keyOf(DEVELOPMENT.staffKey, SCOPES)];
  const apiKeys = [...known, ...config.apiKeys.filter(({ sha256 }) => sha256 !== known[0]?.sha256)];
  const outbox = createOutboxLog(options.now);
  const connectors = { ...config.connectors, keepUnsent: outbox.keep };
  const app = await buildApp(
    { ...config, apiKeys, connectors },
    { ...options, developmentKey: DEVELOPMENT.staffKey },
  );
  await app.register(demo, {
    shopName: config.shop.name,
    outbox,
    key: DEVELOPMENT.key,
    staffKey: DEVELOPMENT.staffKey,
    uploadBytes: config.uploads.maxBytes,
    publicUrl: config.http.publicUrl,
  });
  return app;
}
