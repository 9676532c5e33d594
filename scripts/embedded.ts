import './help.js';
import { resolve } from 'node:path';
import { startEmbedded } from '../embedded/index.js';

/*
 * Starts the stand-ins of MongoDB and S3 alone, for a look at the data with a shell, Compass or an S3 client, or for a
 * service that is started by itself.
 */

const MAX_PORT = 65_535;

function readPort(name: string): number {
  const text = process.env[name] ?? '';
  const port = Number(text);
  if (!/^\d*$/.test(text) || port > MAX_PORT) throw new Error(`${name} must be a port, not "${text}".`);
  return port;
}

async function main(): Promise<void> {
  const dataDir = resolve(process.env.DATA_DIR || '.data');
  const database = process.env.MONGODB_DB || 'glowglitch';
  const { settings, stop } = await startEmbedded({
    dataDir,
    mongodbPort: readPort('EMBEDDED_MONGODB_PORT'),
    s3Port: readPort('EMBEDDED_S3_PORT'),
    bucket: process.env.S3_BUCKET || undefined,
  });
  console.log(`The embedded MongoDB and S3 keep their data in ${dataDir}. Press Ctrl+C to stop them.\n`);
  for (const [name, value] of Object.entries(settings)) console.log(`${name}=${value}`);
  console.log(`\nTry: mongosh "${withDatabase(settings.MONGODB_URI, database)}"`);
  console.log(`     aws --endpoint-url ${settings.S3_ENDPOINT} s3 ls s3://${settings.S3_BUCKET}`);
  stopOnSignal(stop);
}

function withDatabase(uri: string | undefined, database: string): string {
  const url = new URL(uri ?? 'mongodb://127.0.0.1');
  url.pathname = `/${database}`;
  return url.href;
}

/** A second signal ends the process at once: nothing is lost, since both survive a kill. */
function stopOnSignal(stop: () => Promise<void>): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      stop().then(() => console.log('Stopped.'), fail);
    });
  }
}

function fail(error: unknown): void {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

main().catch(fail);
