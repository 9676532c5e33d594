import { type Static, type TProperties, type TSchema, Type } from '@sinclair/typebox';
import { ORDERS_PROOFS } from '../domain/orders/proof.js';
import { VENDOR_VARIABLES } from './vendor-variables.js';

const flag = (value: boolean, description: string) => Type.Boolean({ default: value, description });

/** How it is reached, and by whom. */
const Http = {
  HOST: Type.String({ default: '127.0.0.1', description: 'Address to listen on; 0.0.0.0 in a container.' }),
  PORT: Type.Integer({ default: 4400, minimum: 0, maximum: 65535, description: 'Port to listen on.' }),
  LOG_LEVEL: Type.String({
    default: 'info',
    pattern: '^(trace|debug|info|warn|error|fatal|silent)$',
    description: 'trace, debug, info, warn, error, fatal or silent.',
  }),
  DRAIN_MS: Type.Integer({
    default: 0,
    minimum: 0,
    maximum: 20000,
    description:
      'How long a service that is told to stop still takes calls, while /health/ready says 503, so that balancers take notice, in milliseconds.',
  }),
  TRUST_PROXY: Type.Optional(
    Type.String({
      description:
        'Addresses or networks of the proxies whose X-Forwarded-For is believed, comma separated, such as `10.0.0.0/8,loopback`.',
    }),
  ),
  SHOP_ADDRESSES: Type.Optional(
    Type.String({
      description:
        "Addresses or networks of the shop's servers, which call for its customers and forward their addresses in X-Forwarded-For, comma separated. With it, a customer's address counts only when it has come from one of them; without it, the first address in front of TRUST_PROXY is taken for the customer's.",
    }),
  ),
  PUBLIC_URL: Type.Optional(
    Type.String({
      pattern: '^https?://',
      description: 'Address under which clients reach the service; named in the API document.',
    }),
  ),
  DOCS_ENABLED: flag(
    true,
    'false hides the API document (`/openapi.json`, `/openapi.yaml`) and `/docs`, which anyone may read.',
  ),
  CONCIERGE_API_KEY: Type.String({
    minLength: 8,
    description:
      'Bearer key of the widget, or several, comma separated, so that a rotation has no gap. At least 16 characters each (8 in development).',
  }),
  ALLOW_DEVELOPMENT_SECRETS: flag(
    false,
    'true lets a service in production form start with keys and secrets that everyone knows or soon guesses: for trials on one machine.',
  ),

  MCP_ENABLED: Type.Optional(
    Type.Boolean({
      description:
        'true for `POST /mcp`: the calls of the widget as tools for an assistant, by the Model Context Protocol, and the catalogue at `/ucp/mcp` by the Universal Commerce Protocol (docs/assistants.md). Left out, it is off, but on under `npm run dev`.',
    }),
  ),
  DASHBOARD_ENABLED: Type.Optional(
    Type.Boolean({
      description:
        'true for the pages of the dashboard, at /dashboard; the data routes are always there. Left out, they are off, but on under `npm run dev`.',
    }),
  ),
  DASHBOARD_SESSION_SECRET: Type.Optional(
    Type.String({
      minLength: 32,
      description:
        'Secret that the sessions of the dashboard are signed with, the same for every process; at least 32 characters. Another one signs everybody out.',
    }),
  ),
  DASHBOARD_OIDC_ISSUER: Type.Optional(
    Type.String({
      pattern: '^https?://',
      description:
        'Issuer of the identity provider at which the staff sign in by OpenID Connect, such as `https://login.example/realms/shop` (docs/dashboard.md). Left out, they sign in with keys alone.',
    }),
  ),
  DASHBOARD_OIDC_CLIENT_ID: Type.Optional(
    Type.String({ description: 'As which client the dashboard is known to the identity provider.' }),
  ),
  DASHBOARD_OIDC_CLIENT_SECRET: Type.Optional(Type.String({ description: 'The secret of that client.' })),
  DASHBOARD_OIDC_ROLES: Type.Optional(
    Type.String({
      description:
        'Which group of the identity provider has which role, such as `lead=Concierge leads; agent=Stylists`. The roles are agent, lead, finance and operator; who is in none of the groups is not let in.',
    }),
  ),
  DASHBOARD_OIDC_GROUPS_CLAIM: Type.String({
    default: 'groups',
    description:
      'The claim that has the groups of a person, in the ID token or in what the provider says of the user; a path such as `realm_access.roles` is one too.',
  }),
  DASHBOARD_OIDC_SCOPE: Type.String({
    default: 'openid profile email',
    description:
      'What the identity provider is asked for. Some want a scope of its own for the groups, such as `openid profile email groups`.',
  }),
  DASHBOARD_OIDC_NAME: Type.Optional(
    Type.String({
      maxLength: 60,
      description: "What the identity provider is called on the sign-in page. Left out, its host's name.",
    }),
  ),
  DASHBOARD_TARGETS: Type.String({
    default: '',
    description:
      'What the figures of the insights are held against, such as `satisfaction=4.5; response=60; in-time=95; automated=70; bought=30`: of 5, minutes, and per cent of tickets in time, of returns without a stylist and of holds.',
  }),
  CORS_ORIGINS: Type.String({
    default: '',
    description:
      "Origins whose pages may call from a browser, such as `https://shop.example`, comma separated. None as a rule: the shop's server calls.",
  }),
  REQUEST_TIMEOUT_MS: Type.Integer({
    default: 60_000,
    minimum: 100,
    maximum: 600_000,
    description:
      'Longest time for a whole request to arrive, in milliseconds; a third of it for its headers.',
  }),

  CONCIERGE_API_KEYS_FILE: Type.Optional(
    Type.String({
      description:
        'File with further keys: a JSON list of `{ id, sha256, scopes, notBefore?, notAfter? }`, for staff and for clients with fewer rights.',
    }),
  ),
};

