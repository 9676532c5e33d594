import { readFileSync } from 'node:fs';
import type { TSchema } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import type { ConnectorSettings } from '../connectors/index.js';
import { readTargets } from '../dashboard/insights/targets.js';
import type { OpenIdSettings } from '../dashboard/sign-in/openid-connect.js';
import { readSynonyms, type SynonymData } from '../domain/catalog/synonyms.js';
import { parseQuietHours } from '../domain/order-updates/quiet-hours.js';
import { parseStudioHours } from '../domain/stylist/studio-hours.js';
import { StartError } from '../lib/log-error.js';
import { parseSchedule } from '../outbox/next-attempt.js';
import { within } from '../platform/http/client-address.js';
import { keyOf, WIDGET_SCOPES } from '../platform/keys/keys.js';
import { isPublishedHash, weaknessOf } from './development.js';
import { Environment, meaningOf } from './environment.js';
import { parseFlags, type ReadFlagsFile, readFlagsFile } from './flags-file.js';
import { type ReadKeyFile, readKeyFile } from './key-file.js';
import { readOpenIdSettings } from './openid-settings.js';
import { readVendorSettings } from './vendor-settings.js';

/** Some vendors are asked what they have before they are told. */
const CALLS_OF_AN_ATTEMPT = 2;

export type Config = ReturnType<typeof toConfig>;

/** Thrown by `loadConfig`; `problems` has one sentence for each variable that is missing or wrong. */
export class ConfigError extends StartError {
  readonly problems: string[];

  constructor(problems: string[]) {
    super(`The settings cannot be used:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

/**
 * Reads the settings from `overrides`, then `env`, then their defaults. In production, secrets that everyone knows or soon guesses are
 * refused.
 * @throws ConfigError naming every variable that is missing or wrong, all at once.
 */
export function loadConfig(
  overrides: NodeJS.ProcessEnv = {},
  env: NodeJS.ProcessEnv = process.env,
  { isProduction = false }: { isProduction?: boolean } = {},
): Config {
  const problems: string[] = [];
  const given = readEnvironment({ ...env, ...overrides }, problems);
  const values = Value.Default(Environment, Value.Convert(Environment, given));
  for (const error of Value.Errors(Environment, values)) {
    const name = error.path.slice(1);
    if (problems.some((problem) => problem.startsWith(name))) continue;
    const wrong =
      name in given ? `${name} is not valid${shown(error.schema, given[name])}` : `${name} is missing`;
    problems.push(`${wrong}. ${meaningOf(error.schema)}`);
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return toConfig(...validated(values as Environment, isProduction));
}

// A number that is none, or too large, is no secret; a text may be one.
const shown = ({ type }: TSchema, value: unknown): string =>
  type === 'integer' || type === 'number' || type === 'boolean' ? ` (${JSON.stringify(value)})` : '';

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
function validated(
  env: Environment,
  isProduction: boolean,
): [Environment, Files, ConnectorSettings, SynonymData, OpenIdSettings | undefined] {
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
  if (listOf(env.LINK_SECRET ?? '', ',').some((secret) => secret.length < 16))
    problems.push('LINK_SECRET has a secret of fewer than 16 characters');
  if (env.SMS_DOUBLE_OPT_IN && !(env.LINK_SECRET && env.TWILIO_ACCOUNT_SID))
    problems.push('SMS_DOUBLE_OPT_IN needs LINK_SECRET, to make codes with, and Twilio, to send them');
  if (!parseStudioHours(env.STUDIO_HOURS))
    problems.push('STUDIO_HOURS is not valid. It is a list such as `Mon-Fri 10:00-18:00; Sat 11:00-17:00`.');
  if (env.STUDIO_TIMEZONE && !isTimeZone(env.STUDIO_TIMEZONE))
    problems.push('STUDIO_TIMEZONE is not known to this machine');
  if (!parseSchedule(env.DELIVERY_SCHEDULE))
    problems.push('DELIVERY_SCHEDULE is not valid. It is a list of times such as `5s 1m 2h`.');
  // addresses and networks only: a number of hops would believe whoever reaches the service around the proxy
  for (const name of ['TRUST_PROXY', 'SHOP_ADDRESSES'] as const)
    try {
      within(listOf(env[name] ?? '', ','));
    } catch (error) {
      problems.push(`${name} has ${(error as Error).message}`);
    }
  if (!readTargets(env.DASHBOARD_TARGETS))
    problems.push(
      'DASHBOARD_TARGETS is not valid. It is a list such as `satisfaction=4.5; response=60; in-time=95`.',
    );
  const files = readFiles(env, problems);
  if (env.DASHBOARD_ENABLED && !env.DASHBOARD_SESSION_SECRET)
    problems.push('DASHBOARD_SESSION_SECRET is missing: DASHBOARD_ENABLED needs it');
  if (isProduction && !env.ALLOW_DEVELOPMENT_SECRETS) problems.push(...weakSecrets(env, files.keys));
  const connectors = readVendorSettings(env, problems);
  const synonyms = readSynonyms(env.SYNONYMS_FILE, problems);
  const openId = readOpenIdSettings(env, problems, isProduction);
  if (problems.length > 0) throw new ConfigError(problems);
  return [env, files, connectors, synonyms, openId];
}

// By position, never by value: what is wrong with a secret is told where logs are kept.
function weakSecrets(env: Environment, keyFile: ReadKeyFile | undefined): string[] {
  const secrets: [name: string, values: string[]][] = [
    ['CONCIERGE_API_KEY', secretsOf(env)],
    ['ANALYTICS_SALT', [env.ANALYTICS_SALT]],
    ['LINK_SECRET', listOf(env.LINK_SECRET ?? '', ',')],
    ['DASHBOARD_SESSION_SECRET', env.DASHBOARD_SESSION_SECRET ? [env.DASHBOARD_SESSION_SECRET] : []],
  ];
  const weak = secrets.flatMap(([name, values]) =>
    values.flatMap((secret, index) => {
      const weakness = weaknessOf(secret);
      const which = values.length > 1 ? ` (number ${index + 1})` : '';
      return weakness ? [`${name}${which} ${weakness}: make one with \`openssl rand -base64 32\``] : [];
    }),
  );
  const published = (keyFile?.keys ?? []).filter(({ sha256 }) => isPublishedHash(sha256));
  return [
    ...weak,
    ...published.map(
      ({ id }) => `CONCIERGE_API_KEYS_FILE: the key ${id} is one of development, which everyone knows`,
    ),
  ];
}

