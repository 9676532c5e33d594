import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { shown } from '../../schemas/common.js';
import { orderDetailExample, orderExample } from '../../schemas/dashboard/examples.js';
import {
  DashboardOrderDetail,
  DashboardOrders,
  OrderParams,
  OrdersQuery,
} from '../../schemas/dashboard/orders.js';
import { problems } from '../../schemas/problem.js';
import { present } from '../../src/lib/values/text.js';

const listSchema = {
  operationId: 'listDashboardOrders',
  summary: 'Orders, newest first',
  description:
    'Thirty a page, or the orders that `search` means, by number or by email. Orders whose date is written as a text come behind the others.',
  tags: ['Staff'],
  querystring: OrdersQuery,
  response: {
    200: {
      ...DashboardOrders,
      description: 'A page of orders.',
      ...shown({ 'one-shipped-order': { orders: [orderExample] } }),
    },
  },
};

const detailSchema = {
  operationId: 'getDashboardOrder',
  summary: 'An order, and what the concierge did about it',
  description:
    'What was bought, the timeline as the widget shows it, returns, tickets, order updates and their messages, ratings and sessions.',
  tags: ['Staff'],
  params: OrderParams,
  response: {
    200: {
      ...DashboardOrderDetail,
      description: 'The order.',
      ...shown({ 'a-shipped-order-with-a-ticket': orderDetailExample }),
    },
    ...problems('order.not_found'),
  },
};

/** The shop's orders as data. */
const dataOrders: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '/api/dashboard/orders',
    { schema: listSchema, config: { scope: 'dashboard:read' } },
    async (request) => {
      const { search, cursor } = request.query;
      return app.dashboard.orders.list(request.viewer(), {
        search: present(search),
        cursor: present(cursor),
      });
    },
  );

  app.get(
    '/api/dashboard/orders/:orderNumber',
    { schema: detailSchema, config: { scope: 'dashboard:read' } },
    async (request) => app.dashboard.orders.detail(request.viewer(), request.params.orderNumber),
  );
};

export default dataOrders;
