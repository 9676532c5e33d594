import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyRequest } from 'fastify';
import { orDeclined } from '../../schemas/declined.js';
import { OrderUpdatesRequest, OrderUpdatesResponse } from '../../schemas/order-updates.js';
import { problems } from '../../schemas/problem.js';
import { readContact } from '../../src/domain/order-updates/contact.js';
import { newSubscription } from '../../src/domain/order-updates/new-subscription.js';
import { beginsAgain } from '../../src/domain/order-updates/repository.js';
import { HIDDEN, maskDestination, type Subscription } from '../../src/domain/order-updates/subscription.js';
import { mayAct, mayBeTold } from '../../src/domain/orders/proof.js';
import { sameEmail } from '../../src/lib/values/email.js';
import { present } from '../../src/lib/values/text.js';
import { ApiError, invalid } from '../../src/platform/http/errors.js';
import { declined } from '../core/declined.js';
import { requestedOrder } from './requested-order.js';

const schema = {
  operationId: 'subscribeToOrder',
  summary: "Subscribe to an order's updates",
  description:
    'By email or SMS. Without a contact it is email to the address of the order. SMS needs a telephone number and `consent: true`, or `phone` with `sms: true`; it is refused to a number that has texted STOP, and, where `SMS_DOUBLE_OPT_IN` is on, begins when the code that is sent is given back. Subscribing again gives the same subscription; one that has ended begins again. An address or a number that the order does not have is declined (`proof_required`) to who has not proved the order.',
  tags: ['Widget'],
  body: OrderUpdatesRequest,
  response: {
    200: orDeclined(OrderUpdatesResponse, 'The subscription that there is already; or why there is none.'),
    201: { ...OrderUpdatesResponse, description: 'A new subscription.' },
    ...problems('subscription.consent_required', 'order.not_found'),
  },
};

interface SubscriptionsOptions {
  /** Whether text messages begin with a code that the customer gives back. */
  doubleOptIn: boolean;
}

/** CONCIERGE_ORDER_UPDATES_ENDPOINT */
const orderUpdates: FastifyPluginAsyncTypebox<SubscriptionsOptions> = async (app, { doubleOptIn }) => {
  const { orders, subscriptions } = app.repositories;
  const counted = { what: 'order_subscriptions', by: { field: 'channel', values: ['sms', 'email'] } };

  app.post(
    '/api/concierge/order-updates',
    {
      schema,
      config: {
        scope: 'subscriptions:write',
        counted,
        event: { name: 'aurora_order_updates_subscribed', intent: 'order_updates' },
      },
    },
    async (request, reply) => {
      const { body } = request;
      const order = await requestedOrder(app, orders, request, body);
      const contact = await readContact(body, order);
      if ('path' in contact) throw invalid(contact.path, contact.message);
      const { channel, destination, isOfOrder, isAgreed: consent } = contact;
      const proof = await app.proofOf(request, order.orderNumber);
      // news of an order goes to its own address, and elsewhere only for who has shown that it is theirs
      const isOwn = isOfOrder || (channel === 'email' && sameEmail(destination, order.email));
      if (!isOwn && !mayAct(proof)) return declined(request, PROOF_REQUIRED);
      if (channel === 'sms' && !consent)
        throw new ApiError('subscription.consent_required', 'Please agree to text messages first.', {
          errors: [{ path: '/consent', message: 'has to be true for sms' }],
        });
      if (!isOwn && (await subscriptions.areTooMany(order.orderNumber, { channel, destination })))
        return declined(request, TOO_MANY);
      if (channel === 'sms' && (await app.suppressions.has(destination))) return declined(request, OPTED_OUT);
      const known = await subscriptions.find({ orderNumber: order.orderNumber, channel, destination });
      // who has ended it by the link in a mail is not written to because someone else knows the number
      if (known?.status === 'stopped' && !mayAct(proof)) return declined(request, PROOF_REQUIRED_AGAIN);
      // a subscription that there is already is told of nothing, and costs nothing
      if (!known || beginsAgain(known, app.now()))
        await countOptIn(request, { channel, destination, order: order.orderNumber }, proof === 'proved');
      const facts = {
        orderNumber: order.orderNumber,
        channel,
        destination,
        sessionId: body.sessionId,
        confirm: doubleOptIn && channel === 'sms',
        consent: {
          given: consent,
          requestId: request.id,
          wording: present(body.consentWording),
          wordingVersion: present(body.consentVersion),
        },
      };
      const [{ document, existing }] = await Promise.all([
        subscriptions.open(newSubscription(facts, app.now())),
        // an order's status asks for a session's subscription only where the session says that there may be one
        app.sessions.keep(body.sessionId, { followedOrder: order.orderNumber }),
      ]);
      // the address of an order is not told, not even a part of it, to who only knows its number
      const isSecret = isOfOrder && !mayBeTold(proof);
      return reply.code(existing ? 200 : 201).send(toAnswer(document, isSecret));
    },
  );

  async function countOptIn(
    request: FastifyRequest,
    { channel, ...subject }: Pick<Subscription, 'channel' | 'destination'> & { order: string },
    isProved: boolean,
  ): Promise<void> {
    const { emailOptIns, smsOptIns, smsBrake } = app.policies;
    if (channel === 'email') {
      if (!isProved) await app.countAgainst(request, emailOptIns, subject);
      return;
    }
    await app.countAgainst(request, smsOptIns, subject);
    // last, so that what is refused does not use it up
    await app.countAgainst(request, isProved ? smsBrake.proved : smsBrake.unproved);
  }
};

export default orderUpdates;

const PROOF_REQUIRED = {
  reason: 'proof_required',
  message:
    'So that only you hear of this order, please tell us its email and postal code first; or leave the address out, and we write to the one that the order has.',
};

const PROOF_REQUIRED_AGAIN = {
  reason: 'proof_required',
  message:
    'These updates have been ended before. So that only you begin them again, please tell us the email and postal code of the order first.',
};

const TOO_MANY = {
  reason: 'too_many_addresses',
  message: 'There are several addresses already that hear of this order. A stylist will gladly help.',
};

/** Whoever has opted out is not written to because someone has typed the number again. */
const OPTED_OUT = {
  reason: 'opted_out',
  message: 'This number has opted out of our text messages. Please text START to our number first.',
};

/** The subscription as the customer is shown it. */
export function toAnswer(
  { subscriptionId, orderNumber, channel, destination, status }: Subscription,
  isSecret = false,
) {
  const maskedDestination = isSecret ? HIDDEN : maskDestination(channel, destination);
  const place = isSecret ? 'the email address of the order' : maskedDestination;
  const message =
    status === 'pending'
      ? `We have sent a code to ${maskedDestination}. Please give it to us to get updates on order ${orderNumber}.`
      : `We will ${channel === 'sms' ? 'text' : 'write to'} ${place} when order ${orderNumber} moves.`;
  return { ok: true as const, subscriptionId, channel, status, maskedDestination, message };
}
