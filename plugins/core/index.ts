import fp from 'fastify-plugin';
import type { Config } from '../../src/config/load.js';
import { forwardsEvents } from '../../src/connectors/index.js';
import analytics from './analytics.js';
import audit from './audit.js';
import declined from './declined.js';
import errors from './errors.js';
import handlerTimeout from './handler-timeout.js';
import json from './json-bodies.js';
import keys from './keys.js';
import metrics from './measure-requests.js';
import mongodb, { repositories } from './mongodb.js';
import outbox from './outbox.js';
import overload from './overload.js';
import pictures from './pictures.js';
import privacy from './privacy.js';
import requestId from './request-id.js';
import securityHeaders from './security-headers.js';
import { sessionId } from './sessions.js';
import shutdown from './shutdown.js';
import storage from './storage.js';

declare module 'fastify' {
  interface FastifyInstance {
    /** The time, in one place, so that a test can move it. */
    now: () => Date;
  }
}

interface CoreOptions {
  config: Config;
  now: () => Date;
  /** How long a handler may take to answer; a test may have less patience. */
  handlerTimeoutMs?: number;
}

const clock = fp(
  async (app, { now }: Pick<CoreOptions, 'now'>) => {
    app.decorate('now', now);
  },
  { name: 'clock', fastify: '5.x' },
);

/** What the service and the worker have in common. The order is that of their hooks: README.md says why it is this one. */
export default fp<CoreOptions>(
  async (app, { config, now, handlerTimeoutMs }) => {
    const { http, shop } = config;
    await app.register(sessionId);
    await app.register(requestId);
    await app.register(metrics);
    await app.register(securityHeaders, { corsOrigins: http.corsOrigins });
    await app.register(errors);
    await app.register(json);
    await app.register(declined);
    await app.register(mongodb, { ...config.mongodb, isTraced: config.tracing !== undefined });
    await app.register(handlerTimeout, { timeoutMs: handlerTimeoutMs, failing: app.databaseTrouble });
    await app.register(overload, config.overload);
    await app.register(shutdown);
    await app.register(clock, { now });
    await app.register(repositories, {
      shop,
      orders: config.orders,
      salt: config.analytics.salt,
      publishesImages: config.connectors.cloudinary !== undefined,
    });
    // loaded only where there is a collector
    if (config.tracing) await app.register(import('./tracing.js'), config.tracing);
    await app.register(audit);
    await app.register(keys, { apiKeys: config.apiKeys, apiKeysFile: config.apiKeysFile });
    await app.register(storage, config.storage);
    const [first = config.analytics.salt, ...others] = config.subscriptions.linkSecrets;
    await app.register(pictures, { secrets: [first, ...others], publicUrl: http.publicUrl });
    const isForwarded = forwardsEvents(config.connectors);
    await app.register(analytics, { salt: config.analytics.salt, timeZone: shop.timeZone, isForwarded });
    await app.register(privacy, {
      linkSecrets: config.subscriptions.linkSecrets,
      proofSecrets: config.orders.proofSecrets,
    });
    await app.register(outbox, config);
  },
  { name: 'core', fastify: '5.x' },
);