interface Files {
  keys: ReadKeyFile | undefined;
  flags: ReadFlagsFile | undefined;
}

// Files that are read again while the service runs: they have to be right when it starts.
function readFiles(env: Environment, problems: string[]): Files {
  const read = <Content>(name: string, reading: () => Content): Content | undefined => {
    try {
      return reading();
    } catch (error) {
      problems.push(`${name} cannot be used: ${(error as Error).message}`);
      return undefined;
    }
  };
  const { CONCIERGE_API_KEYS_FILE: keys, CONCIERGE_FLAGS_FILE: flags } = env;
  read('CONCIERGE_DISABLED or CONCIERGE_ROLLOUT', () =>
    parseFlags(env.CONCIERGE_DISABLED, env.CONCIERGE_ROLLOUT),
  );
  return {
    keys: read('CONCIERGE_API_KEYS_FILE', () => (keys ? readKeyFile(keys) : undefined)),
    flags: read('CONCIERGE_FLAGS_FILE', () => (flags ? readFlagsFile(flags) : undefined)),
  };
}

function isTimeZone(timeZone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone }) !== undefined;
  } catch {
    return false;
  }
}

const listOf = (text: string, separator: string): string[] =>
  text
    .split(separator)
    .map((part) => part.trim())
    .filter((part) => part !== '');

const secretsOf = (env: Environment): string[] => listOf(env.CONCIERGE_API_KEY, ',');

