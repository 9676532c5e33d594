import { type Static, Type } from '@sinclair/typebox';
import { TEAM_KINDS } from '../connectors/team/team-channel.js';

const text = (description: string) => Type.Optional(Type.String({ description }));
const address = (description: string) =>
  Type.Optional(Type.String({ pattern: '^https?://\\S+$', description }));

const idOf = (what: string) =>
  Type.Optional(Type.Integer({ minimum: 1, description: `Id of the Zendesk ${what}.` }));

const webhook = (what: string) => address(`Address of the ${what} service, which gets signed webhooks.`);
const secret = (what: string) =>
  text(
    `Secret that webhooks to the ${what} service are signed with, \`whsec_\` and 24 to 64 bytes in base64; several, comma separated, while one is being replaced.`,
  );
const queue = (what: string) => address(`Amazon SQS queue of the ${what} service, instead of webhooks.`);

/** The settings of the connectors, to be spread into the schema of the environment. All but the timeout can be left out. */
export const VENDOR_VARIABLES = {
  CONNECTOR_TIMEOUT_MS: Type.Integer({
    default: 10_000,
    minimum: 100,
    maximum: 60_000,
    description: 'Longest time for one call to an outside service, in milliseconds.',
  }),

  WEBHOOK_TIMEOUT_MS: Type.Integer({
    default: 20_000,
    minimum: 100,
    maximum: 60_000,
    description:
      'Longest time for one call to a webhook of the shop, in milliseconds: it may do its work before it answers.',
  }),

  ZENDESK_SUBDOMAIN: Type.Optional(
    Type.String({
      pattern: '^[A-Za-z0-9][A-Za-z0-9-]*$',
      description: 'Stylist tickets go to this Zendesk, <subdomain>.zendesk.com.',
    }),
  ),
  ZENDESK_EMAIL: text('Email address of the Zendesk agent that the API token belongs to.'),
  ZENDESK_API_TOKEN: text('API token of Zendesk.'),
  ZENDESK_FIELDS: text(
    'Ids of custom fields of Zendesk tickets, such as `orderNumber=360001,phone=360002`; of ticketId, orderNumber, timePreference, creatorId, phone and dueAt.',
  ),
  ZENDESK_GROUP_ID: idOf('group that gets new tickets'),
  ZENDESK_BRAND_ID: idOf('brand of new tickets'),
  ZENDESK_FORM_ID: idOf('form of new tickets'),
  ZENDESK_TAGS: text('Tags of new tickets, comma separated, beside those of the service.'),
  ZENDESK_AGENTS: text(
    'Addresses of agents by the names that the staff call themselves on the dashboard, such as `Mia=mia@example.com`: a ticket is assigned, and solved, by an address.',
  ),
  ZENDESK_WEBHOOK_SECRET: text(
    'Signing secret of the Zendesk webhook that calls /internal/webhooks/zendesk; several, comma separated. Without one nothing is taken back from Zendesk.',
  ),
  ZENDESK_BASE_URL: address('Address of Zendesk, where it is not <subdomain>.zendesk.com.'),

  AIRTABLE_BASE_ID: text('Stylist tickets go to this Airtable base, `app…`.'),
  AIRTABLE_TABLE: text('Table in that base, by name or id.'),
  AIRTABLE_TOKEN: text(
    'Personal access token of Airtable, with data.records:write; for its webhook data.records:read and webhook:manage too.',
  ),
  AIRTABLE_WEBHOOK_SECRET: text(
    'MAC secret, in base64, of the Airtable webhook that calls /internal/webhooks/airtable; several, comma separated. The token then needs webhook:manage and data.records:read too.',
  ),
  AIRTABLE_API_URL: address('Address of the Airtable API, where it is not api.airtable.com.'),

  CRM_WEBHOOK_URL: address(
    'Stylist tickets go to this address as signed webhooks, for a CRM other than Zendesk and Airtable.',
  ),
  CRM_WEBHOOK_SECRET: secret('CRM'),

  TWILIO_ACCOUNT_SID: text('Text messages go through this Twilio account, `AC…`.'),
  TWILIO_AUTH_TOKEN: text(
    'Auth token of the Twilio account; two, comma separated, while one is being replaced: we sign in with the first, and Twilio may sign with either.',
  ),
  TWILIO_FROM: text('Number that text messages come from, in E.164 form.'),
  TWILIO_MESSAGING_SERVICE_SID: text('Twilio messaging service, `MG…`, instead of a number.'),
  TWILIO_BASE_URL: address('Address of the Twilio API, where it is not api.twilio.com.'),

  BRAZE_REST_URL: address(
    'Order updates go to this Braze REST endpoint, such as https://rest.iad-01.braze.com.',
  ),
  BRAZE_API_KEY: text('REST API key of Braze, with users.track, and transactional.send for the campaign.'),
  BRAZE_SMS_GROUP_ID: text('Braze subscription group for order updates by text message.'),
  BRAZE_EMAIL_GROUP_ID: text('Braze subscription group for order updates by email.'),
  BRAZE_TRANSACTIONAL_CAMPAIGN_ID: text(
    'Braze Transactional Email campaign that sends order updates by email; without one they are events of /users/track.',
  ),

  SMTP_URL: Type.Optional(
    Type.String({
      pattern: '^smtps?://\\S+$',
      description:
        'Emails go through this server: smtps://user:password@host, or smtp:// with STARTTLS. Special letters in the password are percent-encoded.',
    }),
  ),
  EMAIL_FROM: text('Sender of emails, such as `GlowGlitch <care@example.com>`.'),
  EMAIL_REPLY_TO: text('Where answers to emails go, if not to the sender.'),
  SES_TOPIC_ARN: text(
    'Amazon SNS topics, comma separated, by which SES reports deliveries, bounces and complaints; with it they are taken at /internal/webhooks/mail/ses.',
  ),
  POSTMARK_WEBHOOK_LOGIN: text(
    'Name and password, `name:password`, that Postmark reports with at /internal/webhooks/mail/postmark; at least 12 letters of password. Several, comma separated, while one is being replaced.',
  ),
  SENDGRID_WEBHOOK_KEY: text(
    'Verification key of the signed event webhook, with which SendGrid reports at /internal/webhooks/mail/sendgrid. Several, comma separated, while one is being replaced.',
  ),

  FULFILMENT_WEBHOOK_URL: webhook('fulfilment'),
  FULFILMENT_WEBHOOK_SECRET: secret('fulfilment'),
  RENDER_WEBHOOK_URL: webhook('render'),
  RENDER_WEBHOOK_SECRET: secret('render'),
  RENDER_SQS_QUEUE_URL: queue('render'),
  ANALYTICS_WEBHOOK_URL: webhook('analytics'),
  ANALYTICS_WEBHOOK_SECRET: secret('analytics'),
  ANALYTICS_SQS_QUEUE_URL: queue('analytics'),
  SQS_REGION: text('Region of the queues, where their address does not say it.'),
  SQS_ACCESS_KEY_ID: text(
    "Access key for the queues; left out, together with the secret, to use AWS's default credentials.",
  ),
  SQS_SECRET_ACCESS_KEY: text('Secret of that access key.'),

  CLOUDINARY_URL: text(
    'Images that may be shown are also delivered by this Cloudinary account, `cloudinary://<key>:<secret>@<cloud name>`.',
  ),
  CLOUDINARY_FOLDER: Type.String({
    default: 'concierge',
    pattern: '^[A-Za-z0-9_-]+(/[A-Za-z0-9_-]+)*$',
    description: 'Folder of that account.',
  }),
  CLOUDINARY_API_URL: address('Address of the Cloudinary API, where it is not api.cloudinary.com.'),

  TEAM_WEBHOOK_URL: address(
    'Incoming webhook of a channel of Slack or Teams, where the team hears of new tickets and of those that nobody has answered in time. The address is a secret.',
  ),
  TEAM_WEBHOOK_KIND: Type.Optional(
    Type.Union(
      TEAM_KINDS.map((kind) => Type.Literal(kind)),
      { description: 'slack or teams, where the address does not say it; others take the form of Slack.' },
    ),
  ),
  TEAM_NOTE_FIELDS: text(
    'What of a customer such a note says, comma separated: name, email, phone, orderNumber, notes. Nothing if left out.',
  ),

  ORDER_WEBHOOK_SECRET: text(
    'Secret that the shop signs its changes of orders with, in the same form; without one they are not taken. Several, comma separated, while one is being replaced.',
  ),

  MESSAGES_FILE: text('JSON file with messages to customers that replace ours, by kind.'),
  REPLIES_FILE: text('JSON file with the texts that the staff begin an answer with, in place of ours.'),
};

const Schema = Type.Object(VENDOR_VARIABLES);
export type ConnectorEnv = Static<typeof Schema>;
export type ConnectorVariable = keyof ConnectorEnv;
