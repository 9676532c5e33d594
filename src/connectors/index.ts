import { type AssetHost, type CloudinarySettings, createCloudinary } from './assets/cloudinary.js';
import { type AirtableSettings, createAirtable } from './crm/airtable.js';
import type { Crm } from './crm/crm-case.js';
import { createCrmWebhook } from './crm/crm-webhook.js';
import { airtableEraser, zendeskEraser } from './crm/erase-case.js';
import { createZendesk, type ZendeskSettings } from './crm/zendesk.js';
import { createEmailCarrier, type Mailer } from './email/email.js';
import { createSmtp, type SmtpSettings } from './email/smtp.js';
import { type BrazeSettings, createBraze } from './messaging/braze.js';
import type { Carrier, Carriers } from './messaging/notice.js';
import { createTwilio, type TwilioSettings } from './messaging/twilio.js';
import { createUnsent, type Unsent } from './preview.js';
import { type ReportSettings, withReports } from './reports/report.js';
import {
  createTeamChannel,
  type NoteField,
  type TeamChannel,
  type TeamSettings,
} from './team/team-channel.js';
import type { Messages } from './templates/message-texts.js';
import type { MessageShop } from './templates/message-values.js';
import type { ReplyTemplate } from './templates/reply-templates.js';
import type { EventReceiver } from './webhooks/event.js';
import { createSqs, createSqsOfEvents, type SqsSettings } from './webhooks/sqs.js';
import { createWebhook, createWebhookOfEvents, type WebhookSettings } from './webhooks/webhook.js';

/** What each vendor that is configured needs to be reached. */
export interface ConnectorSettings {
  timeoutMs: number;
  /** For webhooks; the same as for all others where it is not given. */
  webhookTimeoutMs?: number;
  shop: MessageShop;
  messages: Messages;
  /** What the staff begin an answer with. */
  replyTemplates?: ReplyTemplate[];
  /** What the shop signs its own webhooks with; none when it tells us nothing. */
  orderWebhookKeys?: Buffer[];
  zendesk?: ZendeskSettings;
  airtable?: AirtableSettings;
  crmWebhook?: WebhookSettings;
  twilio?: TwilioSettings;
  braze?: BrazeSettings;
  smtp?: SmtpSettings;
  /** Who tells us what became of messages. */
  reports?: ReportSettings;
  fulfilment?: WebhookSettings;
  renderWebhook?: WebhookSettings;
  renderQueue?: SqsSettings;
  analyticsWebhook?: WebhookSettings;
  analyticsQueue?: SqsSettings;
  team?: TeamSettings;
  cloudinary?: CloudinarySettings;
  /** What of a customer a note to the team may say. */
  teamNoteFields?: readonly NoteField[];
  /** In development: is given what would have been sent where no vendor is configured. */
  keepUnsent?: (unsent: Unsent) => void;
}

/** The services outside, by where deliveries go. */
interface OutsideConnectors {
  crm?: Crm;
  email?: Mailer;
  notifications?: Carriers;
  fulfilment?: EventReceiver;
  render?: EventReceiver;
  analytics?: EventReceiver;
  team?: TeamChannel;
  assets?: AssetHost;
}

/** The connectors that are configured. Mail goes to no address that is suppressed. */
export function createConnectors(
  settings: ConnectorSettings,
  isSuppressed?: (email: string) => Promise<boolean>,
): OutsideConnectors {
  const { timeoutMs, zendesk, airtable, crmWebhook, fulfilment, smtp, keepUnsent } = settings;
  const unsent = keepUnsent && createUnsent(keepUnsent, settings);
  const email = smtp
    ? withReports(createSmtp(smtp, timeoutMs), settings.reports, isSuppressed)
    : unsent?.email;
  const notifications = carriersOf(settings, email, unsent?.sms);
  const render = renderOf(settings);
  const analytics = analyticsOf(settings);
  return {
    ...(unsent && { crm: unsent.crm, fulfilment: unsent.fulfilment, render: unsent.render }),
    ...(zendesk && {
      crm: { ...createZendesk(zendesk, timeoutMs), erase: zendeskEraser(zendesk, timeoutMs) },
    }),
    ...(airtable && {
      crm: { ...createAirtable(airtable, timeoutMs), erase: airtableEraser(airtable, timeoutMs) },
    }),
    ...(crmWebhook && { crm: createCrmWebhook(crmWebhook, webhookTimeout(settings)) }),
    ...(email && { email }),
    ...(notifications && { notifications }),
    ...(fulfilment && { fulfilment: createWebhook(fulfilment, webhookTimeout(settings)) }),
    ...(render && { render }),
    ...(analytics && { analytics }),
    ...(settings.cloudinary && { assets: createCloudinary(settings.cloudinary, timeoutMs) }),
    ...(settings.team && { team: createTeamChannel(settings.team, timeoutMs) }),
  };
}

const webhookTimeout = ({ webhookTimeoutMs, timeoutMs }: ConnectorSettings): number =>
  webhookTimeoutMs ?? timeoutMs;

/** Whether anyone takes events: otherwise they are not enqueued. */
export const forwardsEvents = ({ analyticsWebhook, analyticsQueue }: ConnectorSettings): boolean =>
  analyticsWebhook !== undefined || analyticsQueue !== undefined;

function renderOf(settings: ConnectorSettings): EventReceiver | undefined {
  const { renderWebhook, renderQueue, timeoutMs } = settings;
  if (renderWebhook) return createWebhook(renderWebhook, webhookTimeout(settings));
  return renderQueue && createSqs(renderQueue, timeoutMs);
}

function analyticsOf(settings: ConnectorSettings): EventReceiver | undefined {
  const { analyticsWebhook, analyticsQueue, timeoutMs } = settings;
  if (analyticsWebhook) return createWebhookOfEvents(analyticsWebhook, webhookTimeout(settings));
  return analyticsQueue && createSqsOfEvents(analyticsQueue, timeoutMs);
}

/** Braze takes both channels. Else text messages go through Twilio and emails through the mail server, as far as there is one. */
function carriersOf(
  settings: ConnectorSettings,
  mailer: Mailer | undefined,
  unsent: Carrier | undefined,
): Carriers | undefined {
  const { timeoutMs } = settings;
  const braze = settings.braze && createBraze(settings.braze, timeoutMs);
  const sms = braze ?? (settings.twilio ? createTwilio(settings.twilio, settings, timeoutMs) : unsent);
  const email = braze ?? (mailer && createEmailCarrier(mailer, settings));
  // one and the same when a vendor takes both channels
  const names = [...new Set([sms, email])].flatMap((carrier) => carrier?.name ?? []);
  return names.length > 0 ? { name: names.join('+'), sms, email } : undefined;
}