function toConfig(
  env: Environment,
  files: Files,
  connectors: ConnectorSettings,
  synonyms: SynonymData,
  openId: OpenIdSettings | undefined,
) {
  return Object.freeze({
    http: {
      host: env.HOST,
      port: env.PORT,
      drainMs: env.DRAIN_MS,
      trustProxy: env.TRUST_PROXY ? listOf(env.TRUST_PROXY, ',') : (false as const),
      shopAddresses: listOf(env.SHOP_ADDRESSES ?? '', ','),
      publicUrl: env.PUBLIC_URL,
      docs: env.DOCS_ENABLED,
      corsOrigins: listOf(env.CORS_ORIGINS, ','),
      requestTimeoutMs: env.REQUEST_TIMEOUT_MS,
    },
    log: { level: env.LOG_LEVEL },
    flags: parseFlags(env.CONCIERGE_DISABLED, env.CONCIERGE_ROLLOUT),
    flagsFile: files.flags,
    tracing: tracing(env),
    overload: { eventLoopDelayMs: env.OVERLOAD_EVENT_LOOP_DELAY_MS, inFlight: env.OVERLOAD_IN_FLIGHT },
    apiKeys: secretsOf(env).map((secret) => keyOf(secret, WIDGET_SCOPES)),
    apiKeysFile: files.keys,
    mongodb: { uri: env.MONGODB_URI, database: env.MONGODB_DB, timeoutMs: env.MONGODB_TIMEOUT_MS },
    storage: {
      bucket: env.S3_BUCKET,
      endpoint: env.S3_ENDPOINT,
      region: env.S3_REGION,
      accessKeyId: env.S3_ACCESS_KEY_ID,
      secretAccessKey: env.S3_SECRET_ACCESS_KEY,
      forcePathStyle: env.S3_FORCE_PATH_STYLE,
      timeoutMs: env.S3_TIMEOUT_MS,
      encryption: env.S3_ENCRYPTION,
      corsOrigins: listOf(env.S3_CORS_ORIGINS, ','),
    },
    assistants: { enabled: env.MCP_ENABLED ?? false },
    dashboard: {
      enabled: env.DASHBOARD_ENABLED ?? false,
      secret: env.DASHBOARD_SESSION_SECRET ?? '',
      secure: env.PUBLIC_URL?.startsWith('https:') ?? false,
      openId,
      targets: readTargets(env.DASHBOARD_TARGETS) ?? {},
    },
    limits: {
      perSessionPerMinute: env.RATE_LIMIT_PER_SESSION,
      perAddressPerMinute: env.TRUST_PROXY || env.SHOP_ADDRESSES ? env.RATE_LIMIT_PER_IP : 0,
      burstPerSecond: env.RATE_LIMIT_BURST,
      perKeyPerMinute: env.RATE_LIMIT_PER_KEY,
      returnsPerHour: env.RATE_LIMIT_RETURNS,
      stylistPerHour: env.RATE_LIMIT_STYLIST,
      verifyPerHour: env.RATE_LIMIT_VERIFY,
      orderMisses: env.RATE_LIMIT_ORDER_MISSES,
      orderMissesAlert: env.ORDER_MISSES_ALERT,
      ordersPerHour: env.RATE_LIMIT_ORDERS,
      wrongCodes: env.RATE_LIMIT_WRONG_CODES,
      emailOrdersPerDay: env.EMAIL_ORDERS_PER_ADDRESS,
      smsPerNumberPerDay: env.SMS_OPT_INS_PER_NUMBER,
      smsNumbersPerDay: env.SMS_NUMBERS_PER_ORDER,
      smsPerDay: env.SMS_OPT_INS_PER_DAY,
      redisUrl: env.RATE_LIMIT_REDIS_URL,
      uploadBytes: env.UPLOAD_MAX_BYTES,
      uploadConcurrency: env.UPLOADS_AT_ONCE,
      uploadStalledMs: env.UPLOAD_STALLED_MS,
    },
    images: {
      clamd: env.CLAMD_HOST
        ? { host: env.CLAMD_HOST, port: env.CLAMD_PORT, timeoutMs: env.CLAMD_TIMEOUT_MS }
        : undefined,
      trustUnscanned: env.UNSCANNED_IMAGES === 'clean',
      concurrency: env.IMAGES_AT_ONCE,
      maxPixels: env.IMAGE_MAX_MEGAPIXELS * 1_000_000,
    },
    shop: {
      name: env.SHOP_NAME,
      timeZone: env.SHOP_TIMEZONE,
      locale: env.SHOP_LOCALE,
      currency: env.SHOP_CURRENCY,
    },
    catalogue: { currency: env.SHOP_CURRENCY, shopUrl: env.SHOP_URL, synonyms },
    orders: {
      proof: env.ORDERS_PROOF ?? 'required',
      proofSecrets: proofSecretsOf(env),
      prefix: env.ORDER_NUMBER_PREFIX,
      tellsOwner: env.ORDER_STATUS_TELLS_OWNER,
    },
    returns: {
      windowDays: { return: env.RETURN_WINDOW_DAYS, resize: env.RESIZE_WINDOW_DAYS },
      excludedTags: listOf(env.RETURN_EXCLUDED_TAGS, ','),
      validDays: env.RMA_VALID_DAYS,
      address: listOf(env.RETURN_ADDRESS ?? '', ';'),
    },
    capsules: { shareOfStock: env.CAPSULE_HOLDS_PERCENT / 100 },
    analytics: { salt: env.ANALYTICS_SALT },
    subscriptions: {
      linkSecrets: listOf(env.LINK_SECRET ?? '', ','),
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
      hours: parseStudioHours(env.STUDIO_HOURS) ?? [],
      timeZone: env.STUDIO_TIMEZONE ?? env.SHOP_TIMEZONE,
      highValue: env.STYLIST_HIGH_VALUE,
      tellsTeam: connectors.team !== undefined,
      maxPerAddress: env.STYLIST_TICKETS_PER_ADDRESS,
    },
    dispatcher: {
      inline: env.DISPATCHER === 'inline',
      schedule: parseSchedule(env.DELIVERY_SCHEDULE) ?? [],
      timeoutMs: Math.max(CALLS_OF_AN_ATTEMPT * env.CONNECTOR_TIMEOUT_MS, 1.25 * env.WEBHOOK_TIMEOUT_MS),
      pollMs: env.DELIVERY_POLL_MS,
      concurrency: env.DELIVERIES_AT_ONCE,
    },
    worker: { port: env.WORKER_PORT },
    connectors,
  });
}