/** Where documents and objects lie. */
const Stores = {
  MONGODB_URI: Type.String({
    pattern: '^mongodb(\\+srv)?://',
    description: 'Connection string of the database.',
  }),
  MONGODB_DB: Type.String({ default: 'glowglitch', description: 'Database name.' }),
  MONGODB_TIMEOUT_MS: Type.Integer({
    default: 2000,
    minimum: 100,
    maximum: 60000,
    description:
      'Longest time for one database call, server selection included, in milliseconds, and for an answer while the database fails.',
  }),

  S3_BUCKET: Type.String({ minLength: 3, description: 'Bucket for inspiration images.' }),
  S3_ENDPOINT: Type.Optional(
    Type.String({ pattern: '^https?://', description: 'S3 endpoint; left out for AWS.' }),
  ),
  S3_REGION: Type.String({ default: 'us-east-1', description: 'Region of the bucket.' }),
  S3_ACCESS_KEY_ID: Type.Optional(
    Type.String({
      description: "Access key; left out, together with the secret, to use AWS's default credentials.",
    }),
  ),
  S3_SECRET_ACCESS_KEY: Type.Optional(Type.String({ description: 'Secret of the access key.' })),
  S3_FORCE_PATH_STYLE: flag(false, 'true for MinIO and the embedded S3, which address a bucket by path.'),
  S3_TIMEOUT_MS: Type.Integer({
    default: 10000,
    minimum: 100,
    maximum: 120000,
    description: 'Longest silence of the object store, in milliseconds.',
  }),
  S3_ENCRYPTION: Type.String({
    default: 'AES256',
    pattern: '^(AES256|none)$',
    description:
      'Encryption that every object is stored with: AES256, or none for a store without keys of its own, such as MinIO without a KMS.',
  }),
  S3_CORS_ORIGINS: Type.String({
    default: '',
    description:
      'Origins of pages from which a browser may send images to the bucket itself, comma separated; for `npm run storage:setup`.',
  }),
};

