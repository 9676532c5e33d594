// The server in the calling thread.
import { type AddressInfo, createServer, type Server } from 'node:net';
import { lockFolder } from '../lock.js';
import { refuseProduction } from '../production.js';
import { acceptor } from './connections.js';
import { Cursors } from './cursors.js';
import { Database } from './database.js';

export interface ListenOptions {
  /** The data folder. */
  path: string;
  /** A free port unless given. */
  port?: number;
  ttlSweepMs?: number;
  compactAbove?: number;
}

interface Listening {
  uri: string;
  port: number;
  /** How long it took to read the data folder. */
  loadMs: number;
  /** Deletes what has expired at this time; returns how many documents that were. */
  expire(now: number): number;
  stop(): Promise<void>;
}

const HOST = '127.0.0.1';
const TTL_SWEEP_MS = 60_000;

export async function listen(options: ListenOptions): Promise<Listening> {
  refuseProduction();
  const unlock = lockFolder(options.path);
  try {
    return await serve(options, unlock);
  } catch (error) {
    unlock();
    throw error;
  }
}

async function serve(options: ListenOptions, unlock: () => void): Promise<Listening> {
  const { path: folder, port: wanted = 0, ttlSweepMs = TTL_SWEEP_MS, compactAbove } = options;
  const started = performance.now();
  const database = new Database({ folder, compactAbove });
  const loadMs = performance.now() - started;
  const cursors = new Cursors();
  const { accept, settle, closeAll } = acceptor({ database, cursors });
  const expire = (now: number) => {
    const n = database.log.failed ? 0 : database.expire(now);
    cursors.closeIdle(now);
    settle();
    return n;
  };
  expire(Date.now());
  const sweep = setInterval(() => expire(Date.now()), ttlSweepMs);
  sweep.unref();
  const server = createServer({ noDelay: true }, accept);
  const port = await listening(server, wanted);
  const stop = async () => {
    clearInterval(sweep);
    const closed = new Promise((resolve) => server.close(resolve));
    settle();
    closeAll();
    await closed;
    database.close();
    unlock();
  };
  return { uri: `mongodb://${HOST}:${port}/`, port, loadMs, expire, stop };
}

function listening(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, HOST, () => resolve((server.address() as AddressInfo).port));
  });
}
