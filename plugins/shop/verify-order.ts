import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { orDeclined } from '../../schemas/declined.js';
import { VerifyOrderRequest, VerifyOrderResponse } from '../../schemas/verify-order.js';
import { CODE_HOURS } from '../../src/domain/orders/order-code.js';
import { askForCode, isCodeOfOrder } from '../../src/domain/orders/verify-order.js';
import { MIN_RANDOM_BITS } from '../../src/domain/sessions/unguessable.js';
import { present } from '../../src/lib/values/text.js';
import { invalid } from '../../src/platform/http/errors.js';
import { declined } from '../core/declined.js';
import { refuseGuessable } from '../core/sessions.js';

const schema = {
  operationId: 'verifyOrder',
  summary: 'Prove an order by a code',
  description: `In two steps. With an order number alone, a code is sent to the address that the order has, whatever the caller says; the answer is the same whether or not there is such an order. With the \`code\` as well, the order counts as proved in this session, as if its email and postal code had been given: then all of it may be told, and returned. A code can be given back for ${CODE_HOURS} hours; asked for again meanwhile, it is the same one. The session id has to have at least ${MIN_RANDOM_BITS} random bits, as a UUID of version 4 has.`,
  tags: ['Shop'],
  body: VerifyOrderRequest,
  response: {
    200: orDeclined(
      VerifyOrderResponse,
      'A code is on its way; or the order is proved; or it was another code.',
    ),
  },
};

/** For who knows the number of an order, and not the email and postal code that go with it; not one of the widget's nine calls. */
const verifyOrder: FastifyPluginAsyncTypebox = async (app) => {
  const { orders, orderCodes: codes } = app.repositories;
  const verifying = { codes, hashes: app.hashes, signing: app.proofSigning };
  const config = { scope: 'orders:read', limit: 'verify' } as const;

  app.post('/api/concierge/orders/verify', { schema, config }, async (request) => {
    const { sessionId, orderNumber, orderId, code } = request.body;
    refuseGuessable(sessionId);
    const typed = present(orderNumber) ?? present(orderId);
    if (!typed) throw invalid('/orderNumber', 'Please give the order number.');
    const now = app.now();
    const asked = { typed, order: await orders.findByNumber(typed) };
    const given = present(code);
    if (!given) {
      await askForCode(verifying, asked, now);
      return { ok: true as const, status: 'sent' as const, message: SENT };
    }
    const isRight = await isCodeOfOrder(verifying, asked, given, now);
    if (!isRight || !asked.order) return declined(request, WRONG);
    await app.sessions.keep(sessionId, {
      lastOrderNumber: asked.order.orderNumber,
      verifiedOrder: asked.order.orderNumber,
    });
    return { ok: true as const, status: 'verified' as const, message: VERIFIED };
  });
};

export default verifyOrder;

const SENT = `If we know this order, its email address has a code from us, which can be used for ${CODE_HOURS} hours. Please give it to us.`;
const VERIFIED = 'Thank you. We know now that this is your order.';
const WRONG = {
  reason: 'code_wrong',
  message:
    'That is not the code, or it cannot be used any more. Please look at the latest mail from us, or ask for a new code.',
};
