import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from '@sinclair/typebox';
import { readEmail } from '../../src/lib/values/email.js';
import { invalid } from '../../src/platform/http/errors.js';

const text = () => Type.Optional(Type.String({ maxLength: 320 }));

const schema = {
  hide: true,
  body: Type.Object({
    phone: text(),
    email: text(),
    subscription_state: Type.Union([Type.Literal('unsubscribed'), Type.Literal('subscribed')]),
  }),
} as const;

/**
 * Someone has left a subscription group in Braze, by STOP or by a link, or has come back to it: a webhook campaign of the shop's tells us
 * (docs/deliveries.md). Braze signs nothing, so that it is the bearer key that says who calls.
 */
const brazeSubscription: FastifyPluginAsyncTypebox = async (app) => {
  const { subscriptions } = app.repositories;

  app.post(
    '/internal/webhooks/braze/subscription',
    { schema, config: { scope: 'webhooks' } },
    async ({ body }) => {
      const at = app.now();
      const email = readEmail(body.email);
      // the plans of all countries are large: loaded with the first number
      const phone = body.phone && (await import('../../src/lib/values/phone.js')).readPhone(body.phone);
      if (!email && !phone) throw invalid('/phone', 'Give a telephone number or an email address.');
      if (body.subscription_state === 'subscribed') {
        if (phone) {
          await subscriptions.resume(phone, at);
          await app.suppressions.lift(phone);
        }
        return { ok: true };
      }
      if (phone) {
        await app.suppressions.suppress(phone, 'unsubscribed in Braze', at);
        await subscriptions.stop({ destination: phone, channel: 'sms' }, 'keyword', at);
      }
      if (email) await subscriptions.stop({ destination: email, channel: 'email' }, 'link', at);
      return { ok: true };
    },
  );
};

export default brazeSubscription;
