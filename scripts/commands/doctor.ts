import { Command } from 'commander';
import { MongoClient } from 'mongodb';
import { DEFINITIONS } from '../../src/collections.js';
import { developmentSettings, findRunning, type Running } from '../../src/config/development.js';
import { Environment, SECTIONS } from '../../src/config/environment.js';
import { type Config, ConfigError, loadConfig } from '../../src/config/load.js';
import { misspelt } from '../../src/config/misspelt.js';
import { MAX_WAITING_MS, reachDatabase } from '../../src/platform/mongodb/client.js';
import { checkIndexes } from '../../src/platform/mongodb/indexes.js';
import { createStorage } from '../../src/platform/storage/storage.js';

interface Finding {
  what: string;
  state: 'right' | 'look' | 'wrong';
  says: string;
  /** What to do; left out where there is nothing. */
  todo?: string;
}

const MAX_CLOCK_DIFFERENCE_MS = 2000;
const SOON_MS = 14 * 24 * 60 * 60_000;
const OLDEST_NODE = [20, 19];

/** Looks at everything that the service needs, with the service's own settings, and says what to do. Changes nothing. */
export const doctorCommand = (): Command =>
  new Command('doctor')
    .description(
      'Look at settings, database, indexes, bucket, Redis, connectors, clock and keys, and say what to do. Changes nothing.',
    )
    .option('--json', 'as JSON')
    .action(async ({ json }: { json?: boolean }) => {
      const findings = await examine();
      if (json) console.log(JSON.stringify(findings, null, 2));
      else for (const finding of findings) console.log(line(finding));
      if (findings.some(({ state }) => state === 'wrong')) process.exitCode = 1;
    });

const MARKS = { right: 'right', look: 'LOOK ', wrong: 'WRONG' };

const line = ({ what, state, says, todo }: Finding): string =>
  `${MARKS[state]}  ${what.padEnd(11)}  ${says}${todo ? `\n${' '.repeat(20)}→ ${todo}` : ''}`;

async function examine(): Promise<Finding[]> {
  const development = findDevelopment();
  const before = [node(), ...spelling()];
  const config = settings(development);
  if (Array.isArray(config)) return [...before, ...config, ...advice(config)];
  const outside = await Promise.all([database(config), bucket(config), redis(config)]);
  return [
    ...before,
    right(
      'settings',
      development
        ? `those of \`npm run dev\`, which runs at ${development.address}; its database and bucket are stand-ins`
        : 'all that are needed are there',
    ),
    ...outside.flat(),
    ...connectors(config, development),
    ...keys(config),
  ];
}

const right = (what: string, says: string): Finding => ({ what, state: 'right', says });
const look = (what: string, says: string, todo: string): Finding => ({ what, state: 'look', says, todo });
const wrong = (what: string, says: string, todo: string): Finding => ({ what, state: 'wrong', says, todo });

function node(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const [oldest = 0, least = 0] = OLDEST_NODE;
  if (major > oldest || (major === oldest && minor >= least)) return right('Node', process.versions.node);
  return wrong('Node', process.versions.node, `Use ${OLDEST_NODE.join('.')} or later.`);
}

const spelling = (): Finding[] =>
  misspelt(Object.keys(process.env), Object.keys(Environment.properties)).map(({ given, meant }) =>
    look('settings', `${given} is none of the service's`, `Perhaps ${meant} is meant.`),
  );

/** `npm run dev` on this folder, when nothing else is set: what it has started is what is to be looked at. */
const findDevelopment = (): Running | undefined =>
  process.env.MONGODB_URI || process.env.NODE_ENV === 'production' ? undefined : findRunning(process.env);

function settings(development?: Running): Config | Finding[] {
  try {
    return loadConfig(development && developmentSettings(process.env, development.standIns));
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems.map((says) => wrong('settings', says, placeOf(says)));
  }
}

/** Where the setting with which a problem begins is written down. */
function placeOf(problem: string): string {
  const name = /^\w+/.exec(problem)?.[0] ?? '';
  const [heading] = SECTIONS.find(([, settings]) => name in settings) ?? [];
  const example = HOW_TO_GET[name];
  return `${example ? `${example}; ` : ''}docs/configuration.md${heading ? `, under "${heading}"` : ''}`;
}

const NEW_SECRET = 'A new one: `openssl rand -base64 32`';
const HOW_TO_GET: Record<string, string> = {
  CONCIERGE_API_KEY: NEW_SECRET,
  ANALYTICS_SALT: NEW_SECRET,
  LINK_SECRET: NEW_SECRET,
  DASHBOARD_SESSION_SECRET: NEW_SECRET,
  MONGODB_URI: 'Such as mongodb://127.0.0.1:27017',
  S3_BUCKET: '`npm run storage:setup` sets one up',
};

const advice = (problems: Finding[]): Finding[] =>
  process.env.MONGODB_URI || process.env.NODE_ENV === 'production' || problems.length === 0
    ? []
    : [
        look(
          'development',
          'the settings above are those of a service in production',
          '`npm run dev` needs none: while it runs, this looks at what it has started.',
        ),
      ];

