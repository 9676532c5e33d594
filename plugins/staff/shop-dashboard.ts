import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import {
  ShopOrders,
  ShopOrdersQuery,
  ShopTasks,
  ShopTasksQuery,
} from '../../schemas/dashboard/shop-dashboard.js';
import { ORDERS_A_PAGE } from '../../src/dashboard/orders/orders-list.js';
import { TASKS_A_PAGE } from '../../src/dashboard/shop-dashboard.js';
import { present } from '../../src/lib/values/text.js';

const ordersSchema = {
  operationId: 'listShopOrders',
  summary: "Orders, for the shop's own dashboard",
  description: `Newest first, ${ORDERS_A_PAGE} a page: the order, its latest rating, the channels of its updates and the session that had to do with it.`,
  tags: ['Shop'],
  querystring: ShopOrdersQuery,
  response: { 200: ShopOrders },
};

const tasksSchema = {
  operationId: 'listSupportTasks',
  summary: "What waits for the support, for the shop's own dashboard",
  description: `Stylist tickets and low ratings, ${TASKS_A_PAGE} a page: by priority and then by age. With \`since\`, what has changed from then on, whatever it has come to, in the order in which it did. For who cannot take webhooks: ask every two minutes.`,
  tags: ['Shop'],
  querystring: ShopTasksQuery,
  response: { 200: ShopTasks },
};

/** What the shop's own dashboards ask for, where they are not told. */
const shopDashboard: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '/internal/orders',
    { schema: ordersSchema, config: { scope: 'dashboard:read' } },
    async (request) => app.dashboard.shops.orders(request.viewer(), present(request.query.cursor)),
  );

  app.get(
    '/internal/support/tasks',
    { schema: tasksSchema, config: { scope: 'dashboard:read' } },
    async (request) => {
      const { since, cursor, type } = request.query;
      return app.dashboard.shops.tasks(request.viewer(), {
        since: since ? new Date(since) : undefined,
        cursor: present(cursor),
        type,
      });
    },
  );
};

export default shopDashboard;
