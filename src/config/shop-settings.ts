import { Type } from '@sinclair/typebox';
import { readSynonyms } from '../domain/catalog/synonyms.js';
import { parseQuietHours } from '../domain/order-updates/quiet-hours.js';
import { ORDERS_PROOFS } from '../domain/orders/proof.js';
import { parseStudioHours } from '../domain/stylist/studio-hours.js';
import { flag, listOf, type Values } from './read-setting.js';

/** The shop and its rules. */
export const Shop = {
  SHOP_NAME: Type.String({
    default: 'GlowGlitch',
    description: 'Name of the shop, for what customers read.',
  }),
  SHOP_URL: Type.Optional(
    Type.String({
      pattern: '^https?://',
      description:
        "Address of the shop's site, such as `https://shop.example`: goes in front of pictures whose address is relative (`/images/ring.jpg`). Left out, they stay as they are.",
    }),
  ),
  SHOP_TIMEZONE: Type.String({
    default: 'America/New_York',
    description: 'IANA time zone in which dates are shown to customers.',
  }),
  SHOP_LOCALE: Type.String({
    default: 'en-US',
    description: 'Language and region in which dates are shown to customers.',
  }),
  SHOP_CURRENCY: Type.String({
    default: 'USD',
    pattern: '^[A-Z]{3}$',
    description:
      'Currency of a piece that names none, and the only one in which prices are compared: a piece in another is shown, whatever its number.',
  }),
  SYNONYMS_FILE: Type.Optional(
    Type.String({
      description:
        'JSON file with the synonyms of the search, in place of those in src/domain/catalog/synonyms.ts.',
    }),
  ),

  ORDER_NUMBER_PREFIX: Type.Optional(
    Type.String({
      pattern: '^[A-Za-z#]{1,12}-?$',
      description:
        'What stands in front of every order number, such as GG-: a customer who types the digits alone is understood.',
    }),
  ),
  ORDER_STATUS_TELLS_OWNER: flag(
    false,
    "Whether the status of an order names its customer's email address also to a caller that has only given the order's number. The address is personal data, and numbers can be guessed: switch it on only when the shop's own route compares the address with the login and takes `customerEmail` out of what it passes on to a browser. Without it, the address is told to who has proved the order.",
  ),
  ORDERS_PROOF: Type.Optional(
    Type.Union(
      ORDERS_PROOFS.map((proof) => Type.Literal(proof)),
      {
        description:
          'required: an order is changed for who has proved it, by its email and postal code or by a code that is sent to its address; trusted: the routes of the shop have checked who asks, and an order number is enough. Left out, it is required, but trusted under `npm run dev`.',
      },
    ),
  ),
  RETURN_WINDOW_DAYS: Type.Integer({
    default: 30,
    minimum: 0,
    description: 'Days after delivery within which a piece can be returned.',
  }),
  RESIZE_WINDOW_DAYS: Type.Integer({
    default: 60,
    minimum: 0,
    description: 'Days after delivery within which a piece can be resized.',
  }),
  RETURN_EXCLUDED_TAGS: Type.String({
    default: 'custom,custom-made,made-to-order,bespoke,engraved,personalized,personalised',
    description: 'Tags of order lines that cannot be returned, comma separated.',
  }),
  RMA_VALID_DAYS: Type.Integer({
    default: 30,
    minimum: 1,
    description: 'Days within which a piece is sent in.',
  }),
  CAPSULE_HOLDS_PERCENT: Type.Integer({
    default: 50,
    minimum: 1,
    maximum: 100,
    description:
      'How much of the stock of a piece all capsules together may hold, in percent, rounded up: some of it stays for those who buy.',
  }),
  RETURN_ADDRESS: Type.Optional(
    Type.String({
      description: 'Where pieces are sent to, for the return slip; its lines are separated by `;`.',
    }),
  ),
  ANALYTICS_SALT: Type.String({
    minLength: 16,
    description:
      'Secret, of at least 16 characters, that order numbers in analytics and opted-out addresses are hashed with. Keep it: under another one, those who have opted out are not known any more.',
  }),
  LINK_SECRET: Type.Optional(
    Type.String({
      minLength: 16,
      description:
        'Secret, of at least 16 characters, that links in emails and codes in text messages are signed with; several, comma separated, while one is being replaced, the new one first. Without it, or without PUBLIC_URL, emails have no link to unsubscribe.',
    }),
  ),
  SMS_DOUBLE_OPT_IN: flag(
    false,
    'true: text messages begin when the customer has given back a code that was texted. Needs LINK_SECRET and Twilio.',
  ),
  ORDER_UPDATES_VALID_HOURS: Type.Integer({
    default: 48,
    minimum: 1,
    maximum: 168,
    description:
      'How many hours a message about an order says something that a customer wants to know; later it is not sent.',
  }),
  SMS_QUIET_HOURS: Type.Optional(
    Type.String({
      pattern: '^([01]\\d|2[0-3]):[0-5]\\d-([01]\\d|2[0-3]):[0-5]\\d$',
      description:
        'When no text message is sent, such as `21:00-08:00`: by the clock of the country of the number, or of the shop where a country has several. A message that a customer has just asked for is sent at any time.',
    }),
  ),
  STYLIST_SLA_MINUTES: Type.Integer({
    default: 240,
    minimum: 1,
    description: 'Minutes of the hours of the studio within which a stylist answers a ticket.',
  }),
  STUDIO_HOURS: Type.String({
    default: 'Mon-Fri 10:00-18:00; Sat 11:00-17:00',
    description: 'When stylists are there, such as `Mon-Fri 10:00-18:00; Sat 11:00-17:00`.',
  }),
  STUDIO_TIMEZONE: Type.Optional(
    Type.String({ description: 'IANA time zone of those hours; left out, that of the shop.' }),
  ),
  STYLIST_HIGH_VALUE: Type.Number({
    default: 10000,
    minimum: 0,
    description:
      'What the pieces of a shortlist cost together from which a ticket has priority, in SHOP_CURRENCY.',
  }),
};