async function database({ mongodb: { uri, database: name } }: Config): Promise<Finding[]> {
  const client = new MongoClient(uri, { serverSelectionTimeoutMS: MAX_WAITING_MS, ignoreUndefined: true });
  try {
    const startedAt = Date.now();
    const { localTime } = await reachDatabase(uri, () => client.db(name).command({ hello: 1 }));
    const ms = Date.now() - startedAt;
    const findings = await checkIndexes(client.db(name), DEFINITIONS);
    return [
      right('database', `${name} answers within ${ms} ms`),
      ...clock(localTime, startedAt + ms / 2),
      indexes(findings),
    ];
  } catch (error) {
    return [wrong('database', (error as Error).message, 'Check MONGODB_URI, and that the database is up.')];
  } finally {
    await client.close();
  }
}

// Signatures and the ends of leases are compared over machines.
function clock(there: unknown, here: number): Finding[] {
  if (!(there instanceof Date)) return [];
  const apart = Math.round(there.getTime() - here);
  if (Math.abs(apart) <= MAX_CLOCK_DIFFERENCE_MS)
    return [right('clock', `${Math.abs(apart)} ms from the database's`)];
  return [wrong('clock', `${apart} ms from the database's`, 'Synchronise both (NTP).')];
}

function indexes(findings: Awaited<ReturnType<typeof checkIndexes>>): Finding {
  const count = (state: string) => findings.filter((finding) => finding.state === state).length;
  const todo = '`concierge indexes --check` prints the table.';
  if (count('harmful') > 0)
    return wrong('indexes', `${count('harmful')} keep the service from starting`, todo);
  if (count('missing') > 0)
    return look('indexes', `${count('missing')} are missing; the service builds them when it starts`, todo);
  return right(
    'indexes',
    count('differs') > 0 ? `all there; ${count('differs')} as the shop made them` : 'all there',
  );
}

async function bucket({ storage }: Config): Promise<Finding[]> {
  const store = createStorage(storage);
  try {
    await store.ping();
    return [right('bucket', `${storage.bucket} is there`)];
  } catch (error) {
    const cause = (error as { cause?: Error }).cause ?? (error as Error);
    return [
      wrong(
        'bucket',
        `${storage.bucket}: ${cause.name}: ${cause.message}`,
        'Check S3_BUCKET, S3_ENDPOINT and the keys. Without it everything works but images.',
      ),
    ];
  } finally {
    store.close();
  }
}

async function redis({ limits: { redisUrl } }: Config): Promise<Finding[]> {
  if (!redisUrl)
    return [
      look(
        'Redis',
        'not set: each process counts limits for itself',
        'With several processes set RATE_LIMIT_REDIS_URL.',
      ),
    ];
  const { Redis } = await import('ioredis');
  const client = new Redis(redisUrl, {
    lazyConnect: true,
    retryStrategy: () => null,
    connectTimeout: MAX_WAITING_MS,
  });
  // told by the call
  client.on('error', () => {});
  try {
    await client.connect();
    await client.ping();
    return [right('Redis', 'answers')];
  } catch (error) {
    return [
      wrong(
        'Redis',
        (error as Error).message,
        'Check RATE_LIMIT_REDIS_URL. Without it each process counts limits for itself.',
      ),
    ];
  } finally {
    client.disconnect();
  }
}

function connectors(
  { connectors: { zendesk, airtable, twilio, braze, smtp, fulfilment, renderWebhook, renderQueue } }: Config,
  development?: Running,
): Finding[] {
  const todo = development
    ? `What would be sent is seen at ${development.address}/demo/outbox.`
    : 'docs/configuration.md, under "Connectors"';
  const places: [what: string, by: string | false | undefined, missing: string][] = [
    ['crm', (zendesk && 'Zendesk') || (airtable && 'Airtable'), 'tickets stay in the dashboard'],
    ['texts', (braze && 'Braze') || (twilio && 'Twilio'), 'no text message is sent'],
    [
      'mail',
      smtp && 'a mail server',
      'codes and links that prove an order, slips and reminders cannot be sent: set SMTP_URL',
    ],
    ['updates', (braze && 'Braze') || (smtp && 'a mail server'), 'no order update is sent by email'],
    ['fulfilment', fulfilment && 'a webhook', 'nobody is told of returns'],
    ['render', (renderWebhook && 'a webhook') || (renderQueue && 'a queue'), 'capsules are not rendered'],
  ];
  return places.map(([what, by, missing]) =>
    by ? right(what, `through ${by}`) : look(what, `nothing is set: ${missing}`, todo),
  );
}

function keys({ apiKeys, apiKeysFile }: Config): Finding[] {
  const now = Date.now();
  const ending = (apiKeysFile?.keys ?? []).filter(
    ({ notAfter }) => notAfter && notAfter.getTime() - now < SOON_MS,
  );
  const count = apiKeys.length + (apiKeysFile?.keys.length ?? 0);
  if (ending.length === 0) return [right('keys', `${count}, none about to end`)];
  return ending.map(({ id, notAfter }) =>
    look(
      'keys',
      `${id} ${notAfter && notAfter.getTime() < now ? 'has ended' : 'ends'} on ${notAfter?.toISOString().slice(0, 10)}`,
      '`concierge keys new` makes another; `keys remove` takes this one out.',
    ),
  );
}
