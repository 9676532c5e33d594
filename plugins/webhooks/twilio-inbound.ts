import type { FastifyPluginAsync } from 'fastify';
import type { FormFields } from '../../src/connectors/messaging/twilio-signature.js';
import { escapeHtml } from '../../src/connectors/templates/render.js';
import { type Asked, meaningOf } from '../../src/domain/order-updates/inbound-text.js';
import { type TwilioOptions, twilioFormReader } from './signatures.js';

interface TwilioInboundOptions extends TwilioOptions {
  /** What HELP is answered with. */
  help: string;
  /** Of our messages: what comes through another one of the account is not for us. */
  messagingServiceSid?: string | undefined;
}

const E164 = /^\+[1-9]\d{6,14}$/;

/** TwiML: twilio.com/docs/messaging/twiml. */
const twiml = (message?: string) =>
  `<?xml version="1.0" encoding="UTF-8"?><Response${message ? `><Message>${escapeHtml(message)}</Message></Response>` : '/>'}`;

/**
 * Text messages that customers send to our number. Twilio itself answers STOP and START; here they are honoured. HELP is answered unless
 * Twilio says that it has answered it (`OptOutType`: twilio.com/docs/messaging/tutorials/advanced-opt-out). All else is for the team.
 */
const twilioInbound: FastifyPluginAsync<TwilioInboundOptions> = async (app, options) => {
  const { subscriptions, texts } = app.repositories;
  const { help, messagingServiceSid } = options;
  const readForm = twilioFormReader(options);

  app.post('/internal/webhooks/twilio/inbound', { schema: { hide: true } }, async (request, reply) => {
    const fields = readForm(request);
    const field = (name: string) => textOf(fields[name]) ?? '';
    const [from, text, optOutType] = [field('From'), field('Body'), field('OptOutType')];
    const service = field('MessagingServiceSid');
    const isOurs = !messagingServiceSid || !service || service === messagingServiceSid;
    const asked = meaningOf(text, optOutType);
    // whoever has had enough is believed wherever they say it
    const isForUs = E164.test(from) && (isOurs || asked?.meaning === 'stop');
    if (isForUs && asked) await honour(asked, from);
    else if (isForUs) await passOn(from, text, field('NumMedia'), field('MessageSid'));
    const isHelp = isForUs && asked?.meaning === 'help' && !optOutType;
    return reply.type('text/xml; charset=utf-8').send(twiml(isHelp ? help : undefined));
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

  async function passOn(from: string, text: string, media: string, messageId: string): Promise<void> {
    const pictures = Number(media) > 0 ? `(with ${Number(media)} attachments: see the log of Twilio)` : '';
    const said = [text.trim(), pictures].filter(Boolean).join('\n');
    if (said && messageId) await texts.take(from, { messageId, text: said, at: app.now() });
  }
};

export default twilioInbound;

const textOf = (field: FormFields[string] | undefined): string | undefined => [field].flat()[0];
