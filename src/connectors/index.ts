import type { Connector, Connectors } from './connector.js';
import { createAirtable } from './crm/airtable.js';
import { createZendesk } from './crm/zendesk.js';
import { createSmtp } from './email/smtp.js';
import { createBraze } from './messaging/braze.js';
import { createNotifications } from './messaging/notifications.js';
import { createTwilio } from './messaging/twilio.js';
import type { ConnectorSettings } from './settings.js';
import type { Sources } from './sources.js';
import { createSqs, createSqsOfEvents } from './webhooks/sqs.js';
import { createWebhook, createWebhookOfEvents } from './webhooks/webhook.js';

export { ConnectorEnvironment } from './environment.js';
export { type ConnectorSettings, connectorSettings } from './settings.js';

/** The connectors that are configured, by where they deliver to. */
export function createConnectors(settings: ConnectorSettings, sources: Sources = {}): Connectors {
  const { timeoutMs, zendesk, airtable, fulfilment, messages, shop } = settings;
  const email = settings.smtp && createSmtp(settings.smtp, { messages, shop, sources }, timeoutMs);
  const notifications = notificationsOf(settings, sources, email);
  const render = renderOf(settings);
  const analytics = analyticsOf(settings);
  return {
    ...(zendesk && { crm: createZendesk(zendesk, sources, timeoutMs) }),
    ...(airtable && { crm: createAirtable(airtable, sources, timeoutMs) }),
    ...(email && { email }),
    ...(notifications && { notifications }),
    ...(fulfilment && { fulfilment: createWebhook(fulfilment, timeoutMs) }),
    ...(render && { render }),
    ...(analytics && { analytics }),
  };
}

/** Whether anyone takes events: otherwise they are not owed. */
export const forwardsEvents = ({ analyticsWebhook, analyticsQueue }: ConnectorSettings): boolean =>
  analyticsWebhook !== undefined || analyticsQueue !== undefined;

function renderOf({ renderWebhook, renderQueue, timeoutMs }: ConnectorSettings): Connector | undefined {
  if (renderWebhook) return createWebhook(renderWebhook, timeoutMs);
  return renderQueue && createSqs(renderQueue, timeoutMs);
}

function analyticsOf(settings: ConnectorSettings): Connector | undefined {
  const { analyticsWebhook, analyticsQueue, timeoutMs } = settings;
  if (analyticsWebhook) return createWebhookOfEvents(analyticsWebhook, timeoutMs);
  return analyticsQueue && createSqsOfEvents(analyticsQueue, timeoutMs);
}

/** Braze takes both channels. Else text messages go through Twilio and emails through the mail server, as far as there is one. */
function notificationsOf(
  settings: ConnectorSettings,
  sources: Sources,
  email: Connector | undefined,
): Connector | undefined {
  const { messages, shop, timeoutMs } = settings;
  const braze = settings.braze && createBraze(settings.braze, timeoutMs);
  const sms = braze ?? (settings.twilio && createTwilio(settings.twilio, { messages, shop }, timeoutMs));
  const carriers = { sms, email: braze ?? email };
  return carriers.sms || carriers.email ? createNotifications(carriers, sources) : undefined;
}