/** How much a caller may ask for. */
const Limits = {
  RATE_LIMIT_PER_SESSION: Type.Integer({
    default: 60,
    minimum: 0,
    description: 'Calls per minute of one widget session; 0 for no limit.',
  }),
  RATE_LIMIT_PER_IP: Type.Integer({
    default: 120,
    minimum: 0,
    description:
      "Calls per minute of one customer's address (an IPv6 network of 64 bits counts as one), where SHOP_ADDRESSES or TRUST_PROXY let it be known; 0 for no limit.",
  }),
  RATE_LIMIT_BURST: Type.Integer({
    default: 10,
    minimum: 0,
    description: 'Calls per second of one widget session; 0 for no limit.',
  }),
  RATE_LIMIT_PER_KEY: Type.Integer({
    default: 300_000,
    minimum: 0,
    description: 'Calls per minute with one key, whoever they are for; 0 for no limit.',
  }),
  RATE_LIMIT_RETURNS: Type.Integer({
    default: 30,
    minimum: 0,
    description: 'Return requests per hour of one session or client address; 0 for no limit.',
  }),
  RATE_LIMIT_STYLIST: Type.Integer({
    default: 10,
    minimum: 0,
    description: 'Stylist tickets per hour of one session or client address; 0 for no limit.',
  }),
  RATE_LIMIT_VERIFY: Type.Integer({
    default: 20,
    minimum: 0,
    description:
      'Codes that are asked for or given back per hour, of one session or client address; 0 for no limit.',
  }),
  RATE_LIMIT_ORDER_MISSES: Type.Integer({
    default: 10,
    minimum: 0,
    description: 'Orders not found per quarter of an hour, of one session or client address; 0 for no limit.',
  }),
  RATE_LIMIT_ORDERS: Type.Integer({
    default: 30,
    minimum: 0,
    description:
      'Different orders per hour that one session asks for, found or not; of one client address four times as many; 0 for no limit.',
  }),
  RATE_LIMIT_WRONG_CODES: Type.Integer({
    default: 10,
    minimum: 0,
    description:
      'Wrong emails or postal codes per hour for one order, and for one email address, whoever tries them; 0 for no limit.',
  }),
  ORDER_MISSES_ALERT: Type.Integer({
    default: 500,
    minimum: 0,
    description:
      'Orders not found per quarter of an hour, by anyone, from which on it is told in the log and what is not found is answered a second later; nothing is refused. 0 for never.',
  }),
  STYLIST_TICKETS_PER_ADDRESS: Type.Integer({
    default: 5,
    minimum: 0,
    description:
      'Stylist tickets that wait for an answer at one email address, of those who have proved no order; what is said beyond them is added to the latest. 0 for any number.',
  }),
  EMAIL_ORDERS_PER_ADDRESS: Type.Integer({
    default: 10,
    minimum: 0,
    description:
      'Different orders per day of which one email address is newly told, at the word of those who have not proved the order; 0 for no limit.',
  }),
  SMS_OPT_INS_PER_NUMBER: Type.Integer({
    default: 5,
    minimum: 0,
    description: 'New text message subscriptions per day to one telephone number; 0 for no limit.',
  }),
  SMS_NUMBERS_PER_ORDER: Type.Integer({
    default: 3,
    minimum: 0,
    description:
      'Different telephone numbers per day that are newly subscribed to one order, and by one session; 0 for no limit.',
  }),
  SMS_OPT_INS_PER_DAY: Type.Integer({
    default: 1000,
    minimum: 0,
    description:
      'New text message subscriptions per day in all, since each costs money, counted apart for those who have proved their order; 0 for no limit.',
  }),
  RATE_LIMIT_REDIS_URL: Type.Optional(
    Type.String({
      pattern: '^rediss?://',
      description:
        'Redis in which the limits count across processes; without one, each process counts for itself.',
    }),
  ),

  UPLOAD_MAX_BYTES: Type.Integer({
    default: 10 * 1024 * 1024,
    minimum: 1024,
    maximum: 100 * 1024 * 1024,
    description: 'Largest inspiration image, in bytes.',
  }),
  UPLOADS_AT_ONCE: Type.Integer({
    default: 8,
    minimum: 1,
    maximum: 256,
    description: 'Images that one process receives at once, with 5 MB of memory for each; others wait.',
  }),
  UPLOAD_STALLED_MS: Type.Integer({
    default: 15_000,
    minimum: 100,
    maximum: 60_000,
    description: 'How long an upload may send nothing before it is broken off, in milliseconds.',
  }),
};

/** How images are looked at before anyone sees them. */
const Images = {
  CLAMD_HOST: Type.Optional(
    Type.String({ description: 'Host of a clamd that scans images; without one none is scanned.' }),
  ),
  CLAMD_PORT: Type.Integer({ default: 3310, minimum: 1, maximum: 65535, description: 'Port of clamd.' }),
  CLAMD_TIMEOUT_MS: Type.Integer({
    default: 10000,
    minimum: 100,
    maximum: 60000,
    description: 'Longest time for clamd to scan an image, in milliseconds.',
  }),
  UNSCANNED_IMAGES: Type.String({
    default: 'pending_review',
    pattern: '^(pending_review|clean)$',
    description:
      'What an image counts as that nothing has scanned, because there is no clamd, once it is re-encoded: pending_review waits for the staff; clean is shown to stylists.',
  }),
  IMAGES_AT_ONCE: Type.Integer({
    default: 1,
    minimum: 1,
    maximum: 64,
    description:
      'Images that one process re-encodes at once, each in a process beside it that takes up to 448 MB: a service of 768 MB has room for one.',
  }),
  IMAGE_MAX_MEGAPIXELS: Type.Integer({
    default: 64,
    minimum: 1,
    maximum: 1000,
    description: 'The most pixels that an image is decoded with, in millions; one takes up to 4 MB for each.',
  }),
};