/** What else the rules of the shop depend on. */
interface OutsideEnv {
  STYLIST_TICKETS_PER_ADDRESS: number;
  PUBLIC_URL?: string;
  TWILIO_ACCOUNT_SID?: string;
  TWILIO_AUTH_TOKEN?: string;
  TWILIO_MESSAGING_SERVICE_SID?: string;
}

export function readShopSettings(
  env: Values<typeof Shop> & OutsideEnv,
  problems: string[],
  tellsTeam: boolean,
) {
  try {
    new Intl.DateTimeFormat(env.SHOP_LOCALE, { timeZone: env.SHOP_TIMEZONE });
  } catch {
    problems.push('SHOP_TIMEZONE or SHOP_LOCALE is not known to this machine');
  }
  if (listOf(env.LINK_SECRET).some((secret) => secret.length < 16))
    problems.push('LINK_SECRET has a secret of fewer than 16 characters');
  if (env.SMS_DOUBLE_OPT_IN && !(env.LINK_SECRET && env.TWILIO_ACCOUNT_SID))
    problems.push('SMS_DOUBLE_OPT_IN needs LINK_SECRET, to make codes with, and Twilio, to send them');
  const hours = parseStudioHours(env.STUDIO_HOURS);
  if (!hours)
    problems.push('STUDIO_HOURS is not valid. It is a list such as `Mon-Fri 10:00-18:00; Sat 11:00-17:00`.');
  if (env.STUDIO_TIMEZONE && !isTimeZone(env.STUDIO_TIMEZONE))
    problems.push('STUDIO_TIMEZONE is not known to this machine');
  return {
    shop: {
      name: env.SHOP_NAME,
      timeZone: env.SHOP_TIMEZONE,
      locale: env.SHOP_LOCALE,
      currency: env.SHOP_CURRENCY,
    },
    catalogue: {
      currency: env.SHOP_CURRENCY,
      shopUrl: env.SHOP_URL,
      synonyms: readSynonyms(env.SYNONYMS_FILE, problems),
    },
    orders: {
      proof: env.ORDERS_PROOF ?? 'required',
      proofSecrets: proofSecretsOf(env),
      prefix: env.ORDER_NUMBER_PREFIX,
      tellsOwner: env.ORDER_STATUS_TELLS_OWNER,
    },
    returns: {
      windowDays: { return: env.RETURN_WINDOW_DAYS, resize: env.RESIZE_WINDOW_DAYS },
      excludedTags: listOf(env.RETURN_EXCLUDED_TAGS),
      validDays: env.RMA_VALID_DAYS,
      address: listOf(env.RETURN_ADDRESS, ';'),
    },
    capsules: { shareOfStock: env.CAPSULE_HOLDS_PERCENT / 100 },
    analytics: { salt: env.ANALYTICS_SALT },
    subscriptions: {
      linkSecrets: listOf(env.LINK_SECRET),
      doubleOptIn: env.SMS_DOUBLE_OPT_IN,
      updates: {
        validHours: env.ORDER_UPDATES_VALID_HOURS,
        quietHours: env.SMS_QUIET_HOURS ? parseQuietHours(env.SMS_QUIET_HOURS) : undefined,
        timeZone: env.SHOP_TIMEZONE,
      },
      inbound: inboundOf(env),
    },
    stylist: {
      slaMinutes: env.STYLIST_SLA_MINUTES,
      hours: hours ?? [],
      timeZone: env.STUDIO_TIMEZONE ?? env.SHOP_TIMEZONE,
      highValue: env.STYLIST_HIGH_VALUE,
      tellsTeam,
      maxPerAddress: env.STYLIST_TICKETS_PER_ADDRESS,
    },
  };
}

function isTimeZone(timeZone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone }) !== undefined;
  } catch {
    return false;
  }
}

// Codes and links that prove an order are needed in any case; without a secret of their own they are signed with one made of the salt.
function proofSecretsOf({ LINK_SECRET, ANALYTICS_SALT }: Values<typeof Shop>): [string, ...string[]] {
  const [first = `proof of orders:${ANALYTICS_SALT}`, ...others] = listOf(LINK_SECRET);
  return [first, ...others];
}

// What Twilio sends us is believed by its signature, which names the address that it was sent to.
function inboundOf({ TWILIO_AUTH_TOKEN = '', PUBLIC_URL: publicUrl, ...env }: Partial<OutsideEnv>) {
  const messagingServiceSid = env.TWILIO_MESSAGING_SERVICE_SID;
  const authTokens = listOf(TWILIO_AUTH_TOKEN);
  return authTokens.length > 0 && publicUrl ? { authTokens, publicUrl, messagingServiceSid } : undefined;
}
