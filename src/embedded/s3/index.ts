import { lockFolder } from '../lock.js';
import { createHandler } from './handler.js';
import { applyLifecycle } from './lifecycle.js';
import { listen, type RunningServer } from './server.js';
import { openStore, type Store } from './store.js';

const SWEEP_MS = 60 * 60 * 1000;
const DEFAULT_REGION = 'us-east-1';

export interface S3Options {
  /** The folder of all data, which is locked against other processes. */
  path: string;
  /** A free one by default. */
  port?: number;
  accessKeyId: string;
  secretAccessKey: string;
  region?: string;
  /** Created if they are missing. */
  buckets?: string[];
}

export interface EmbeddedS3 {
  endpoint: string;
  port: number;
  stop(): Promise<void>;
}

/** Starts the S3 stand-in for development and tests, listening on 127.0.0.1 in this thread. */
export async function startS3(options: S3Options, now: () => number = Date.now): Promise<EmbeddedS3> {
  if (process.env.NODE_ENV === 'production') {
    throw new Error(
      'The embedded S3 is for development and tests, and does not start with NODE_ENV=production.',
    );
  }
  const { path, port = 0, accessKeyId, secretAccessKey, region = DEFAULT_REGION, buckets = [] } = options;
  const release = lockFolder(path);
  try {
    const store = prepareStore(path, buckets, now);
    const handler = createHandler({ store, credentials: { accessKeyId, secretAccessKey, region }, now });
    const server = await listen(handler, port);
    const sweep = setInterval(() => applyLifecycle(store, now()), SWEEP_MS).unref();
    const stop = onlyOnce(() => shutDown(server, sweep, release));
    return { endpoint: `http://127.0.0.1:${server.port}`, port: server.port, stop };
  } catch (error) {
    release();
    throw error;
  }
}

function prepareStore(path: string, buckets: readonly string[], now: () => number): Store {
  const store = openStore(path);
  if (store.lost > 0)
    process.emitWarning(`${store.lost} objects in ${path} were damaged and have been removed.`);
  for (const bucket of buckets) if (!store.buckets.has(bucket)) store.createBucket(bucket, now());
  applyLifecycle(store, now());
  return store;
}

async function shutDown(server: RunningServer, sweep: NodeJS.Timeout, release: () => void): Promise<void> {
  clearInterval(sweep);
  await server.stop();
  release();
}

function onlyOnce(action: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | null = null;
  return () => {
    done ??= action();
    return done;
  };
}
