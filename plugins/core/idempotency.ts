import type { FastifyReply, FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import { ApiError, invalid } from '../../src/platform/http/errors.js';
import { createIdempotency, fingerprintOf, recordId } from '../../src/platform/idempotency/idempotency.js';
import { hookRoute } from './request-id.js';

export interface EarlierAnswer {
  status: number;
  body: string;
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** A request that is made again with the same key is not performed again, but answered as it was. */
    idempotent?: boolean;
  }
  interface FastifyInstance {
    /**
     * Claims the key of a form, which its handler reads: once its session and its whole content are known, a file by its hash. What is
     * answered has been answered before, and is to be sent by `replay`.
     */
    claimForForm: (
      request: FastifyRequest,
      content: Record<string, string | undefined>,
    ) => Promise<EarlierAnswer | undefined>;
  }
  interface FastifyRequest {
    /** The key that this request came with, where it may have one. */
    idempotencyKey: string | null;
    /** Names the key that this request has claimed, hashed; null when it came without one. */
    idempotencyId: string | null;
    /** What its handler is at. */
    handling: unknown;
  }
}

const FORM = 'multipart/form-data';
const KEY = /^[\x21-\x7e]{8,255}$/;

/** Idempotency keys, for the routes that switch them on: in `Idempotency-Key`, `x-idempotency-key` or the body's `idempotencyKey`. */
export default fp(
  async (app) => {
    const keys = createIdempotency(app.collections.idempotencyKeys, app.now);
    app.addHook('onClose', async () => keys.close());
    app.decorateRequest('idempotencyKey', null);
    app.decorateRequest('idempotencyId', null);
    app.decorateRequest('handling', undefined);

    /** Of a request that was answered without its handler: when that has ended, or else when the lease does, the key can be used again. */
    async function giveBack(request: FastifyRequest, id: string): Promise<void> {
      const release = keys.releaseLater(id);
      await Promise.allSettled([request.handling]);
      await record(request, release());
    }

    // the answer stands: what could not be recorded is found again by the rules of the endpoint itself
    const record = (request: FastifyRequest, recorded: Promise<void>) =>
      recorded.catch((err) => request.log.warn({ err }, 'an idempotency key could not be recorded'));

    async function claim(request: FastifyRequest, fingerprint: string): Promise<EarlierAnswer | undefined> {
      const { idempotencyKey: key, clientId = '', method, params, config, sessionId } = request;
      if (key === null) return undefined;
      const route = `${method} ${config.url}`;
      const id = recordId({ clientId, route, params: params as Record<string, unknown>, sessionId }, key);
      const claimed = await keys.claim(id, fingerprint, sessionId);
      if (claimed.outcome === 'mismatch')
        throw new ApiError('idempotency.mismatch', 'This idempotency key came with another request before.');
      if (claimed.outcome === 'in_flight')
        throw new ApiError(
          'idempotency.in_flight',
          'The request with this idempotency key is still being performed.',
          { headers: { 'retry-after': String(claimed.retryAfterSeconds) } },
        );
      if (claimed.outcome === 'finished') return claimed;
      if (request.isLate) void giveBack(request, id);
      else request.idempotencyId = id;
      return undefined;
    }

    app.decorate('claimForForm', (request, content) =>
      claim(request, fingerprintOf(content, Object.keys(content))),
    );

    app.addHook('onRoute', (route) => {
      if (!route.config?.idempotent) return;
      const { handler } = route;
      route.handler = function (request, reply) {
        request.handling = handler.call(this, request, reply);
        return request.handling;
      };
      const known = fieldsOf(route.schema?.body as BodySchema | undefined);
      // after validation: a request that is not valid does not use its key up
      hookRoute(route, 'preHandler', (request, reply, done) => {
        const key = readKey(request);
        if (key === undefined) return done();
        request.idempotencyKey = key;
        if (request.mediaType === FORM) return done();
        const { body } = request;
        const fields = body === null || typeof body !== 'object' ? [] : known;
        claim(request, fingerprintOf(body, fields)).then((earlier) => {
          if (earlier) replay(reply, earlier);
          else done();
        }, done);
      });
      hookRoute(route, 'onSend', (request, reply, payload, done) => {
        const { idempotencyId: id } = request;
        if (id === null) return done(null, payload);
        request.idempotencyId = null;
        const recorded = settle(request, reply, id, payload);
        // whose database is away has waited for it already
        if (request.isLate || reply.statusCode === 503) done(null, payload);
        else void recorded.then(() => done(null, payload));
      });
    });

    /** Keeps the answer under the key that its request has claimed, or gives the key back. */
    async function settle(request: FastifyRequest, reply: FastifyReply, id: string, payload: unknown) {
      if (request.isLate) return giveBack(request, id);
      const isDone = reply.statusCode < 300 && !request.isDeclined;
      await record(request, isDone ? keys.finish(id, reply.statusCode, String(payload)) : keys.release(id));
    }
  },
  { name: 'idempotency', fastify: '5.x', dependencies: ['mongodb', 'clock', 'auth', 'handler-timeout'] },
);

/** Answers as the request was answered the first time. */
export function replay(reply: FastifyReply, { status, body }: EarlierAnswer) {
  // what was done once is counted once
  reply.request.isPerformed = false;
  return reply
    .code(status)
    .header('idempotency-replayed', 'true')
    .type('application/json; charset=utf-8')
    .send(body);
}

// Bare, or quoted as the standard wants it.
function readKey({ headers, body }: FastifyRequest): string | undefined {
  const inBody = (body as { idempotencyKey?: unknown } | undefined | null)?.idempotencyKey;
  const given = headers['idempotency-key'] ?? headers['x-idempotency-key'] ?? (inBody || undefined);
  if (given === undefined) return undefined;
  const key = String(given)
    .trim()
    .replace(/^"(.*)"$/, '$1');
  if (!KEY.test(key)) throw invalid('/idempotencyKey', 'An idempotency key has 8 to 255 visible characters.');
  return key;
}

// What else a body carries, such as the request id of the attempt, may change from one attempt to the next.
function fieldsOf({ properties, content }: BodySchema = {}): string[] {
  const known = properties ?? content?.['application/json']?.schema.properties ?? {};
  return Object.keys(known).filter((name) => name !== 'idempotencyKey');
}

/** Of one form, or of several by their media types. */
interface BodySchema {
  properties?: object;
  content?: Record<string, { schema: { properties?: object } }>;
}
