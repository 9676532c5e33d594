import { type CloudinarySettings, readCloudinaryUrl } from '../connectors/assets/cloudinary.js';
import type { AirtableSettings } from '../connectors/crm/airtable.js';
import type { ZendeskSettings } from '../connectors/crm/zendesk.js';
import { ZENDESK_FIELDS } from '../connectors/crm/zendesk-payload.js';
import { readSmtpUrl, type SmtpSettings } from '../connectors/email/smtp.js';
import { problemWith } from '../connectors/http.js';
import type { ConnectorSettings } from '../connectors/index.js';
import type { BrazeSettings } from '../connectors/messaging/braze.js';
import type { TwilioSettings } from '../connectors/messaging/twilio.js';
import { type ReportSettings, TWILIO_STATUS_PATH } from '../connectors/reports/report.js';
import { readSendgridKey } from '../connectors/reports/sendgrid.js';
import { kindOf, NOTE_FIELDS, type NoteField } from '../connectors/team/team-channel.js';
import type { MessageShop } from '../connectors/templates/message-values.js';
import { readMessages } from '../connectors/templates/read-messages.js';
import { readReplyTemplates } from '../connectors/templates/reply-templates.js';
import { decodeSecret } from '../connectors/webhooks/signature.js';
import type { SqsSettings } from '../connectors/webhooks/sqs.js';
import { chosenVendors, type VendorName } from './chosen-vendors.js';
import { listOf } from './read-setting.js';
import type { ConnectorEnv, ConnectorVariable } from './vendor-variables.js';

/** What the shop says of itself, from the other settings of the service. */
interface ShopEnv {
  SHOP_NAME: string;
  SHOP_TIMEZONE: string;
  SHOP_LOCALE: string;
  RETURN_ADDRESS?: string | undefined;
  SHOP_URL?: string | undefined;
  PUBLIC_URL?: string | undefined;
}

/**
 * The settings of the vendors that the environment names. What is missing or wrong is added to the problems, each named by its
 * variable and without its value; with problems the settings are not to be used.
 */
export function readVendorSettings(env: ConnectorEnv & ShopEnv, problems: string[]): ConnectorSettings {
  const chosen = chosenVendors(env, problems);
  if (!env.SQS_ACCESS_KEY_ID !== !env.SQS_SECRET_ACCESS_KEY)
    problems.push('SQS_ACCESS_KEY_ID and SQS_SECRET_ACCESS_KEY go together: set both or neither');
  const read = <Name extends VendorName>(vendor: Name, settings: () => ConnectorSettings[Name]) =>
    chosen.has(vendor) ? { [vendor]: settings() } : {};
  const webhook = (url: ConnectorVariable, secret: ConnectorVariable) => () => ({
    url: addressIn(env, url, problems),
    keys: keysIn(env, secret, problems),
  });
  return {
    timeoutMs: env.CONNECTOR_TIMEOUT_MS,
    webhookTimeoutMs: env.WEBHOOK_TIMEOUT_MS,
    shop: shopOf(env),
    messages: readMessages(env.MESSAGES_FILE, problems),
    replyTemplates: readReplyTemplates(env.REPLIES_FILE, problems),
    ...(env.ORDER_WEBHOOK_SECRET && { orderWebhookKeys: keysIn(env, 'ORDER_WEBHOOK_SECRET', problems) }),
    reports: reportsOf(env, problems),
    ...read('zendesk', () => zendeskOf(env, problems)),
    ...read('airtable', () => airtableOf(env, problems)),
    ...read('crmWebhook', webhook('CRM_WEBHOOK_URL', 'CRM_WEBHOOK_SECRET')),
    ...read('twilio', () => twilioOf(env, problems)),
    ...read('braze', () => brazeOf(env, problems)),
    ...read('smtp', () => smtpOf(env, problems)),
    ...read('fulfilment', webhook('FULFILMENT_WEBHOOK_URL', 'FULFILMENT_WEBHOOK_SECRET')),
    ...read('renderWebhook', webhook('RENDER_WEBHOOK_URL', 'RENDER_WEBHOOK_SECRET')),
    ...read('renderQueue', () => queueOf(env, 'RENDER_SQS_QUEUE_URL', problems)),
    ...read('analyticsWebhook', webhook('ANALYTICS_WEBHOOK_URL', 'ANALYTICS_WEBHOOK_SECRET')),
    ...read('cloudinary', () => cloudinaryOf(env, problems)),
    ...read('team', () => {
      const url = addressIn(env, 'TEAM_WEBHOOK_URL', problems);
      return { url, kind: env.TEAM_WEBHOOK_KIND ?? kindOf(url) };
    }),
    teamNoteFields: noteFieldsIn(env.TEAM_NOTE_FIELDS, problems),
    ...read('analyticsQueue', () => queueOf(env, 'ANALYTICS_SQS_QUEUE_URL', problems)),
  };
}

