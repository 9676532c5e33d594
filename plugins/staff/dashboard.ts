import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Money } from '../../schemas/dashboard/common.js';
import { DashboardCreator } from '../../schemas/dashboard/creators.js';
import { DayFigures } from '../../schemas/dashboard/insights.js';
import { DashboardOrder } from '../../schemas/dashboard/orders.js';
import { QueueItem } from '../../schemas/dashboard/support.js';
import { type Viewer, viewerOf } from '../../src/dashboard/viewer.js';
import dataCreators from './dashboard-creators.js';
import dataMetrics from './dashboard-insights.js';
import dataOrders from './dashboard-orders.js';
import dataSupport from './dashboard-support.js';

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
  await app.register(dataMetrics);
}
