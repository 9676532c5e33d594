import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { shown } from '../../schemas/common.js';
import { metricsExample } from '../../schemas/dashboard/examples.js';
import { MetricsQuery, MetricsResponse } from '../../schemas/dashboard/insights.js';

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
const dataMetrics: FastifyPluginAsyncTypebox = async (app) => {
  app.get('/api/dashboard/metrics', { schema, config: { scope: 'dashboard:read' } }, async (request) =>
    app.dashboard.metrics.figures(request.query),
  );
};

export default dataMetrics;