const shopOf = (env: ConnectorEnv & ShopEnv): MessageShop => ({
  name: env.SHOP_NAME,
  timeZone: env.SHOP_TIMEZONE,
  locale: env.SHOP_LOCALE,
  returnAddress: listOf(env.RETURN_ADDRESS, ';'),
  contact: bareAddress(env.EMAIL_REPLY_TO) ?? bareAddress(env.EMAIL_FROM) ?? env.SHOP_URL ?? 'our website',
});

/** `GlowGlitch <care@example.com>` → `care@example.com` */
const bareAddress = (sender: string | undefined): string | undefined =>
  /[^\s<>@]+@[^\s<>@]+/.exec(sender ?? '')?.[0];

function zendeskOf(env: ConnectorEnv, problems: string[]): ZendeskSettings {
  const usual = `https://${env.ZENDESK_SUBDOMAIN}.zendesk.com`;
  return {
    baseUrl: baseIn(env, 'ZENDESK_BASE_URL', problems, usual),
    email: env.ZENDESK_EMAIL ?? '',
    apiToken: env.ZENDESK_API_TOKEN ?? '',
    webhookSecrets: listOf(env.ZENDESK_WEBHOOK_SECRET),
    fields: fieldsIn(env.ZENDESK_FIELDS, problems),
    groupId: env.ZENDESK_GROUP_ID,
    brandId: env.ZENDESK_BRAND_ID,
    formId: env.ZENDESK_FORM_ID,
    tags: listOf(env.ZENDESK_TAGS),
    agents: agentsIn(env.ZENDESK_AGENTS, problems),
  };
}

const airtableOf = (env: ConnectorEnv, problems: string[]): AirtableSettings => ({
  apiUrl: baseIn(env, 'AIRTABLE_API_URL', problems, 'https://api.airtable.com'),
  baseId: env.AIRTABLE_BASE_ID ?? '',
  table: env.AIRTABLE_TABLE ?? '',
  token: tokenIn(env, 'AIRTABLE_TOKEN', problems),
  webhookSecrets: listOf(env.AIRTABLE_WEBHOOK_SECRET),
});

const twilioOf = (env: ConnectorEnv & ShopEnv, problems: string[]): TwilioSettings => ({
  baseUrl: baseIn(env, 'TWILIO_BASE_URL', problems, 'https://api.twilio.com'),
  accountSid: env.TWILIO_ACCOUNT_SID ?? '',
  authToken: listOf(env.TWILIO_AUTH_TOKEN)[0] ?? '',
  from: env.TWILIO_FROM,
  messagingServiceSid: env.TWILIO_MESSAGING_SERVICE_SID,
  statusCallback: env.PUBLIC_URL?.startsWith('https:')
    ? `${env.PUBLIC_URL.replace(/\/+$/, '')}${TWILIO_STATUS_PATH}`
    : undefined,
});

function reportsOf(env: ConnectorEnv, problems: string[]): ReportSettings {
  const topics = listOf(env.SES_TOPIC_ARN);
  if (topics.some((arn) => !/^arn:aws(-[a-z]+)*:sns:[a-z0-9-]+:\d{12}:[\w.-]+$/.test(arn)))
    problems.push('SES_TOPIC_ARN is not valid: it is arn:aws:sns:<region>:<account>:<topic>');
  const sendgridKeys = listOf(env.SENDGRID_WEBHOOK_KEY).map(readSendgridKey);
  if (sendgridKeys.includes(undefined))
    problems.push('SENDGRID_WEBHOOK_KEY is not valid: it is the verification key as SendGrid shows it');
  const postmarkLogins = listOf(env.POSTMARK_WEBHOOK_LOGIN);
  if (postmarkLogins.some((login) => !/^[^:\s]+:\S{12,}$/.test(login)))
    problems.push('POSTMARK_WEBHOOK_LOGIN is not valid: it is name:password, with 12 letters or more');
  return { sesTopics: topics, postmarkLogins, sendgridKeys: sendgridKeys.flatMap((key) => key ?? []) };
}

const brazeOf = (env: ConnectorEnv, problems: string[]): BrazeSettings => ({
  restUrl: baseIn(env, 'BRAZE_REST_URL', problems),
  apiKey: tokenIn(env, 'BRAZE_API_KEY', problems),
  groups: {
    sms: env.BRAZE_SMS_GROUP_ID,
    email: env.BRAZE_EMAIL_GROUP_ID,
  },
  transactionalCampaign: env.BRAZE_TRANSACTIONAL_CAMPAIGN_ID,
});

