import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Order } from '../../src/domain/orders/order.js';
import type { OrdersRepository } from '../../src/domain/orders/repository.js';
import { present } from '../../src/lib/values/text.js';
import { ApiError, invalid } from '../../src/platform/http/errors.js';

interface NamedOrder {
  orderNumber?: string | number;
  orderId?: string | number;
}

/**
 * The order that a request means: the one it names, else the one that its session last looked up. The session remembers it.
 * @throws ApiError 400 when there is none to mean, 404 when it is not known, 429 after too many that were not.
 */
export async function requestedOrder(
  app: FastifyInstance,
  orders: OrdersRepository,
  request: FastifyRequest,
  { orderNumber, orderId }: NamedOrder,
): Promise<Order> {
  const { sessionId } = request;
  const typed =
    present(orderNumber) ??
    present(orderId) ??
    (sessionId && (await app.sessions.find(sessionId))?.lastOrderNumber);
  if (!typed) throw invalid('/orderNumber', 'Please give the order number.');
  const order = await app.lookUp(request, {
    asked: { order: typed },
    hasCode: false,
    find: () => orders.findByNumber(typed),
    numberOf: (found) => found.orderNumber,
  });
  if (!order) throw orderNotFound();
  if (sessionId) app.sessions.note(sessionId, { lastOrderNumber: order.orderNumber });
  return order;
}

/** The same for an unknown order and for a wrong email or postal code. */
export const orderNotFound = (): ApiError =>
  new ApiError(
    'order.not_found',
    'We could not find that order. Please check the number, or the email and postal code.',
  );
