/*
 * Schemathesis, from PyPI, against the running service on a fresh embedded database: npm run conformance [-- more of its options]
 *
 * What it checks, and what it leaves out and why, stands in schemathesis.toml. In CI it makes fewer examples: CONFORMANCE_EXAMPLES.
 */
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { MongoClient } from 'mongodb';
import { startEmbedded } from '../../embedded/index.js';
import { seedCatalogue, seedCreators, seedOrders } from '../../scripts/seed.js';
import { buildApp } from '../../src/app.js';
import { Environment } from '../../src/config/environment.js';
import { loadConfig } from '../../src/config/load.js';
import { keyOf, SCOPES } from '../../src/platform/keys/keys.js';
import { Absent, fromPypi } from './install.js';

const SCHEMATHESIS = '4.32.5';
const EXAMPLES = process.env.CONFORMANCE_EXAMPLES || '200';
/** May call everything, so that nothing hides behind a 403. */
const KEY = 'conformance-key';
const DATABASE = 'conformance';

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

async function main(): Promise<number> {
  let program: string;
  try {
    program = await fromPypi(`schemathesis@${SCHEMATHESIS}`, [`schemathesis==${SCHEMATHESIS}`], 'st');
  } catch (error) {
    if (!(error instanceof Absent)) throw error;
    console.log(`Skipped: schemathesis cannot be had here: ${error.message}`);
    return 0;
  }
  const dataDir = await mkdtemp(join(tmpdir(), 'conformance-'));
  const embedded = await startEmbedded({ dataDir });
  const settings = { ...embedded.settings, MONGODB_DB: DATABASE, ...KEYS, ...UNLIMITED };
  const faults: string[] = [];
  const app = await build(settings, (line) => faults.push(line));
  try {
    await seed(settings.MONGODB_URI ?? '');
    const address = await app.listen({ host: '127.0.0.1', port: 0 });
    const status = await run(program, address, dataDir);
    for (const fault of faults) console.error(fault);
    console.log(`${faults.length} faults in the log of the service.`);
    return status || Math.min(faults.length, 1);
  } finally {
    await app.close();
    await embedded.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
}

const KEYS = {
  CONCIERGE_API_KEY: KEY,
  ANALYTICS_SALT: 'salt-of-the-conformance-run',
  // without it the webhook says 503 to everyone
  ORDER_WEBHOOK_SECRET: `whsec_${Buffer.alloc(32, 7).toString('base64')}`,
};

/** Limits have tests of their own; here they would answer 429 to nearly everything. */
const UNLIMITED = Object.fromEntries(
  Object.entries(Environment.properties)
    .filter(([name, { type }]) => name.startsWith('RATE_LIMIT_') && type === 'integer')
    .map(([name]) => [name, '0'])
    .concat([['ORDER_MISSES_ALERT', '0']]),
);

async function build(settings: NodeJS.ProcessEnv, onFault: (line: string) => void) {
  const config = loadConfig(settings, {});
  const stream = { write: onFault };
  return buildApp({ ...config, apiKeys: [keyOf(KEY, SCOPES)] }, { logger: { level: 'error', stream } });
}

async function seed(uri: string): Promise<void> {
  const client = await MongoClient.connect(uri, { ignoreUndefined: true });
  const db = client.db(DATABASE);
  await Promise.all([seedCatalogue(db), seedCreators(db), seedOrders(db, new Date())]);
  await client.close();
}

// what it keeps of a run is of no use to the next one
function run(program: string, address: string, folder: string): Promise<number> {
  const args = [
    ...[
      '--config-file',
      resolve('schemathesis.toml'),
      'run',
      `${address}/openapi.json`,
      '--url',
      address,
      '--max-examples',
      EXAMPLES,
    ],
    ...['--header', `Authorization: Bearer ${KEY}`],
    ...process.argv.slice(2),
  ];
  const child = spawn(program, args, { cwd: folder, stdio: ['ignore', 'inherit', 'inherit'] });
  return new Promise((done) => child.on('close', (status) => done(status ?? 1)));
}

process.exitCode = await main();