function smtpOf(env: ConnectorEnv, problems: string[]): SmtpSettings {
  const from = env.EMAIL_FROM ?? '';
  if (!/^[^@\r\n,]+@[^@\r\n,]+$/.test(from))
    problems.push('EMAIL_FROM is not valid: it is one email address');
  const replyTo = env.EMAIL_REPLY_TO;
  return { ...readSmtpUrl(env.SMTP_URL ?? '', problems), from, replyTo };
}

function queueOf(env: ConnectorEnv, name: ConnectorVariable, problems: string[]): SqsSettings {
  const queueUrl = addressIn(env, name, problems);
  const [accessKeyId, secretAccessKey] = [env.SQS_ACCESS_KEY_ID, env.SQS_SECRET_ACCESS_KEY];
  const region =
    /^https:\/\/sqs\.([a-z0-9-]+)\.amazonaws\.com(\.cn)?\//.exec(queueUrl)?.[1] ?? env.SQS_REGION;
  if (!region) problems.push(`SQS_REGION is missing: ${name} does not say in which region it is`);
  const credentials = accessKeyId && secretAccessKey ? { accessKeyId, secretAccessKey } : undefined;
  return { queueUrl, region: region ?? '', credentials };
}

function addressIn(env: ConnectorEnv, name: ConnectorVariable, problems: string[], usual = ''): string {
  const address = String(env[name] ?? usual);
  const problem = problemWith(address);
  if (problem) problems.push(`${name} is not valid: ${problem}`);
  return address;
}

/** An address that paths are added to. */
const baseIn = (...given: Parameters<typeof addressIn>): string => addressIn(...given).replace(/\/+$/, '');

// It becomes a header, which not every letter can be part of.
function tokenIn(env: ConnectorEnv, name: ConnectorVariable, problems: string[]): string {
  const token = String(env[name] ?? '');
  if (!/^[\x21-\x7e]+$/.test(token)) problems.push(`${name} is not valid: it has letters that no token has`);
  return token;
}

const keysIn = (env: ConnectorEnv, name: ConnectorVariable, problems: string[]): Buffer[] =>
  signingKeys(name, env[name] as string | undefined, problems);

/** The keys of webhooks: one secret, or several while one is being replaced. */
function signingKeys(name: string, secrets: string | undefined, problems: string[]): Buffer[] {
  const keys = listOf(secrets).map(decodeSecret);
  const usable = keys.filter((key) => key !== undefined);
  if (usable.length === 0 || usable.length < keys.length)
    problems.push(`${name} is not valid: a secret is whsec_ and 24 to 64 bytes in base64`);
  return usable;
}

function fieldsIn(text: string | undefined, problems: string[]): ZendeskSettings['fields'] {
  const pairs = listOf(text).map((part) => /^(\w+)\s*=\s*(\d{1,15})$/.exec(part) ?? []);
  const known = pairs.flatMap(([, name, id]) =>
    ZENDESK_FIELDS.some((field) => field === name) ? [[name, Number(id)]] : [],
  );
  if (known.length < pairs.length)
    problems.push(
      `ZENDESK_FIELDS is not valid: it is a list such as orderNumber=360001, of ${ZENDESK_FIELDS.join(', ')}`,
    );
  return Object.fromEntries(known);
}

function agentsIn(text: string | undefined, problems: string[]): Record<string, string> {
  const pairs = listOf(text).map((part) => /^([^=]*[^=\s])\s*=\s*([^\s@=]+@[^\s@=]+)$/.exec(part) ?? []);
  if (pairs.some(([all]) => all === undefined))
    problems.push('ZENDESK_AGENTS is not valid: it is a list such as Mia=mia@example.com');
  return Object.fromEntries(pairs.map(([, name = '', email = '']) => [name, email]));
}

function noteFieldsIn(text: string | undefined, problems: string[]): NoteField[] {
  const given = listOf(text);
  const known = NOTE_FIELDS.filter((field) => given.includes(field));
  if (known.length < given.length)
    problems.push(`TEAM_NOTE_FIELDS is not valid: it is a list of ${NOTE_FIELDS.join(', ')}`);
  return known;
}

function cloudinaryOf(env: ConnectorEnv, problems: string[]): CloudinarySettings {
  const account = readCloudinaryUrl(env.CLOUDINARY_URL ?? '');
  if (!account) problems.push('CLOUDINARY_URL is not valid: it is cloudinary://<key>:<secret>@<cloud name>');
  return {
    cloudName: '',
    apiKey: '',
    apiSecret: '',
    ...account,
    apiUrl: baseIn(env, 'CLOUDINARY_API_URL', problems, 'https://api.cloudinary.com'),
    folder: env.CLOUDINARY_FOLDER,
  };
}
