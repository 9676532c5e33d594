import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import Fastify, { type FastifyInstance, type FastifyServerOptions } from 'fastify';
import background from '../plugins/core/background.js';
import catalogue from '../plugins/core/catalogue.js';
import limits from '../plugins/core/count-requests.js';
import dashboard from '../plugins/core/dashboard.js';
import flags from '../plugins/core/flags.js';
import core from '../plugins/core/index.js';
import orderLookUps from '../plugins/core/look-up-limits.js';
import openapi from '../plugins/core/openapi/openapi.js';
import sessions from '../plugins/core/sessions.js';
import endpoints from '../plugins/endpoints/index.js';
import publicRoutes from '../plugins/public/index.js';
import shop from '../plugins/shop/index.js';
import staff from '../plugins/staff/index.js';
import webhooks from '../plugins/webhooks/index.js';
import type { Config } from './config/load.js';
import { trustOf } from './platform/http/client-address.js';
import { serverOptions } from './platform/http/server-options.js';

export interface AppOptions {
  logger?: FastifyServerOptions['logger'];
  /** The clock; a test may bring its own. */
  now?: () => Date;
  /** How long a handler may take to answer; a test may have less patience. */
  handlerTimeoutMs?: number;
  /** Filled in on the page of the API document, and named where the staff sign in: in development only, where everyone knows it. */
  developmentKey?: string;
}

/** The service, ready to listen once `ready()` has resolved: connected, with its indexes and its catalogue. */
export async function buildApp(
  config: Config,
  { logger = false, now = () => new Date(), handlerTimeoutMs, developmentKey }: AppOptions = {},
): Promise<FastifyInstance> {
  const app = Fastify(serverOptions(config, logger)).withTypeProvider<TypeBoxTypeProvider>();

  // what each request passes, and what all routes use
  await app.register(core, { config, now, handlerTimeoutMs });
  await app.register(flags, { flags: config.flags, flagsFile: config.flagsFile });
  await app.register(limits, { limits: config.limits, trust: trustOf(config.http) });
  await app.register(sessions);
  await app.register(orderLookUps, config.orders);
  if (config.dispatcher.inline) await app.register(background, config);
  await app.register(catalogue, config.catalogue);
  await app.register(dashboard, config);
  await app.register(openapi, {
    publicUrl: config.http.publicUrl,
    isOpen: config.http.docs,
    key: developmentKey,
  });

  if (config.assistants.enabled) await app.register(import('../plugins/assistants/call-route.js'));

  // the routes: a folder for each kind of caller, whose index.ts says what holds for all of them
  await app.register(endpoints, config);
  await app.register(shop);
  await app.register(staff, config);
  await app.register(webhooks, config);
  await app.register(publicRoutes, config);
  if (config.assistants.enabled)
    await app.register(import('../plugins/assistants/index.js'), {
      shopName: config.shop.name,
      secrets: config.orders.proofSecrets,
      currency: config.catalogue.currency,
      publicUrl: config.http.publicUrl,
    });
  if (config.dashboard.enabled)
    await app.register(import('../plugins/dashboard/pages.js'), { ...config, developmentKey });

  return app;
}
