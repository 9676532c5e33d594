import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import Fastify, { type FastifyInstance, type FastifyServerOptions } from 'fastify';
import analytics from '../plugins/core/analytics.js';
import audit from '../plugins/core/audit.js';
import auth from '../plugins/core/auth.js';
import catalogue from '../plugins/core/catalogue.js';
import clock from '../plugins/core/clock.js';
import dispatcher from '../plugins/core/dispatcher.js';
import errors from '../plugins/core/errors.js';
import events from '../plugins/core/events.js';
import flags from '../plugins/core/flags.js';
import forms from '../plugins/core/forms.js';
import handlerTimeout from '../plugins/core/handler-timeout.js';
import idempotency from '../plugins/core/idempotency.js';
import jobs from '../plugins/core/jobs.js';
import keys from '../plugins/core/keys.js';
import limits from '../plugins/core/limits.js';
import metrics from '../plugins/core/metrics.js';
import mongodb from '../plugins/core/mongodb.js';
import openapi from '../plugins/core/openapi/openapi.js';
import overload from '../plugins/core/overload.js';
import privacy from '../plugins/core/privacy.js';
import rateLimit from '../plugins/core/rate-limit.js';
import requestId from '../plugins/core/request-id.js';
import securityHeaders from '../plugins/core/security-headers.js';
import sessionId from '../plugins/core/session-id.js';
import sessions from '../plugins/core/sessions.js';
import shutdown from '../plugins/core/shutdown.js';
import signedWebhooks from '../plugins/core/signed-webhooks.js';
import storage from '../plugins/core/storage.js';
import suppressions from '../plugins/core/suppressions.js';
import dashboard from '../plugins/dashboard/decorate.js';
import digest from '../plugins/dashboard/digest.js';
import capsules from '../plugins/endpoints/capsule.js';
import feedback from '../plugins/endpoints/csat.js';
import inspiration from '../plugins/endpoints/inspiration.js';
import orders from '../plugins/endpoints/order-status.js';
import subscriptions from '../plugins/endpoints/order-updates.js';
import catalog from '../plugins/endpoints/products.js';
import returns from '../plugins/endpoints/returns.js';
import shortlists from '../plugins/endpoints/shortlist.js';
import stylist from '../plugins/endpoints/stylist.js';
import health from '../plugins/public/health.js';
import unsubscribe from '../plugins/public/unsubscribe.js';
import capsuleChanges from '../plugins/shop/capsule-changes.js';
import neon from '../plugins/shop/catalog.js';
import analyticsEndpoint from '../plugins/shop/events.js';
import facets from '../plugins/shop/facets.js';
import subscriptionConfirmation from '../plugins/shop/order-updates-confirmation.js';
import privacyEndpoint from '../plugins/shop/privacy.js';
import sessionsEndpoint from '../plugins/shop/sessions.js';
import analyticsSummary from '../plugins/staff/analytics-summary.js';
import dashboardData from '../plugins/staff/dashboard.js';
import inspirationRecord from '../plugins/staff/inspiration.js';
import metricsEndpoint from '../plugins/staff/metrics.js';
import returnsManagement from '../plugins/staff/returns.js';
import orderWebhook from '../plugins/webhooks/order-status.js';
import twilioInbound from '../plugins/webhooks/twilio-inbound.js';
import type { Config } from './config/load.js';
import { forwardsEvents } from './connectors/index.js';
import { serverOptions } from './platform/http/server-options.js';

export interface AppOptions {
  logger?: FastifyServerOptions['logger'];
  /** The clock; a test may bring its own. */
  now?: () => Date;
  /** How long a handler may take to answer; a test may have less patience. */
  handlerTimeoutMs?: number;
}

const HANDLER_TIMEOUT_MS = 20_000;

