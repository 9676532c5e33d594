import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Test } from 'tap';
import type { Outcome } from '../../src/connectors/connector.js';
import type { Handler, Message } from '../../src/outbox/delivery-kind.js';

export interface Received {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
}

export type Answer = (response: ServerResponse, request: Received) => void;

/** An HTTP server on this machine that records what it gets. `answers` are given in turn, the last one from then on. */
export async function receiver(t: Test, ...answers: Answer[]) {
  const received: Received[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const { method = '', url: path = '', headers } = request;
    const one = { method, path, headers, body: Buffer.concat(chunks).toString('utf8') };
    received.push(one);
    answers[Math.min(received.length, answers.length) - 1]?.(response, one);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, received };
}

/** An address that nobody listens on. */
export async function nobody(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${port}`;
}

export const json =
  (status: number, body: unknown, headers: Record<string, string> = {}): Answer =>
  (response) =>
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
export const status =
  (code: number, headers: Record<string, string> = {}): Answer =>
  (response) =>
    response.writeHead(code, headers).end();
export const garbage: Answer = (response) => response.writeHead(200).end('<html>signed in</html>');
export const endless: Answer = (response) => {
  response.writeHead(200, { 'content-type': 'application/json' });
  const more = () => {
    while (!response.destroyed && response.write(' '.repeat(65_536)));
    response.once('drain', more);
  };
  more();
};
export const hang: Answer = () => undefined;
/** Begins an answer, and never ends it. */
export const stall: Answer = (response) => response.writeHead(200).write('{');
export const reset: Answer = (response) => response.socket?.resetAndDestroy();
/** Refuses, and repeats everything that it was sent. */
export const echo =
  (code: number): Answer =>
  (response, { headers, body }) =>
    json(code, {
      error: body,
      message: body,
      code: body,
      errors: [headers, body],
      type: headers.authorization,
    })(response, { method: '', path: '', headers, body });

/** What no outcome may hold: the marked credentials, and the marked data of the customer. */
export const SECRETS = [
  'S3CRET',
  Buffer.from('S3CRET').toString('base64').slice(0, 7),
  'Marked',
  'marked',
  '5550199',
];

const outcomes: Outcome[] = [];

/** The outcome of a delivery, kept for `nothingLeaked`. */
export async function deliver(
  handler: Handler | undefined,
  message: Message,
  signal: AbortSignal = new AbortController().signal,
): Promise<Outcome> {
  if (!handler) throw new Error('there is no handler');
  const outcome = await handler.deliver(message, signal);
  outcomes.push(outcome);
  return outcome;
}

/** Asserts that no outcome so far holds a credential or personal data. */
export function nothingLeaked(t: Test, atLeast: number): void {
  t.ok(outcomes.length >= atLeast, `${outcomes.length} outcomes`);
  for (const secret of SECRETS)
    t.same(
      outcomes.filter((outcome) => JSON.stringify(outcome).includes(secret)),
      [],
      `no outcome holds ${secret}`,
    );
  const reasons = outcomes.flatMap((outcome) => ('reason' in outcome ? [outcome.reason] : []));
  t.same(
    reasons.filter((reason) => reason === '' || reason.length > 100),
    [],
    'reasons are short',
  );
}
