import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { OrderStatusRequest, OrderStatusResponse } from '../../schemas/order-status.js';
import { problems } from '../../schemas/problem.js';
import { HIDDEN, maskDestination, type Subscription } from '../../src/domain/order-updates/subscription.js';
import { describeOrder } from '../../src/domain/orders/describe-order.js';
import { type Disclosure, disclosureFor } from '../../src/domain/orders/disclosure.js';
import { lookUpOrder, type OrderReference } from '../../src/domain/orders/look-up-order.js';
import type { Order } from '../../src/domain/orders/order.js';
import type { Shop } from '../../src/domain/orders/shop-dates.js';
import { mayFollow } from '../../src/domain/sessions/session.js';
import { sameEmail } from '../../src/lib/values/email.js';
import { present } from '../../src/lib/values/text.js';
import { invalid } from '../../src/platform/http/errors.js';
import { orderNotFound } from './requested-order.js';

const schema = {
  operationId: 'getOrderStatus',
  summary: 'Where an order is',
  description:
    'Finds an order by its number, or by email and postal code (the newest one, if there are several), and tells its timeline. A wrong email or postal code is the same 404 as an unknown order. By the number alone, only the timeline and the end of the tracking number are told; to who has proved the order, in this call, in its session or by the key, also the whole number and the address of its customer.',
  tags: ['Widget'],
  body: OrderStatusRequest,
  response: {
    200: { ...OrderStatusResponse, description: 'Where the order is.' },
    ...problems('order.not_found'),
  },
};

interface OrdersOptions {
  shop: Shop;
  orders: { tellsOwner: boolean };
}

/** CONCIERGE_ORDER_STATUS_ENDPOINT */
const orderStatus: FastifyPluginAsyncTypebox<OrdersOptions> = async (
  app,
  { shop, orders: { tellsOwner } },
) => {
  const { orders, subscriptions } = app.repositories;

  const event = { name: 'aurora_order_tracked', intent: 'track_order' } as const;
  app.post(
    '/api/concierge/orders/status',
    { schema, config: { scope: 'orders:read', event } },
    async (request) => {
      const reference = readReference(request.body);
      const { sessionId } = request;
      const { orderNumber: typed, email, postalCode } = reference;
      const found = await app.lookUp(request, {
        asked: { order: typed, email },
        hasCode: email !== undefined && postalCode !== undefined,
        // asked for at the same time
        find: async () => {
          const [looked, session] = await Promise.all([
            lookUpOrder(orders, reference),
            sessionId ? app.sessions.findOrders(sessionId) : null,
          ]);
          return looked && { ...looked, session };
        },
        numberOf: ({ order }) => order.orderNumber,
      });
      if (!found) throw orderNotFound();
      const { order, verified, session } = found;
      const { orderNumber } = order;
      if (sessionId)
        app.sessions.note(sessionId, {
          lastOrderNumber: orderNumber,
          ...(verified && { verifiedOrder: orderNumber }),
        });
      const [proof, subscription] = await Promise.all([
        verified ? ('proved' as const) : app.proofOf(request, orderNumber, session),
        sessionId && mayFollow(session, order) ? subscriptions.findForSession(orderNumber, sessionId) : null,
      ]);
      const disclosure = disclosureFor(proof, { tellsOwner });
      return {
        ...describeOrder(order, disclosure, app.catalogue.current(), app.now(), shop),
        subscription: subscription ? shownSubscription(subscription, order, disclosure) : undefined,
      };
    },
  );
};

export default orderStatus;

// The address of the order is not told, not even a part of it, to who only knows its number.
function shownSubscription({ channel, destination }: Subscription, order: Order, { address }: Disclosure) {
  const isHidden = !address && sameEmail(destination, order.email);
  return { channel, maskedDestination: isHidden ? HIDDEN : maskDestination(channel, destination) };
}

function readReference({ lookup = {}, ...flat }: OrderStatusRequest): OrderReference {
  const first = (...names: (keyof typeof lookup)[]) =>
    [lookup, flat].flatMap((fields) => names.map((name) => present(fields[name]))).find((text) => text);
  const orderNumber = first('orderNumber', 'orderId');
  const email = first('email');
  const postalCode = first('postalCode', 'zip');
  if (!orderNumber && !email)
    throw invalid('/orderNumber', 'Please give the order number, or the email and postal code of the order.');
  if (!orderNumber && !postalCode)
    throw invalid('/postalCode', 'Please give the postal code of the order along with the email.');
  return { orderNumber, email, postalCode };
}
