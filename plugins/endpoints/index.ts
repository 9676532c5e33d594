import type { FastifyInstance } from 'fastify';
import type { Config } from '../../src/config/load.js';
import { scopesOf } from '../../src/platform/keys/keys.js';
import auth from '../core/auth.js';
import { limitCalls } from '../core/count-requests.js';
import events from '../core/events.js';
import idempotency from '../core/idempotency.js';
import { noteSessions } from '../core/sessions.js';
import capsule from './capsule.js';
import csat from './csat.js';
import inspiration from './inspiration.js';
import orderStatus from './order-status.js';
import orderUpdates from './order-updates.js';
import products from './products.js';
import returns from './returns.js';
import shortlist from './shortlist.js';
import stylist from './stylist.js';

/**
 * The nine calls of the widget. All of them need a bearer key with the scope of the route, are limited by session, key and address, and
 * keep their session alive; those that write take an idempotency key.
 */
export default async function endpoints(app: FastifyInstance, config: Config): Promise<void> {
  const { shop, subscriptions } = config;
  // before those that read it
  app.addHook('onRoute', ({ config }) => {
    if (config) config.idempotent = scopesOf(config.scope).some((scope) => scope.endsWith(':write'));
  });
  await app.register(auth);
  await app.register(limitCalls);
  await app.register(noteSessions);
  await app.register(idempotency);
  await app.register(events);

  await app.register(products);
  await app.register(orderStatus, { shop, orders: config.orders });
  await app.register(returns, { returns: config.returns });
  await app.register(capsule, { capsules: config.capsules });
  await app.register(stylist, { stylist: config.stylist });
  await app.register(csat);
  await app.register(shortlist);
  await app.register(inspiration, config.uploads);
  await app.register(orderUpdates, { doubleOptIn: subscriptions.doubleOptIn });
}
