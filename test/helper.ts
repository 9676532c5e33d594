import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { type Db, MongoClient } from 'mongodb';
import t, { type Test } from 'tap';
import { startEmbedded } from '../embedded/index.js';
import { type AppOptions, buildApp } from '../src/app.js';
import { loadConfig } from '../src/config/load.js';
import { type ApiKey, keyOf, SCOPES } from '../src/platform/keys/keys.js';
import { PATIENCE } from './processes.js';
import { recordShapes } from './wire/shapes.js';

export const KEY = 'test-key-of-the-widget';
/** May do everything, in a service that is built with `staff: true`. */
export const STAFF_KEY = 'test-key-of-the-staff';

/** The database and the object store of one test file: real ones when they are configured, else embedded ones. */
let servers: Promise<{ settings: NodeJS.ProcessEnv; client: MongoClient }> | undefined;
let databases = 0;

// every test file would repeat it
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

/** As long as a timer can wait. */
const NEVER_MS = 2 ** 31 - 1;

async function startServers() {
  const { TEST_MONGODB_URI, TEST_S3_ENDPOINT } = process.env;
  const dataDir = await mkdtemp(join(tmpdir(), 'concierge-test-'));
  const embedded = await startEmbedded({
    dataDir,
    mongodb: !TEST_MONGODB_URI,
    s3: !TEST_S3_ENDPOINT,
    // the clock of a test may stand in the past, where all that it keeps for a while has expired
    ttlSweepMs: NEVER_MS,
  });
  const settings = {
    ...embedded.settings,
    ...(TEST_MONGODB_URI && { MONGODB_URI: TEST_MONGODB_URI }),
    ...(TEST_S3_ENDPOINT && outsideS3(TEST_S3_ENDPOINT)),
  };
  const direct = settings.MONGODB_URI ?? '';
  const isRecorded = process.env.COMPARE_COMMANDS || process.env.WRITE_SHAPES;
  const recorded = isRecorded && !TEST_MONGODB_URI ? await recordShapes(direct) : undefined;
  if (recorded) settings.MONGODB_URI = recorded.uri;
  const client = await new MongoClient(direct, { ignoreUndefined: true }).connect();
  t.teardown(async () => {
    await client.close();
    await recorded?.stop();
    await embedded.stop();
    await rm(dataDir, { recursive: true, force: true });
    recorded?.compare();
  });
  return { settings, client };
}

const outsideS3 = (endpoint: string): NodeJS.ProcessEnv => ({
  S3_ENDPOINT: endpoint,
  S3_BUCKET: process.env.TEST_S3_BUCKET ?? 'concierge-inspiration',
  S3_REGION: process.env.TEST_S3_REGION ?? 'us-east-1',
  S3_ACCESS_KEY_ID: process.env.TEST_S3_ACCESS_KEY_ID ?? '',
  S3_SECRET_ACCESS_KEY: process.env.TEST_S3_SECRET_ACCESS_KEY ?? '',
  S3_FORCE_PATH_STYLE: 'true',
});

/** What the store says of an object: with `TEST_S3_ENCRYPTION=none`, for a store without keys, nothing. */
export const ENCRYPTION = process.env.TEST_S3_ENCRYPTION === 'none' ? undefined : 'AES256';

/** A fresh database, removed at the end of the test. */
export async function database(test: Test): Promise<Db> {
  servers ??= startServers();
  const { client } = await servers;
  const db = client.db(`concierge_test_${process.pid}_${++databases}`);
  test.teardown(() => db.dropDatabase());
  return db;
}

/** The environment of a service on that database. Without limits on calls and without a dispatcher, unless `env` sets them. */
export async function environment(db: Db, env: NodeJS.ProcessEnv = {}): Promise<NodeJS.ProcessEnv> {
  const { settings } = await (servers ?? startServers());
  return {
    ...settings,
    S3_ENCRYPTION: process.env.TEST_S3_ENCRYPTION,
    CONCIERGE_API_KEY: KEY,
    ANALYTICS_SALT: 'salt-of-the-tests',
    MONGODB_DB: db.databaseName,
    RATE_LIMIT_PER_SESSION: '0',
    RATE_LIMIT_BURST: '0',
    RATE_LIMIT_ORDER_MISSES: '0',
    RATE_LIMIT_ORDERS: '0',
    RATE_LIMIT_WRONG_CODES: '0',
    ORDER_MISSES_ALERT: '0',
    RATE_LIMIT_RETURNS: '0',
    RATE_LIMIT_STYLIST: '0',
    RATE_LIMIT_VERIFY: '0',
    STYLIST_TICKETS_PER_ADDRESS: '0',
    EMAIL_ORDERS_PER_ADDRESS: '0',
    SMS_OPT_INS_PER_NUMBER: '0',
    SMS_NUMBERS_PER_ORDER: '0',
    CAPSULE_HOLDS_PERCENT: '100',
    // a test of who may do what says `required`
    ORDERS_PROOF: 'trusted',
    DISPATCHER: 'off',
    ...PATIENCE,
    ...env,
  };
}

interface BuildOptions extends AppOptions {
  env?: NodeJS.ProcessEnv;
  db?: Db;
  /** Also takes STAFF_KEY. */
  staff?: boolean;
}

/** The id under which STAFF_KEY stands in logs. */
const STAFF: ApiKey = { ...keyOf(STAFF_KEY, SCOPES), id: 'staff' };

/** The whole service on a fresh database, or on the one given. */
export async function build(test: Test, { env = {}, db, staff = false, ...options }: BuildOptions = {}) {
  const fresh = db ?? (await database(test));
  const config = loadConfig(await environment(fresh, env), {});
  const apiKeys = [...config.apiKeys, ...(staff ? [STAFF] : [])];
  const app = await buildApp({ ...config, apiKeys }, options);
  test.teardown(() => app.close());
  await app.ready();
  return { app, db: fresh, config };
}

/** One call as the widget makes it. */
export function call(
  app: FastifyInstance,
  path: string,
  body: unknown,
  headers: Record<string, string> = {},
) {
  return app.inject({
    method: 'POST',
    url: path,
    headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json', ...headers },
    payload: typeof body === 'string' ? body : JSON.stringify(body),
  });
}

/** What an answer says, without the id of the request. */
export function bodyOf(response: { json: <Body>() => Body }) {
  const { requestId, ...body } = response.json<Record<string, string>>();
  t.type(requestId, 'string', 'an object carries the id of the request');
  return body;
}

/** As a whole: who reads the file meanwhile finds what was there or what is there then. */
export async function replaceFile(path: string, content: string): Promise<void> {
  await writeFile(`${path}.new`, content);
  await rename(`${path}.new`, path);
}

/** A piece as the shop's database has it, and as it is answered. */
export const BAND_OF_THE_SHOP = {
  name: 'Aurora band',
  category: 'ring',
  price: 1250,
  inventory: { sku: 'RNG-1' },
  metadata: { status: 'active' },
};
export const BAND = {
  id: 'RNG-1',
  title: 'Aurora band',
  price: 1250,
  currency: 'USD',
  category: 'ring',
  readyToShip: false,
  tags: [],
  badges: [],
};
