import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Money, shown } from '../../schemas/common.js';
import { DashboardCreator } from '../../schemas/dashboard/creators.js';
import { metricsExample } from '../../schemas/dashboard/examples.js';
import { DayFigures, MetricsQuery, MetricsResponse } from '../../schemas/dashboard/insights.js';
import { DashboardOrder } from '../../schemas/dashboard/orders.js';
import { QueueItem } from '../../schemas/dashboard/support.js';
import { type Viewer, viewerOf } from '../../src/dashboard/viewer.js';
import dataCreators from './dashboard-creators.js';
import dataOrders from './dashboard-orders.js';
import dataSupport from './dashboard-support.js';
import shopDashboard from './shop-dashboard.js';

const schema = {
  operationId: 'getDashboardMetrics',
  summary: 'How the concierge is doing',
  description:
    "Figures of a period by day, in the shop's time zone, and what they come to. Days that are over are counted once; the last three are counted anew each time.",
  tags: ['Staff'],
  querystring: MetricsQuery,
  response: {
    200: { ...MetricsResponse, description: 'The figures.', ...shown({ 'one-day': metricsExample }) },
  },
};

/** The figures as data. */
const insights: FastifyPluginAsyncTypebox = async (app) => {
  app.get('/api/dashboard/metrics', { schema, config: { scope: 'dashboard:read' } }, async (request) =>
    app.dashboard.metrics.figures(request.query),
  );
};

declare module 'fastify' {
  interface FastifyRequest {
    /** Who of the staff is asking. */
    viewer: () => Viewer;
  }
}

/** The data routes of the dashboard; registered where keys are checked. */
export default async function data(app: FastifyInstance): Promise<void> {
  for (const schema of [Money, DashboardOrder, DashboardCreator, DayFigures, QueueItem])
    app.addSchema(schema);
  app.decorateRequest('viewer', function viewer(this: FastifyRequest) {
    // a route of a scope with keys is never reached without one
    return viewerOf(this.clientKey ?? { id: '', scopes: [] });
  });
  await app.register(dataSupport);
  await app.register(dataOrders);
  await app.register(dataCreators);
  await app.register(insights);
  await app.register(shopDashboard);
}
