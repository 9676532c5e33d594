import type { FastifyPluginAsync, FastifyRequest } from 'fastify';
import { isFromTwilio, meaningOf } from '../../src/domain/order-updates/inbound-text.js';
import { ApiError } from '../../src/platform/http/errors.js';

export interface TwilioInboundOptions {
  authToken: string;
  /** Under which Twilio reaches the service. */
  publicUrl: string;
}

const NO_ANSWER = '<?xml version="1.0" encoding="UTF-8"?><Response/>';
const E164 = /^\+[1-9]\d{6,14}$/;

/** Text messages that customers send to our number. Twilio answers STOP, START and HELP itself; here they are honoured. */
const twilioInbound: FastifyPluginAsync<TwilioInboundOptions> = async (app, { authToken, publicUrl }) => {
  const { subscriptions } = app.repositories;

  app.post('/internal/webhooks/twilio/inbound', { schema: { hide: true } }, async (request, reply) => {
    const { From = '', Body = '' } = verified(request);
    const asked = meaningOf(Body);
    if (asked && E164.test(From)) await honour(asked, From);
    return reply.type('text/xml; charset=utf-8').send(NO_ANSWER);
  });

  function verified(request: FastifyRequest): Record<string, string> {
    const fields = (request.body ?? {}) as Record<string, string>;
    const signature = request.headers['x-twilio-signature'];
    const url = `${publicUrl.replace(/\/+$/, '')}${request.url}`;
    if (typeof signature === 'string' && isFromTwilio(authToken, url, fields, signature)) return fields;
    throw new ApiError('webhook.signature_invalid', 'The signature is not that of the sender.');
  }

  // What keeps messages from being sent comes first: whatever fails afterwards, there is none.
  async function honour({ meaning, word }: NonNullable<ReturnType<typeof meaningOf>>, from: string) {
    const at = app.now();
    if (meaning === 'stop') {
      await app.suppressions.suppress(from, word, at);
      await subscriptions.stop({ destination: from }, 'keyword', at);
    } else if (meaning === 'start') {
      await subscriptions.resume(from, at);
      await app.suppressions.lift(from);
    }
  }
};

export default twilioInbound;