// Codes and links that prove an order are needed in any case; without a secret of their own they are signed with one made of the salt.
function proofSecretsOf({ LINK_SECRET, ANALYTICS_SALT }: Environment): [string, ...string[]] {
  const [first = `proof of orders:${ANALYTICS_SALT}`, ...others] = listOf(LINK_SECRET ?? '', ',');
  return [first, ...others];
}

const tracing = (env: Environment) =>
  env.OTEL_EXPORTER_OTLP_ENDPOINT
    ? {
        endpoint: env.OTEL_EXPORTER_OTLP_ENDPOINT,
        headers: pairsOf(env.OTEL_EXPORTER_OTLP_HEADERS),
        serviceName: env.OTEL_SERVICE_NAME,
        share: env.OTEL_TRACES_SAMPLER_ARG,
      }
    : undefined;

/** `a=1,b=2` */
const pairsOf = (text: string): Record<string, string> =>
  Object.fromEntries(
    listOf(text, ',').map((pair) => {
      const at = pair.indexOf('=');
      return [pair.slice(0, at).trim(), pair.slice(at + 1).trim()];
    }),
  );
// What Twilio sends us is believed by its signature, which names the address that it was sent to.
function inboundOf({ TWILIO_AUTH_TOKEN = '', PUBLIC_URL: publicUrl, ...env }: Environment) {
  const messagingServiceSid = env.TWILIO_MESSAGING_SERVICE_SID;
  const authTokens = listOf(TWILIO_AUTH_TOKEN, ',');
  return authTokens.length > 0 && publicUrl ? { authTokens, publicUrl, messagingServiceSid } : undefined;
}
