import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Test } from 'tap';

/** What the service does with the store, one request each. */
export const STEPS = ['put', 'create', 'part', 'complete', 'list', 'abort', 'delete'] as const;
export type Step = (typeof STEPS)[number];

/**
 * How a request fails: its connection is refused, it is never answered, it is answered with an error, or it is performed and its answer
 * is lost.
 */
export const FAULTS = ['refuse', 'hang', 'error', 'lose'] as const;
type Fault = (typeof FAULTS)[number];

function stepOf({ method, url = '' }: IncomingMessage): Step | undefined {
  const query = new URLSearchParams(url.split('?')[1]);
  if (method === 'PUT') return query.has('partNumber') ? 'part' : 'put';
  if (method === 'POST') return query.has('uploads') ? 'create' : 'complete';
  if (method === 'DELETE') return query.has('uploadId') ? 'abort' : 'delete';
  return query.has('uploads') ? 'list' : undefined;
}

/** A proxy in front of a store, which lets everything pass but the steps in `faults`; it counts what has failed. */
export async function startProxy(t: Test, store: string) {
  const faults = new Map<Step, Fault>();
  let failed = 0;

  function handle(incoming: IncomingMessage, response: ServerResponse): void {
    const step = stepOf(incoming);
    const fault = step && faults.get(step);
    if (fault) failed += 1;
    if (fault === 'refuse') incoming.socket.destroy();
    else if (fault === 'error') {
      incoming
        .resume()
        .once('end', () => response.writeHead(500, { 'content-type': 'application/xml' }).end(ERROR));
    } else if (fault === 'hang') incoming.resume();
    else pass(incoming, fault === 'lose' ? undefined : response);
  }

  function pass(incoming: IncomingMessage, response: ServerResponse | undefined): void {
    const { method, url = '', headers } = incoming;
    const outgoing = request(new URL(url, store), { method, headers, agent: false }, (answer) => {
      if (!response) return void answer.resume();
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    outgoing.on('error', () => response?.destroy());
    // what is broken off here is broken off there
    incoming.once('close', () => incoming.complete || outgoing.destroy());
    incoming.pipe(outgoing);
  }

  const server = createServer(handle);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { endpoint, faults, failed: () => failed };
}

const ERROR = '<Error><Code>InternalError</Code><Message>We encountered an internal error.</Message></Error>';
