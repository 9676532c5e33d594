import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from '@sinclair/typebox';
import { OrderParams } from '../../../schemas/dashboard/orders.js';
import { present } from '../../../src/lib/values/text.js';
import { signedIn } from './signed-in.js';

const Query = Type.Object({
  search: Type.Optional(Type.String({ maxLength: 254 })),
  cursor: Type.Optional(Type.String({ maxLength: 512 })),
});

/** The shop's orders, and what the concierge did about each. */
const ordersPages: FastifyPluginAsyncTypebox = async (app) => {
  app.get('/dashboard/orders', { schema: { hide: true, querystring: Query } }, async (request, reply) => {
    const search = present(request.query.search);
    const cursor = present(request.query.cursor);
    const list = await app.dashboard.orders.list(signedIn(request), { search, cursor });
    return reply.view('orders', {
      ...list,
      title: 'Orders',
      section: 'orders',
      search: search ?? '',
      cursor,
    });
  });

  app.get(
    '/dashboard/orders/:orderNumber',
    { schema: { hide: true, params: OrderParams } },
    async (request, reply) => {
      const order = await app.dashboard.orders.detail(signedIn(request), request.params.orderNumber);
      return reply.view('order', { order, title: order.orderNumber, section: 'orders' });
    },
  );
};

export default ordersPages;
