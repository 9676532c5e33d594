import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable, Writable } from 'node:stream';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import type { RouteCall } from './derive-tools.js';

/** As much of an HTTP request as Fastify and our hooks read. */
const requestOf = (parts: Pick<IncomingMessage, 'method' | 'url' | 'headers' | 'socket'>, body?: string) =>
  Object.assign(
    new Readable({
      read() {
        if (body !== undefined) this.push(body);
        this.push(null);
      },
    }),
    { ...parts, httpVersionMajor: 1 },
  );

/** As much of an HTTP answer as Fastify writes: its status, and its body as a text. Its headers are nobody's. */
class Answer extends Writable {
  statusCode = 200;
  headersSent = false;
  text = '';
  /** What was written, where it was an object: nobody has to read it again. */
  told: unknown;

  constructor() {
    super({ decodeStrings: false });
  }

  writeHead(status: number): this {
    this.statusCode = status;
    this.headersSent = true;
    return this;
  }

  setHeader(): void {}
  getHeader(): void {}
  removeHeader(): void {}
  getHeaders = () => ({});
  hasHeader = () => false;

  override _write(chunk: string | Buffer, _encoding: string, done: () => void): void {
    this.text += chunk;
    done();
  }
}

/** Keeps what is answered to a call of this kind. Registered before the routes. */
export default fp(
  async (app) => {
    app.addHook('preSerialization', (_request, reply, payload, done) => {
      const raw: unknown = reply.raw;
      if (raw instanceof Answer) raw.told = payload;
      done(null, payload);
    });
  },
  { name: 'call-route', fastify: '5.x' },
);

/**
 * Runs a route within the process for the client of a request: router, hooks, validation and all that an HTTP request would pass, without a
 * socket. Fastify's `inject` does the same with all that a test may look at, which cost more than a search.
 */
export function callRoute(
  app: FastifyInstance,
  { id, headers: { authorization, host, ...others }, raw: { socket } }: FastifyRequest,
  { method, url, query, payload, idempotencyKey }: RouteCall,
): Promise<Pick<Answer, 'text' | 'told'> & { status: number }> {
  const body = payload && JSON.stringify(payload);
  const forwarded = others['x-forwarded-for'];
  const headers = {
    authorization,
    host,
    'x-request-id': id,
    ...(body !== undefined && {
      'content-type': 'application/json',
      'content-length': String(Buffer.byteLength(body)),
    }),
    ...(forwarded && { 'x-forwarded-for': forwarded }),
    ...(idempotencyKey && { 'idempotency-key': idempotencyKey }),
  };
  const asked = query ? `${url}?${new URLSearchParams(query)}` : url;
  return new Promise((resolve) => {
    const answer = new Answer();
    answer.once('close', () => resolve({ status: answer.statusCode, text: answer.text, told: answer.told }));
    const request = requestOf({ method, url: asked, headers, socket }, body);
    app.routing(request as IncomingMessage, answer as unknown as ServerResponse);
  });
}