/** The service, ready to listen once `ready()` has resolved: connected, with its indexes and its catalogue. */
export async function buildApp(
  config: Config,
  { logger = false, now = () => new Date(), handlerTimeoutMs = HANDLER_TIMEOUT_MS }: AppOptions = {},
): Promise<FastifyInstance> {
  const app = Fastify(serverOptions(config, logger)).withTypeProvider<TypeBoxTypeProvider>();

  // core
  await app.register(sessionId);
  await app.register(requestId);
  await app.register(metrics);
  await app.register(securityHeaders, { corsOrigins: config.http.corsOrigins });
  await app.register(errors);
  await app.register(handlerTimeout, { timeoutMs: handlerTimeoutMs });
  await app.register(overload, config.overload);
  await app.register(shutdown);
  await app.register(clock, { now });
  await app.register(mongodb, { ...config.mongodb, isTraced: config.tracing !== undefined });
  // loaded only where there is a collector
  if (config.tracing) await app.register(import('../plugins/core/tracing.js'), config.tracing);
  await app.register(audit);
  await app.register(keys, { apiKeys: config.apiKeys, apiKeysFile: config.apiKeysFile });
  await app.register(flags, { flags: config.flags, flagsFile: config.flagsFile });
  await app.register(limits, { limits: config.limits, trustProxy: config.http.trustProxy !== false });
  await app.register(storage, config.storage);
  await app.register(analytics, {
    salt: config.analytics.salt,
    timeZone: config.shop.timeZone,
    isForwarded: forwardsEvents(config.connectors),
  });
  await app.register(privacy);
  await app.register(suppressions, { secrets: config.subscriptions.linkSecrets });
  if (config.dispatcher.inline) {
    await app.register(dispatcher, {
      dispatcher: config.dispatcher,
      connectors: config.connectors,
      images: config.images,
      publicUrl: config.http.publicUrl,
      returns: config.returns,
      shop: config.shop,
    });
    await app.register(jobs, { timeZone: config.shop.timeZone });
  }
  await app.register(catalogue, config.catalogue);
  await app.register(dashboard, { shop: config.shop });
  if (config.dispatcher.inline) await app.register(digest, { timeZone: config.shop.timeZone });
  await app.register(openapi, { publicUrl: config.http.publicUrl });
  await app.register(health);

  // what a client may call with its key
  await app.register(async (clients) => {
    await clients.register(auth);
    await clients.register(rateLimit);
    await clients.register(sessions);
    await clients.register(idempotency);
    await clients.register(events);

    await clients.register(catalog);
    await clients.register(neon);
    await clients.register(facets);
    await clients.register(sessionsEndpoint, { sessions: config.sessions });
    await clients.register(orders, { shop: config.shop });
    await clients.register(returns, { returns: config.returns, shop: config.shop });
    await clients.register(capsules);
    await clients.register(capsuleChanges);
    await clients.register(stylist, { stylist: config.stylist });
    await clients.register(feedback, { timeZone: config.shop.timeZone });
    await clients.register(shortlists);
    await clients.register(inspiration, {
      maxBytes: config.limits.uploadBytes,
      concurrency: config.limits.uploadConcurrency,
    });
    await clients.register(subscriptions, { doubleOptIn: config.subscriptions.doubleOptIn });
    await clients.register(subscriptionConfirmation);
    await clients.register(analyticsEndpoint);
    await clients.register(privacyEndpoint);
  });

  // what comes without a key: its own signature is the proof
  await app.register(async (signed) => {
    await signed.register(forms);
    await signed.register(unsubscribe);
    const { inbound } = config.subscriptions;
    if (inbound) await signed.register(twilioInbound, inbound);
  });

  // what the staff and the machines may call with theirs
  await app.register(async (staff) => {
    await staff.register(auth);
    await staff.register(rateLimit);
    await staff.register(inspirationRecord);
    await staff.register(returnsManagement, { returns: config.returns, shop: config.shop });
    await staff.register(analyticsSummary, { timeZone: config.shop.timeZone });
    await staff.register(metricsEndpoint);
    await staff.register(dashboardData);
  });

  // what they see in a browser
  if (config.dashboard.enabled)
    await app.register(import('../plugins/dashboard/pages.js'), {
      dashboard: config.dashboard,
      shop: config.shop,
      storageOrigin: config.storage.endpoint,
    });

  // what the shop's systems tell us, signed
  await app.register(async (webhooks) => {
    await webhooks.register(auth);
    await webhooks.register(signedWebhooks, { keys: config.connectors.orderWebhookKeys ?? [] });
    await webhooks.register(orderWebhook);
  });

  return app;
}
