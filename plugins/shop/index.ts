import type { FastifyInstance } from 'fastify';
import auth from '../core/auth.js';
import { limitCalls } from '../core/count-requests.js';
import events from '../core/events.js';
import idempotency from '../core/idempotency.js';
import { noteSessions } from '../core/sessions.js';
import capsuleChanges from './capsule-changes.js';
import catalog from './catalog.js';
import facets from './facets.js';
import orderUpdatesConfirmation from './order-updates-confirmation.js';
import reportedEvents from './reported-events.js';
import sessions from './sessions.js';
import verifyOrder from './verify-order.js';

/**
 * What the shop's server calls beside the nine. All of it needs a bearer key with the scope of the route, is limited by session, key and
 * address, and keeps its session alive; a route that takes an idempotency key says so.
 */
export default async function shop(app: FastifyInstance): Promise<void> {
  await app.register(auth);
  await app.register(limitCalls);
  await app.register(noteSessions);
  await app.register(idempotency);
  await app.register(events);

  await app.register(catalog);
  await app.register(facets);
  await app.register(sessions);
  await app.register(capsuleChanges);
  await app.register(orderUpdatesConfirmation);
  await app.register(verifyOrder);
  await app.register(reportedEvents);
}
