import type { ConnectorEnv, ConnectorVariable } from './vendor-variables.js';

type VendorPurpose =
  | 'crm'
  | 'notifications'
  | 'email'
  | 'fulfilment'
  | 'render'
  | 'analytics'
  | 'team'
  | 'assets';

interface Vendor {
  name: string;
  to: VendorPurpose;
  /** The variables without which it cannot be; of several, one is enough. */
  needs: readonly (ConnectorVariable | readonly ConnectorVariable[])[];
  /** Those that it can be without. */
  may?: readonly ConnectorVariable[];
}

const VENDORS = {
  zendesk: {
    name: 'Zendesk',
    to: 'crm',
    needs: [['ZENDESK_SUBDOMAIN', 'ZENDESK_BASE_URL'], 'ZENDESK_EMAIL', 'ZENDESK_API_TOKEN'],
    may: [
      'ZENDESK_FIELDS',
      'ZENDESK_GROUP_ID',
      'ZENDESK_BRAND_ID',
      'ZENDESK_FORM_ID',
      'ZENDESK_TAGS',
      'ZENDESK_AGENTS',
      'ZENDESK_WEBHOOK_SECRET',
    ],
  },
  airtable: {
    name: 'Airtable',
    to: 'crm',
    needs: ['AIRTABLE_BASE_ID', 'AIRTABLE_TABLE', 'AIRTABLE_TOKEN'],
    may: ['AIRTABLE_API_URL', 'AIRTABLE_WEBHOOK_SECRET'],
  },
  crmWebhook: {
    name: 'the CRM webhook',
    to: 'crm',
    needs: ['CRM_WEBHOOK_URL', 'CRM_WEBHOOK_SECRET'],
  },
  twilio: {
    name: 'Twilio',
    to: 'notifications',
    needs: ['TWILIO_ACCOUNT_SID', 'TWILIO_AUTH_TOKEN', ['TWILIO_FROM', 'TWILIO_MESSAGING_SERVICE_SID']],
    may: ['TWILIO_BASE_URL'],
  },
  braze: {
    name: 'Braze',
    to: 'notifications',
    needs: ['BRAZE_REST_URL', 'BRAZE_API_KEY'],
    may: ['BRAZE_SMS_GROUP_ID', 'BRAZE_EMAIL_GROUP_ID', 'BRAZE_TRANSACTIONAL_CAMPAIGN_ID'],
  },
  smtp: { name: 'SMTP', to: 'email', needs: ['SMTP_URL', 'EMAIL_FROM'], may: ['EMAIL_REPLY_TO'] },
  fulfilment: {
    name: 'the fulfilment webhook',
    to: 'fulfilment',
    needs: ['FULFILMENT_WEBHOOK_URL', 'FULFILMENT_WEBHOOK_SECRET'],
  },
  renderWebhook: {
    name: 'the render webhook',
    to: 'render',
    needs: ['RENDER_WEBHOOK_URL', 'RENDER_WEBHOOK_SECRET'],
  },
  renderQueue: { name: 'the render queue', to: 'render', needs: ['RENDER_SQS_QUEUE_URL'] },
  analyticsWebhook: {
    name: 'the analytics webhook',
    to: 'analytics',
    needs: ['ANALYTICS_WEBHOOK_URL', 'ANALYTICS_WEBHOOK_SECRET'],
  },
  analyticsQueue: { name: 'the analytics queue', to: 'analytics', needs: ['ANALYTICS_SQS_QUEUE_URL'] },
  cloudinary: {
    name: 'Cloudinary',
    to: 'assets',
    needs: ['CLOUDINARY_URL'],
    may: ['CLOUDINARY_API_URL'],
  },
  team: {
    name: 'the channel of the team',
    to: 'team',
    needs: ['TEAM_WEBHOOK_URL'],
    may: ['TEAM_WEBHOOK_KIND', 'TEAM_NOTE_FIELDS'],
  },
} as const satisfies Record<string, Vendor>;

export type VendorName = keyof typeof VENDORS;

/** The vendors that the environment names. One that it names in part, and two for the same place, are problems. */
export function chosenVendors(env: ConnectorEnv, problems: string[]): Set<VendorName> {
  const chosen = new Set<VendorName>();
  const taken = new Map<VendorPurpose, ConnectorVariable>();
  for (const [key, vendor] of Object.entries(VENDORS) as [VendorName, Vendor][]) {
    const [first] = givenOf(vendor, env);
    if (!first) continue;
    const rival = taken.get(vendor.to);
    if (rival)
      problems.push(`${rival} and ${first} cannot both be set: ${vendor.to} has one vendor at a time`);
    taken.set(vendor.to, first);
    const lacking = problemsOf(vendor, env, first);
    problems.push(...lacking);
    if (lacking.length === 0 && !rival) chosen.add(key);
  }
  return chosen;
}

const givenOf = ({ needs, may = [] }: Vendor, env: ConnectorEnv): ConnectorVariable[] =>
  [...needs.flat(), ...may].filter((name) => env[name] !== undefined);

function problemsOf({ name, needs }: Vendor, env: ConnectorEnv, first: ConnectorVariable): string[] {
  const missing = needs.map((need) => [need].flat()).filter((names) => !names.some((one) => env[one]));
  return missing.map((names) => `${names.join(' or ')} is missing: ${name} needs it, and ${first} is set`);
}
