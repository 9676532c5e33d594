import './help.js';
import { once } from 'node:events';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { MongoClient } from 'mongodb';
import pretty from 'pino-pretty';
import { type Embedded, startEmbedded } from '../embedded/index.js';
import { DEVELOPMENT, developmentSettings, type Running, runningFile } from '../src/config/development.js';
import { type Config, loadConfig } from '../src/config/load.js';
import { warnOfMisspelt } from '../src/config/misspelt.js';
import { describeStartFailure, StartError } from '../src/lib/log-error.js';
import { runUntilStopped } from '../src/platform/http/run-until-stopped.js';
import { loggerOptions } from '../src/platform/http/server-options.js';
import { MAX_WAITING_MS, reachDatabase } from '../src/platform/mongodb/client.js';
import { seedActivity, seedCatalogue, seedCreators, seedOrders } from './seed.js';
import { seedPictures } from './seed-pictures.js';

/** The service for development: what is not configured (database, object store, key) is embedded. */
async function main(): Promise<void> {
  if (existsSync('.env')) process.loadEnvFile();
  // before anything is put into a database
  if (process.env.NODE_ENV === 'production')
    throw new StartError('`npm run dev` has keys that everyone knows: in production it is `npm start`.');
  const dataDir = process.env.DATA_DIR || '.data';
  // what serves is loaded while they start
  const [embedded, { buildDevelopment }] = await Promise.all([
    startMissing(dataDir),
    import('./build-development.js'),
  ]);
  const config = loadConfig(developmentSettings(process.env, embedded.settings));
  // before anything is put in: what is broken off by a port that is taken would not be begun again
  await expectFreePort(config.http);
  const seeded = await seedWhenEmpty(config);
  const stream = pretty({ ignore: 'pid,hostname', translateTime: 'HH:MM:ss', singleLine: true, sync: true });
  const app = await buildDevelopment(config, { logger: { ...loggerOptions(config.log), stream } });
  warnOfMisspelt(app.log);
  const address = await app.listen({ host: config.http.host, port: config.http.port });
  const running: Running = { pid: process.pid, address, standIns: embedded.settings };
  writeFileSync(runningFile(process.env), JSON.stringify(running));
  runUntilStopped(app, {
    after: () => {
      rmSync(runningFile(process.env), { force: true });
      return embedded.stop();
    },
  });
  if (seeded || embedded.settings.MONGODB_URI)
    followUp(app, seeded).catch((err) => app.log.warn({ err }, 'not all of the seeds could be put in'));
  const [key = DEVELOPMENT.key] = (process.env.CONCIERGE_API_KEY || DEVELOPMENT.key).split(',');
  announce({ address, key, config, seeded, dataDir, embedded });
}

// What nobody waits for: pictures of customers, and the figures of the days.
async function followUp(app: FastifyInstance, seeded: boolean): Promise<void> {
  await seedPictures(app.collections, app.storage);
  if (seeded) await app.rollUps.close();
}

async function expectFreePort({ host, port }: Config['http']): Promise<void> {
  const server = createServer().listen({ host, port });
  await once(server, 'listening');
  server.close();
  await once(server, 'close');
}

const startMissing = (dataDir: string): Promise<Embedded> =>
  startEmbedded({
    dataDir,
    mongodb: !process.env.MONGODB_URI,
    s3: !process.env.S3_ENDPOINT && !process.env.S3_BUCKET,
    ...port('mongodbPort', process.env.EMBEDDED_MONGODB_PORT),
    ...port('s3Port', process.env.EMBEDDED_S3_PORT),
  });

const port = (name: 'mongodbPort' | 's3Port', value: string | undefined) =>
  value ? { [name]: Number(value) } : {};

async function seedWhenEmpty({ mongodb, shop, analytics }: Config): Promise<boolean> {
  const client = await reachDatabase(mongodb.uri, () =>
    new MongoClient(mongodb.uri, {
      ignoreUndefined: true,
      serverSelectionTimeoutMS: MAX_WAITING_MS,
    }).connect(),
  );
  try {
    const db = client.db(mongodb.database);
    if (await db.collection('products').findOne({}, { projection: { _id: 1 } })) return false;
    const now = new Date();
    const settings = { timeZone: shop.timeZone, salt: analytics.salt };
    await Promise.all([
      seedCatalogue(db),
      seedCreators(db),
      seedOrders(db, now),
      seedActivity(db, settings, now),
    ]);
    return true;
  } finally {
    await client.close();
  }
}

interface Announcement {
  address: string;
  key: string;
  config: Config;
  seeded: boolean;
  dataDir: string;
  embedded: Embedded;
}

function announce({ address, key, config, seeded, dataDir, embedded: { settings } }: Announcement): void {
  const { proof } = config.orders;
  const { enabled: dashboard } = config.dashboard;
  const { docs } = config.http;
  const lines = [
    '',
    `  The concierge service listens at  ${address}`,
    `  Its key                           ${key}`,
    `  The key of the staff              ${DEVELOPMENT.staffKey}`,
    `  Everything there is to see        ${address}/`,
    `  The widget, to play with          ${address}/demo`,
    `  What would have been sent         ${address}/demo/outbox`,
    docs && `  The documentation                 ${address}/docs`,
    dashboard && `  The dashboard                     ${address}/dashboard`,
    `  Orders                            ${proof === 'trusted' ? 'a number is enough to return them (ORDERS_PROOF=trusted; in production it is required)' : 'have to be proved (ORDERS_PROOF=required)'}`,
    settings.MONGODB_URI && `  Embedded MongoDB                  ${settings.MONGODB_URI}`,
    settings.S3_ENDPOINT && `  Embedded S3                       ${settings.S3_ENDPOINT}`,
    `  Data                              ${dataDir}${seeded ? ' (a catalogue, orders and sixty days of customers have been put in)' : ''}`,
    '',
    '  Try:',
    `  curl -s ${address}/api/concierge/orders/status \\`,
    `    -H 'Authorization: Bearer ${key}' -H 'Content-Type: application/json' \\`,
    `    -d '{"orderNumber":"GG-12004"}'`,
    '',
  ];
  process.stdout.write(`${lines.filter((line) => typeof line === 'string').join('\n')}\n`);
}

main().catch((error) => {
  process.stderr.write(`${describeStartFailure(error, 'The service')}\n`);
  process.exit(1);
});
