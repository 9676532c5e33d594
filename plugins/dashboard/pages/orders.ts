import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from '@sinclair/typebox';
import { OrderParams } from '../../../schemas/dashboard/orders.js';
import type { Config } from '../../../src/config/load.js';
import { notAllowed } from '../../../src/dashboard/queue/act-on-item.js';
import { resendTracking } from '../../../src/domain/orders/resend-tracking.js';
import { openTicket } from '../../../src/domain/stylist/open-ticket.js';
import { present } from '../../../src/lib/values/text.js';
import { ApiError } from '../../../src/platform/http/errors.js';
import { acting, signedIn } from '../signed-session.js';
import { ownPath, toldAt } from './own-path.js';

const Query = Type.Object({
  search: Type.Optional(Type.String({ maxLength: 254 })),
  cursor: Type.Optional(Type.String({ maxLength: 512 })),
});

const Told = Type.Object({ done: Type.Optional(Type.String({ maxLength: 20 })) });
const TrackingForm = Type.Object({ back: Type.Optional(Type.String({ maxLength: 2048 })) });
const EscalateForm = Type.Object({ note: Type.Optional(Type.String({ maxLength: 1000 })) });

const noOrder = () => new ApiError('order.not_found', 'There is no order with that number.');

/** The shop's orders, and what the concierge did about each. */
const ordersPages: FastifyPluginAsyncTypebox<Pick<Config, 'stylist'>> = async (app, { stylist }) => {
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
    { schema: { hide: true, params: OrderParams, querystring: Told } },
    async (request, reply) => {
      const order = await app.dashboard.orders.detail(signedIn(request), request.params.orderNumber);
      const { done } = request.query;
      return reply.view('order', { order, done, title: order.orderNumber, section: 'orders' });
    },
  );

  app.post(
    '/dashboard/orders/:orderNumber/tracking',
    { schema: { hide: true, params: OrderParams, body: TrackingForm } },
    async (request, reply) => {
      const { name: by } = acting(request);
      if (!app.replyWays.email) throw notAllowed('No mail server is set up.');
      const resent = await resendTracking(app.repositories, request.params.orderNumber, by, app.now());
      if (resent.outcome === 'not_found') throw noOrder();
      if (resent.outcome === 'not_allowed') throw notAllowed(resent.sentence);
      const { outcome, orderNumber: target } = resent;
      if (outcome === 'sent') await app.audit(request, { action: 'order.tracking_mailed', target, by });
      const path = ownPath(present(request.body.back), `/dashboard/orders/${encodeURIComponent(target)}`);
      return reply.redirect(toldAt(path, { done: outcome }), 303);
    },
  );

  app.post(
    '/dashboard/orders/:orderNumber/escalate',
    { schema: { hide: true, params: OrderParams, body: EscalateForm } },
    async (request, reply) => {
      const { name: by } = acting(request);
      const order = await app.repositories.orders.findByNumber(request.params.orderNumber);
      if (!order) throw noOrder();
      const { orderNumber, email: customerEmail } = order;
      if (!customerEmail) throw notAllowed('The order has no address that could be answered to.');
      const { name: customerName, phone: customerPhone } = await app.repositories.orders.findContact(order);
      const notes = present(request.body.note) ?? `About order ${orderNumber}`;
      // who works for the shop knows whose order it is; there is no conversation beside it
      const opened = await openTicket(
        {
          repositories: app.repositories,
          sessions: app.sessions,
          conversations: app.conversations,
          proofOf: async () => 'proved',
        },
        {
          words: { sessionId: '', customerEmail, customerName, customerPhone, notes },
          transcript: [],
          shortlist: [],
          orderNumber,
          openedBy: by,
        },
        stylist,
        app.now(),
      );
      if (opened.outcome !== 'opened') throw notAllowed('No ticket could be opened.');
      const { ticket, existing: isExisting } = opened;
      await app.outbox.runInline('stylistTickets', ticket, { isExisting, log: request.log });
      const { ticketId } = ticket;
      if (!isExisting)
        await app.audit(request, {
          action: 'order.escalated',
          target: orderNumber,
          by,
          details: { ticketId },
        });
      return reply.redirect(`/dashboard/support/tickets/${encodeURIComponent(ticketId)}?done=opened`, 303);
    },
  );
};

export default ordersPages;
