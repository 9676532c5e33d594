import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { problems } from '../../schemas/problem.js';
import { OrderUpdatesRequest, OrderUpdatesResponse } from '../../schemas/subscriptions.js';
import { ApiError, invalid } from '../../src/errors.js';
import type { Order } from '../../src/orders/order.js';
import { createOrdersRepository } from '../../src/orders/orders-repository.js';
import { maskDestination, toE164 } from '../../src/subscriptions/destination.js';
import { newSubscription } from '../../src/subscriptions/new-subscription.js';
import type { Channel } from '../../src/subscriptions/subscription.js';
import { createSubscriptionsRepository } from '../../src/subscriptions/subscriptions-repository.js';
import { present } from '../../src/text.js';
import { requestedOrder } from './requested-order.js';

const schema = {
  operationId: 'subscribeToOrder',
  summary: "Subscribe to an order's updates",
  description:
    'By email or SMS. Without a contact it is email to the address of the order. SMS needs a telephone number and `consent: true`. Subscribing again gives the same subscription.',
  tags: ['orders'],
  body: OrderUpdatesRequest,
  response: {
    200: { ...OrderUpdatesResponse, description: 'The subscription that there is already.' },
    201: { ...OrderUpdatesResponse, description: 'A new subscription.' },
    ...problems(404, 409, 422),
  },
};

/** CONCIERGE_ORDER_UPDATES_ENDPOINT */
const subscriptions: FastifyPluginAsyncTypebox = async (app) => {
  const repository = createSubscriptionsRepository(app.collections.widgetOrderSubscriptions);
  const orders = createOrdersRepository(app.collections.orders);
  const counted = { what: 'order_subscriptions', by: { field: 'channel', values: ['sms', 'email'] } };

  app.post(
    '/api/concierge/order-updates',
    {
      schema,
      config: {
        scope: 'subscriptions:write',
        idempotent: true,
        counted,
        event: { name: 'aurora_order_updates_subscribed', intent: 'order_updates' },
      },
    },
    async (request, reply) => {
      const { body } = request;
      const order = await requestedOrder(app, orders, request, body);
      const { channel, destination } = readContact(body, order);
      const consent = body.consent === true;
      if (channel === 'sms' && !consent)
        throw new ApiError('subscription.consent_required', 'Please agree to text messages first.', {
          errors: [{ path: '/consent', message: 'has to be true for sms' }],
        });
      const facts = {
        orderNumber: order.orderNumber,
        channel,
        destination,
        consent,
        sessionId: body.sessionId,
      };
      const known = channel === 'sms' ? await repository.find(facts) : null;
      if (channel === 'sms' && !known) await app.countAgainst(request, app.policies.smsOptIns(destination));
      const { document, existing } = await repository.open(newSubscription(facts, app.now()));
      const maskedDestination = maskDestination(channel, destination);
      return reply.code(existing ? 200 : 201).send({
        ok: true as const,
        subscriptionId: document.subscriptionId,
        channel,
        maskedDestination,
        message: `We will ${channel === 'sms' ? 'text' : 'write to'} ${maskedDestination} when order ${order.orderNumber} moves.`,
      });
    },
  );
};

export default subscriptions;

interface Contact {
  channel: Channel;
  destination: string;
}

interface ContactFields {
  channel?: Channel | '';
  value?: string;
  email?: string;
  phone?: string;
}

// A text, `{ channel, value }`, `{ channel, email, phone }`, or nothing: then the order's own address.
function readContact({ contact }: OrderUpdatesRequest, order: Order): Contact {
  const fields: ContactFields = typeof contact === 'string' ? { value: contact } : (contact ?? {});
  const [value, email, phone] = [present(fields.value), present(fields.email), present(fields.phone)];
  const isPhone = !email && (phone ?? (value && !value.includes('@')));
  const channel = fields.channel || (isPhone ? 'sms' : 'email');
  return channel === 'sms' ? readPhone(phone ?? value, order) : readEmail(email ?? value, order);
}

function readPhone(phone: string | undefined, order: Order): Contact {
  const destination = phone && toE164(phone, order.shipping.country);
  if (!destination)
    throw invalid(
      '/contact',
      'Please give a telephone number that can receive text messages, with its country code.',
    );
  return { channel: 'sms', destination };
}

function readEmail(email: string | undefined, order: Order): Contact {
  const destination = email ?? order.email;
  if (!destination || !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(destination))
    throw invalid('/contact', 'Please give an email address.');
  return { channel: 'email', destination: destination.toLowerCase() };
}
