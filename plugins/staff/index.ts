import type { FastifyInstance } from 'fastify';
import auth from '../core/auth.js';
import { limitCalls } from '../core/count-requests.js';
import analyticsSummary from './analytics-summary.js';
import dashboard from './dashboard.js';
import inspiration from './inspiration.js';
import metrics from './metrics.js';
import privacy from './privacy.js';
import returns from './returns.js';

/**
 * What the staff and the machines call. All of it needs a bearer key with the scope of the route and is limited by key and address; none
 * of it belongs to a session, and none takes an idempotency key: a repeat is harmless, or names the version that was seen.
 */
export default async function staff(app: FastifyInstance): Promise<void> {
  await app.register(auth);
  await app.register(limitCalls);

  await app.register(inspiration);
  await app.register(returns);
  await app.register(analyticsSummary);
  await app.register(privacy);
  await app.register(metrics);
  await app.register(dashboard);
}
