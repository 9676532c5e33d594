import { readFileSync } from 'node:fs';
import { type Static, Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { ConnectorEnvironment, type ConnectorSettings, connectorSettings } from './connectors/index.js';
import { readKeyFile } from './key-file.js';
import { type ApiKey, keyOf, WIDGET_SCOPES } from './keys.js';
import { parseSchedule } from './outbox/schedule.js';

const flag = (value: boolean, description: string) => Type.Boolean({ default: value, description });

/** Every setting of the service, as it stands in the environment. A name followed by `_FILE` reads the value from that file. */
export const Environment = Type.Object({
  HOST: Type.String({ default: '127.0.0.1', description: 'Address to listen on; 0.0.0.0 in a container.' }),
  PORT: Type.Integer({ default: 4400, minimum: 0, maximum: 65535, description: 'Port to listen on.' }),
  LOG_LEVEL: Type.String({
    default: 'info',
    pattern: '^(trace|debug|info|warn|error|fatal|silent)$',
    description: 'trace, debug, info, warn, error, fatal or silent.',
  }),
  TRUST_PROXY: Type.Optional(
    Type.String({
      description:
        'Addresses or networks of the proxies whose X-Forwarded-For is believed, comma separated. Turns the limit per client address on.',
    }),
  ),
  PUBLIC_URL: Type.Optional(
    Type.String({
      pattern: '^https?://',
      description: 'Address under which clients reach the service; named in the API document.',
    }),
  ),
  CONCIERGE_API_KEY: Type.String({
    minLength: 8,
    description:
      'Bearer key of the widget, or several, comma separated, so that a rotation has no gap. At least 8 characters each.',
  }),

  CONCIERGE_API_KEYS_FILE: Type.Optional(
    Type.String({
      description:
        'File with further keys: a JSON list of `{ id, sha256, scopes, notBefore?, notAfter? }`, for staff and for clients with fewer rights.',
    }),
  ),

  MONGODB_URI: Type.String({
    pattern: '^mongodb(\\+srv)?://',
    description: 'Connection string of the database.',
  }),
  MONGODB_DB: Type.String({ default: 'glowglitch', description: 'Database name.' }),
  MONGODB_TIMEOUT_MS: Type.Integer({
    default: 2000,
    minimum: 100,
    maximum: 60000,
    description: 'Longest time for one database call, server selection included, in milliseconds.',
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

  RATE_LIMIT_PER_SESSION: Type.Integer({
    default: 60,
    minimum: 0,
    description: 'Calls per minute of one widget session; 0 for no limit.',
  }),
  RATE_LIMIT_PER_IP: Type.Integer({
    default: 120,
    minimum: 0,
    description: 'Calls per minute of one client address, counted only behind TRUST_PROXY; 0 for no limit.',
  }),
  RATE_LIMIT_BURST: Type.Integer({
    default: 10,
    minimum: 0,
    description: 'Calls per second of one widget session; 0 for no limit.',
  }),
  RATE_LIMIT_ORDER_MISSES: Type.Integer({
    default: 10,
    minimum: 0,
    description: 'Orders not found per quarter of an hour, of one session or client address; 0 for no limit.',
  }),

  UPLOAD_MAX_BYTES: Type.Integer({
    default: 10 * 1024 * 1024,
    minimum: 1024,
    maximum: 100 * 1024 * 1024,
    description: 'Largest inspiration image, in bytes.',
  }),

  SHOP_NAME: Type.String({
    default: 'GlowGlitch',
    description: 'Name of the shop, for what customers read.',
  }),
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
    description: 'Currency of a piece that names none.',
  }),

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
  RETURN_ADDRESS: Type.Optional(
    Type.String({
      description: 'Where pieces are sent to, for the return slip; its lines are separated by `;`.',
    }),
  ),
  STYLIST_SLA_MINUTES: Type.Integer({
    default: 240,
    minimum: 1,
    description: 'Minutes within which a stylist answers a ticket.',
  }),

  DISPATCHER: Type.String({
    default: 'inline',
    pattern: '^(inline|off)$',
    description:
      'inline: the service also hands on what requests owe to other systems; off: that is left to `npm run worker`.',
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
    description: 'How often a dispatcher with nothing to do looks for work, in milliseconds.',
  }),
  DELIVERIES_AT_ONCE: Type.Integer({
    default: 64,
    minimum: 1,
    maximum: 1000,
    description: 'Documents whose deliveries one process works on at once.',
  }),

  ...ConnectorEnvironment,
});

/** Some vendors are asked what they have before they are told. */
const CALLS_OF_AN_ATTEMPT = 2;

type Environment = Static<typeof Environment>;
export type Config = ReturnType<typeof toConfig>;

/** Thrown by `loadConfig`; `problems` has one sentence for each variable that is missing or wrong. */
export class ConfigError extends Error {
  readonly problems: string[];

  constructor(problems: string[]) {
    super(`The configuration is not complete:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

/**
 * Reads the settings from `overrides`, then `env`, then their defaults.
 * @throws ConfigError naming every variable that is missing or wrong, all at once.
 */
export function loadConfig(overrides: NodeJS.ProcessEnv = {}, env: NodeJS.ProcessEnv = process.env): Config {
  const problems: string[] = [];
  const given = readEnvironment({ ...env, ...overrides }, problems);
  const values = Value.Default(Environment, Value.Convert(Environment, given));
  for (const error of Value.Errors(Environment, values)) {
    const name = error.path.slice(1);
    if (problems.some((problem) => problem.startsWith(name))) continue;
    const { description } = error.schema;
    problems.push(
      name in given ? `${name} is not valid. ${description}` : `${name} is missing. ${description}`,
    );
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return toConfig(...validated(values as Environment));
}

function readEnvironment(env: NodeJS.ProcessEnv, problems: string[]): Record<string, string> {
  const given: Record<string, string> = {};
  for (const name of Object.keys(Environment.properties)) {
    const file = env[`${name}_FILE`];
    const value = env[name] || (file && readSecret(name, file, problems));
    if (value) given[name] = value.trim();
  }
  return given;
}

function readSecret(name: string, file: string, problems: string[]): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    problems.push(`${name}_FILE names a file that cannot be read: ${file}`);
    return '';
  }
}

// What one setting's schema cannot say: how settings go together.
function validated(env: Environment): [Environment, ApiKey[], ConnectorSettings] {
  const problems: string[] = [];
  if (!env.S3_ACCESS_KEY_ID !== !env.S3_SECRET_ACCESS_KEY)
    problems.push('S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY go together: set both or neither');
  if (secretsOf(env).some((key) => key.length < 8))
    problems.push('CONCIERGE_API_KEY has a key of fewer than 8 characters');
  try {
    new Intl.DateTimeFormat(env.SHOP_LOCALE, { timeZone: env.SHOP_TIMEZONE });
  } catch {
    problems.push('SHOP_TIMEZONE or SHOP_LOCALE is not known to this machine');
  }
  if (!parseSchedule(env.DELIVERY_SCHEDULE))
    problems.push('DELIVERY_SCHEDULE is not valid. It is a list of times such as `5s 1m 2h`.');
  let fileKeys: ApiKey[] = [];
  try {
    if (env.CONCIERGE_API_KEYS_FILE) fileKeys = readKeyFile(env.CONCIERGE_API_KEYS_FILE);
  } catch (error) {
    problems.push(`CONCIERGE_API_KEYS_FILE cannot be used: ${(error as Error).message}`);
  }
  const connectors = connectorSettings(env, problems);
  if (problems.length > 0) throw new ConfigError(problems);
  return [env, fileKeys, connectors];
}

const listOf = (text: string, separator: string): string[] =>
  text
    .split(separator)
    .map((part) => part.trim())
    .filter((part) => part !== '');

const secretsOf = (env: Environment): string[] => listOf(env.CONCIERGE_API_KEY, ',');

function toConfig(env: Environment, fileKeys: ApiKey[], connectors: ConnectorSettings) {
  return Object.freeze({
    http: {
      host: env.HOST,
      port: env.PORT,
      trustProxy: trustProxy(env.TRUST_PROXY),
      publicUrl: env.PUBLIC_URL,
    },
    log: { level: env.LOG_LEVEL },
    apiKeys: [...secretsOf(env).map((secret) => keyOf(secret, WIDGET_SCOPES)), ...fileKeys],
    mongodb: { uri: env.MONGODB_URI, database: env.MONGODB_DB, timeoutMs: env.MONGODB_TIMEOUT_MS },
    storage: {
      bucket: env.S3_BUCKET,
      endpoint: env.S3_ENDPOINT,
      region: env.S3_REGION,
      accessKeyId: env.S3_ACCESS_KEY_ID,
      secretAccessKey: env.S3_SECRET_ACCESS_KEY,
      forcePathStyle: env.S3_FORCE_PATH_STYLE,
      timeoutMs: env.S3_TIMEOUT_MS,
    },
    limits: {
      perSessionPerMinute: env.RATE_LIMIT_PER_SESSION,
      perAddressPerMinute: env.TRUST_PROXY ? env.RATE_LIMIT_PER_IP : 0,
      burstPerSecond: env.RATE_LIMIT_BURST,
      orderMisses: env.RATE_LIMIT_ORDER_MISSES,
      uploadBytes: env.UPLOAD_MAX_BYTES,
    },
    shop: {
      name: env.SHOP_NAME,
      timeZone: env.SHOP_TIMEZONE,
      locale: env.SHOP_LOCALE,
      currency: env.SHOP_CURRENCY,
    },
    returns: {
      windowDays: { return: env.RETURN_WINDOW_DAYS, resize: env.RESIZE_WINDOW_DAYS },
      excludedTags: listOf(env.RETURN_EXCLUDED_TAGS, ','),
      validDays: env.RMA_VALID_DAYS,
      address: listOf(env.RETURN_ADDRESS ?? '', ';'),
    },
    stylist: { slaMinutes: env.STYLIST_SLA_MINUTES },
    dispatcher: {
      inline: env.DISPATCHER === 'inline',
      schedule: parseSchedule(env.DELIVERY_SCHEDULE) ?? [],
      timeoutMs: CALLS_OF_AN_ATTEMPT * env.CONNECTOR_TIMEOUT_MS,
      pollMs: env.DELIVERY_POLL_MS,
      atOnce: env.DELIVERIES_AT_ONCE,
    },
    connectors,
  });
}

// Addresses and networks only: a number of hops believes whoever reaches the service around the proxy.
const trustProxy = (value: string | undefined): false | string[] => (value ? listOf(value, ',') : false);
