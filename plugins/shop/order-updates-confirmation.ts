import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { orDeclined } from '../../schemas/declined.js';
import { ConfirmRequest, OrderUpdatesResponse } from '../../schemas/order-updates.js';
import { problems } from '../../schemas/problem.js';
import { ApiError } from '../../src/platform/http/errors.js';
import { declined } from '../core/declined.js';
import { toAnswer } from '../endpoints/order-updates.js';

const schema = {
  operationId: 'confirmOrderUpdates',
  summary: 'Confirm text messages by the code that was sent',
  description:
    'Only where `SMS_DOUBLE_OPT_IN` is on: a subscription by SMS is then `pending` until its code is given, within ten minutes and five attempts. Subscribing again sends a new code once the old one cannot be given any more.',
  tags: ['Shop'],
  body: ConfirmRequest,
  response: {
    200: orDeclined(OrderUpdatesResponse, 'The subscription is active; or why it is not.'),
    ...problems('subscription.not_found'),
  },
};

const orderUpdatesConfirmation: FastifyPluginAsyncTypebox = async (app) => {
  const { subscriptions } = app.repositories;
  const config = {
    scope: 'subscriptions:write',
    idempotent: true,
  } as const;

  app.post('/api/concierge/order-updates/confirm', { schema, config }, async (request) => {
    const { subscriptionId, sessionId, code } = request.body;
    const now = app.now();
    const pending = await subscriptions.countAttempt(subscriptionId, sessionId, now);
    if (!pending) {
      const there = await subscriptions.findOfSession(subscriptionId, sessionId);
      // a double click
      if (there?.status === 'active') return toAnswer(there);
      if (!there) throw new ApiError('subscription.not_found', 'There is no such subscription.');
      return declined(request, {
        reason: 'code_expired',
        message: 'The code cannot be used any more. Please ask for updates again, and we send a new one.',
      });
    }
    if (!app.signing.isCodeOf(pending.confirmation?.nonce ?? '', code.trim()))
      return declined(request, { reason: 'code_wrong', message: 'That is not the code that we have sent.' });
    await subscriptions.confirm(pending, now);
    return toAnswer({ ...pending, status: 'active' });
  });
};

export default orderUpdatesConfirmation;
