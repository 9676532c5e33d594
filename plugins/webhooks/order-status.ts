import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { Static } from '@sinclair/typebox';
import { problems } from '../../schemas/problem.js';
import { OrderStatusChange, OrderStatusTaken, WebhookHeaders } from '../../schemas/webhooks.js';
import { newShopChange } from '../../src/domain/orders/new-shop-change.js';
import type { ShopChange } from '../../src/domain/orders/shop-change.js';
import { createDateReader, type DateReader, type Locality } from '../../src/lib/values/date.js';
import { present } from '../../src/lib/values/text.js';
import { ApiError, invalid } from '../../src/platform/http/errors.js';

export const BODY_LIMIT_BYTES = 64 * 1024;
/** What happens later than that has not happened: it would keep back all that does until then. */
const MAX_AHEAD_MS = 5 * 60_000;

const schema = {
  operationId: 'takeOrderStatus',
  summary: 'Tell of a change of an order',
  description:
    "For the shop's systems, signed as in Standard Webhooks beyond the bearer key. The order's timeline moves, and each of its subscribers gets a message, once: the same message, or the same change in another one, does nothing again. Changes may come in any order; the latest decides the status.",
  tags: ['Shop'],
  headers: WebhookHeaders,
  body: OrderStatusChange,
  response: {
    200: { ...OrderStatusTaken, description: 'It was told before.' },
    202: { ...OrderStatusTaken, description: 'It has been taken.' },
    ...problems('webhook.signature_invalid', 'order.not_found', 'webhook.not_configured'),
  },
};

/** The shop's orders move: told by its systems, not one of the widget's calls. */
const orderStatus: FastifyPluginAsyncTypebox<{ shop: Locality }> = async (app, { shop }) => {
  const readDate = createDateReader(shop);
  const { orders, shopChanges, subscriptions } = app.repositories;

  app.post(
    '/internal/webhooks/orders/status',
    { schema, config: { scope: 'webhooks' }, bodyLimit: BODY_LIMIT_BYTES },
    async (request, reply) => {
      const now = app.now();
      const facts = readFacts(request.body, now, readDate);
      const order = await orders.findByNumber(request.body.orderNumber);
      // not taken: the sender comes again, and by then the order may be there
      if (!order) throw new ApiError('order.not_found', 'There is no order with that number.');
      const { orderNumber } = order;
      const webhookId = request.headers['webhook-id'];
      const subscribers = await subscriptions.findLive(orderNumber);
      const change = newShopChange({ webhookId, orderNumber, ...facts }, subscribers, now);
      const { document, existing } = await shopChanges.accept(change);
      if (!existing) await app.outbox.runInline('orderChanges', document, { log: request.log });
      return reply.code(existing ? 200 : 202).send(toAnswer(document, existing));
    },
  );
};

export default orderStatus;

/** @throws 400 for a time that has not come */
export function requireHappened(at: Date, now: Date): void {
  if (at.getTime() > now.getTime() + MAX_AHEAD_MS) throw invalid('/at', 'This has not happened yet.');
}

function readFacts(body: OrderStatusChange, now: Date, readDate: DateReader) {
  const { status, label, carrier, tracking } = body;
  const at = readDate(body.at);
  if (at) requireHappened(at, now);
  return {
    status,
    at,
    label: present(label),
    carrier: present(carrier),
    trackingNumber: present(tracking),
    estimatedDelivery: readDate(body.eta),
  };
}

const toAnswer = (change: ShopChange, existing: boolean): Static<typeof OrderStatusTaken> => ({
  ok: true,
  changeId: change.changeId,
  orderNumber: change.orderNumber,
  status: change.status,
  at: change.at.toISOString(),
  notified: change.deliveries.filter(({ to }) => to === 'notifications').length,
  duplicate: existing || undefined,
});
