import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Handler } from './handler.js';

const HOST = '127.0.0.1';
/** A connection on which nothing moves for that long is given up; a large body may take as long as it moves. */
const IDLE_MS = 60_000;
const GRACE_MS = 2_000;

export interface RunningServer {
  port: number;
  stop(): Promise<void>;
}

export async function listen(handle: Handler, port: number): Promise<RunningServer> {
  const active = new Set<Promise<void>>();
  const track = (answered: Promise<void>) => {
    active.add(answered);
    void answered.finally(() => active.delete(answered));
  };
  const server = createServer({ requestTimeout: 0 });
  server.timeout = IDLE_MS;
  server.on('request', (message, response) => track(handle(message, response, false)));
  server.on('checkContinue', (message, response) => track(handle(message, response, true)));
  const address = await bind(server, port);
  return { port: address.port, stop: () => close(server, active) };
}

function bind(server: Server, port: number): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, HOST, () => {
      server.off('error', reject);
      const address = server.address();
      if (typeof address === 'object' && address !== null) resolve(address);
    });
  });
}

/** Lets requests finish for a moment, then cuts them off, and returns when none of them touches a file any more. */
async function close(server: Server, active: ReadonlySet<Promise<void>>): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  const cut = setTimeout(() => server.closeAllConnections(), GRACE_MS);
  await closed;
  clearTimeout(cut);
  await Promise.allSettled(active);
}
