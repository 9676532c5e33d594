import { createAirtable } from './airtable.js';
import { createBraze } from './braze.js';
import type { Connector, Connectors } from './connector.js';
import type { EmailSources } from './email-of.js';
import type { ConnectorSettings } from './settings.js';
import { createSmtp } from './smtp.js';
import { createSqs } from './sqs.js';
import { createTwilio } from './twilio.js';
import { createWebhook } from './webhook.js';
import { createZendesk } from './zendesk.js';

export { ConnectorEnvironment } from './environment.js';
export { type ConnectorSettings, connectorSettings } from './settings.js';

type AllConnectors = Connectors & { analytics?: Connector };

/** The connectors that are configured, by where they deliver to. */
export function createConnectors(settings: ConnectorSettings, sources: EmailSources = {}): AllConnectors {
  const { timeoutMs, zendesk, airtable, fulfilment, messages, shop } = settings;
  const email = settings.smtp && createSmtp(settings.smtp, { messages, shop, sources }, timeoutMs);
  const notifications = notificationsOf(settings, email);
  const render = serviceOf(settings.renderWebhook, settings.renderQueue, timeoutMs);
  const analytics = serviceOf(settings.analyticsWebhook, settings.analyticsQueue, timeoutMs);
  return {
    ...(zendesk && { crm: createZendesk(zendesk, timeoutMs) }),
    ...(airtable && { crm: createAirtable(airtable, timeoutMs) }),
    ...(email && { email }),
    ...(notifications && { notifications }),
    ...(fulfilment && { fulfilment: createWebhook(fulfilment, timeoutMs) }),
    ...(render && { render }),
    ...(analytics && { analytics }),
  };
}

function serviceOf(
  webhook: ConnectorSettings['renderWebhook'],
  queue: ConnectorSettings['renderQueue'],
  timeoutMs: number,
): Connector | undefined {
  if (webhook) return createWebhook(webhook, timeoutMs);
  return queue && createSqs(queue, timeoutMs);
}

/** Braze takes both channels. Else text messages go through Twilio and emails through the mail server, as far as there is one. */
function notificationsOf(settings: ConnectorSettings, email: Connector | undefined): Connector | undefined {
  const { braze, twilio, messages, shop, timeoutMs } = settings;
  if (braze) return createBraze(braze, timeoutMs);
  const sms = twilio && createTwilio(twilio, { messages, shop: shop.name }, timeoutMs);
  if (!sms && !email) return undefined;
  return {
    name: [sms, email].flatMap((connector) => connector?.name ?? []).join('+'),
    async deliver(message, signal) {
      const connector = message.document.channel === 'email' ? email : sms;
      if (connector) return connector.deliver(message, signal);
      return { outcome: 'rejected', reason: 'nothing is configured for this channel' };
    },
  };
}