/** What is switched off, what is watched, and when calls are refused to save the others. */
const Operation = {
  CONCIERGE_DISABLED: Type.String({
    default: '',
    description: 'Features that are switched off, comma separated, such as `capsule,inspiration`.',
  }),
  CONCIERGE_ROLLOUT: Type.String({
    default: '',
    description: 'Features that only a part of the sessions has, comma separated, such as `stylist=25%`.',
  }),
  CONCIERGE_FLAGS_FILE: Type.Optional(
    Type.String({
      description:
        'File that says the same in place of both, and is read again when it changes: `{ "disabled": ["capsule"], "rollout": { "stylist": 25 } }`.',
    }),
  ),
  OTEL_EXPORTER_OTLP_ENDPOINT: Type.Optional(
    Type.String({
      pattern: '^https?://',
      description:
        'OpenTelemetry collector that takes traces over HTTP; without one there are none, and they cost nothing.',
    }),
  ),
  OTEL_EXPORTER_OTLP_HEADERS: Type.String({
    default: '',
    description: 'Headers for the collector, such as a key: `name=value`, comma separated.',
  }),
  OTEL_SERVICE_NAME: Type.String({
    default: 'concierge-service',
    description: 'Name of the service in traces.',
  }),
  OTEL_TRACES_SAMPLER_ARG: Type.Number({
    default: 1,
    minimum: 0,
    maximum: 1,
    description:
      'Part of the requests that is traced, from 0 to 1; a caller that sends a `traceparent` decides for itself.',
  }),
  OVERLOAD_EVENT_LOOP_DELAY_MS: Type.Integer({
    default: 250,
    minimum: 0,
    description: 'Calls are refused while the event loop is later than this, in milliseconds; 0 for never.',
  }),
  OVERLOAD_IN_FLIGHT: Type.Integer({
    default: 1000,
    minimum: 0,
    description: 'Calls that one process works on at once; what is beyond is refused. 0 for no limit.',
  }),
};

/** The shop and its rules. */
const Shop = {
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

/** How what is enqueued is delivered. */
const Deliveries = {
  DISPATCHER: Type.String({
    default: 'inline',
    pattern: '^(inline|off)$',
    description:
      'inline: the service also delivers what requests have enqueued; off: that is left to `npm run worker`.',
  }),
  DELIVERY_SCHEDULE: Type.String({
    default: '5s 1m 5m 30m 2h 5h 10h 10h 24h 24h',
    description:
      'The longest wait from each failed attempt of a delivery to the next, such as `5s 1m 2h`; after the last one it is dead.',
  }),
  DELIVERY_POLL_MS: Type.Integer({
    default: 200,
    minimum: 10,
    maximum: 60000,
    description:
      'How often a dispatcher with nothing to do looks for work, in milliseconds. Where it finds none again and again, it looks less often, down to an eighth.',
  }),
  DELIVERIES_AT_ONCE: Type.Integer({
    default: 64,
    minimum: 1,
    maximum: 1000,
    description: 'Documents whose deliveries one process works on at once.',
  }),
  WORKER_PORT: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: 65535,
      description:
        'Where `npm run worker` answers `/health/…` and, to a key with `metrics:read`, `/metrics`; left out, it listens nowhere.',
    }),
  ),
};

/** The settings by what they are for, under the headings of `docs/configuration.md`. */
export const SECTIONS: readonly [heading: string, settings: TProperties][] = [
  ['The service', Http],
  ['Database and object store', Stores],
  ['Limits', Limits],
  ['Images', Images],
  ['Operation', Operation],
  ['The shop', Shop],
  ['Deliveries', Deliveries],
  ['Connectors', VENDOR_VARIABLES],
];

/** Every setting of the service, as it stands in the environment. A name followed by `_FILE` reads the value from that file. */
export const Environment = Type.Object({
  ...Http,
  ...Stores,
  ...Limits,
  ...Images,
  ...Operation,
  ...Shop,
  ...Deliveries,
  ...VENDOR_VARIABLES,
});
export type Environment = Static<typeof Environment>;

/** What a setting means and what it may be, in a sentence or two. */
export function meaningOf({ description = '', minimum, maximum }: TSchema): string {
  const range = maximum === undefined ? `At least ${minimum}` : `From ${minimum} to ${maximum}`;
  return `${description.replace(/\.$/, '')}.${minimum === undefined ? '' : ` ${range}.`}`;
}
