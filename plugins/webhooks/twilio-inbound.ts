import type { FastifyPluginAsync } from 'fastify';
import type { FormFields } from '../../src/connectors/messaging/twilio-signature.js';
import { escapeHtml } from '../../src/connectors/templates/render.js';
import { takeInboundText } from '../../src/domain/order-updates/take-inbound-text.js';
import { type TwilioOptions, twilioFormReader } from './signatures.js';

interface TwilioInboundOptions extends TwilioOptions {
  /** What HELP is answered with. */
  help: string;
  /** Of our messages: what comes through another one of the account is not for us. */
  messagingServiceSid?: string | undefined;
}

/** TwiML: twilio.com/docs/messaging/twiml. */
const twiml = (message?: string) =>
  `<?xml version="1.0" encoding="UTF-8"?><Response${message ? `><Message>${escapeHtml(message)}</Message></Response>` : '/>'}`;

/**
 * Text messages that customers send to our number. Twilio itself answers STOP and START; here they are honoured. HELP is answered unless
 * Twilio says that it has answered it (`OptOutType`: twilio.com/docs/messaging/tutorials/advanced-opt-out). All else is for the team.
 */
const twilioInbound: FastifyPluginAsync<TwilioInboundOptions> = async (app, options) => {
  const { help, messagingServiceSid } = options;
  const readForm = twilioFormReader(options);

  app.post('/internal/webhooks/twilio/inbound', { schema: { hide: true } }, async (request, reply) => {
    const fields = readForm(request);
    const field = (name: string) => textOf(fields[name]) ?? '';
    const optOutType = field('OptOutType');
    const service = field('MessagingServiceSid');
    const asked = await takeInboundText(
      {
        from: field('From'),
        text: field('Body'),
        messageId: field('MessageSid'),
        attachments: Number(field('NumMedia')),
        optOutType,
        isOurs: !messagingServiceSid || !service || service === messagingServiceSid,
      },
      app,
    );
    return reply
      .type('text/xml; charset=utf-8')
      .send(twiml(asked === 'help' && !optOutType ? help : undefined));
  });
};

export default twilioInbound;

const textOf = (field: FormFields[string] | undefined): string | undefined => [field].flat()[0];
