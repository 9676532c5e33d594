import type { FastifyPluginAsync } from 'fastify';
import { type Asked, type FormFields, meaningOf } from '../../src/domain/order-updates/inbound-text.js';
import { type TwilioOptions, twilioFormReader } from './twilio-signature.js';

const NO_ANSWER = '<?xml version="1.0" encoding="UTF-8"?><Response/>';
const E164 = /^\+[1-9]\d{6,14}$/;

/** Text messages that customers send to our number. Twilio answers STOP, START and HELP itself; here they are honoured. */
const twilioInbound: FastifyPluginAsync<TwilioOptions> = async (app, options) => {
  const { subscriptions } = app.repositories;
  const readForm = twilioFormReader(options);

  app.post('/internal/webhooks/twilio/inbound', { schema: { hide: true } }, async (request, reply) => {
    const fields = readForm(request);
    const [from, body, optOutType] = ['From', 'Body', 'OptOutType'].map((name) => textOf(fields[name]));
    const asked = meaningOf(body ?? '', optOutType);
    if (asked && from && E164.test(from)) await honour(asked, from);
    return reply.type('text/xml; charset=utf-8').send(NO_ANSWER);
  });

  // What keeps messages from being sent comes first: whatever fails afterwards, there is none.
  async function honour({ meaning, word }: Asked, from: string) {
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

const textOf = (field: FormFields[string] | undefined): string | undefined => [field].flat()[0];
