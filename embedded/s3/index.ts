import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { lockFolder } from '../lock.js';
import { refuseProduction } from '../production.js';
import { handle, type Service } from './handler.js';
import { abortAbandonedUploads } from './multipart.js';
import { checkBucketName } from './request.js';
import { openStore } from './store.js';

const SWEEP_MS = 60 * 60 * 1000;
const DEFAULT_REGION = 'us-east-1';
const HOST = '127.0.0.1';
/** A connection on which nothing moves for that long is given up; a large body may take as long as it moves. */
const IDLE_MS = 60_000;
const GRACE_MS = 2_000;

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
  refuseProduction();
  const { path, accessKeyId, secretAccessKey, region = DEFAULT_REGION, buckets = [] } = options;
  const release = lockFolder(path);
  try {
    const store = openStore(path);
    for (const bucket of buckets) {
      checkBucketName(bucket);
      if (!store.buckets.has(bucket)) store.createBucket(bucket, now());
    }
    abortAbandonedUploads(store, now());
    const credentials = { accessKeyId, secretAccessKey, region };
    const server = await listen({ store, credentials, now }, options.port ?? 0);
    const sweep = setInterval(() => abortAbandonedUploads(store, now()), SWEEP_MS).unref();
    const shutDown = async () => {
      clearInterval(sweep);
      await server.stop();
      release();
    };
    let stopped: Promise<void> | null = null;
    const stop = () => {
      stopped ??= shutDown();
      return stopped;
    };
    return { endpoint: `http://${HOST}:${server.port}`, port: server.port, stop };
  } catch (error) {
    release();
    throw error;
  }
}

async function listen(service: Service, port: number): Promise<Omit<EmbeddedS3, 'endpoint'>> {
  const active = new Set<Promise<void>>();
  const server = createServer({ requestTimeout: 0 }, (message, response) => {
    const answered = handle(service, message, response);
    active.add(answered);
    void answered.finally(() => active.delete(answered));
  });
  server.timeout = IDLE_MS;
  // Clients keep their connections, and one that is closed just when it is used again costs them a request.
  server.keepAliveTimeout = IDLE_MS;
  server.listen(port, HOST);
  await once(server, 'listening');
  const address = server.address();
  const bound = typeof address === 'object' && address ? address.port : port;
  return { port: bound, stop: () => close(server, active) };
}

/** Lets requests finish for a moment, then cuts them off, and returns when none of them touches a file any more. */
async function close(server: Server, active: ReadonlySet<Promise<void>>): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeIdleConnections();
  const cut = setTimeout(() => server.closeAllConnections(), GRACE_MS);
  await closed;
  clearTimeout(cut);
  await Promise.allSettled(active);
}
