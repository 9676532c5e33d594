import fp from 'fastify-plugin';
import { createMetrics } from '../../../src/platform/metrics/define-metrics.js';

export default fp(
  async (app) => {
    app.decorate('metrics', createMetrics());
  },
  { name: 'measure-requests', fastify: '5.x' },
);
