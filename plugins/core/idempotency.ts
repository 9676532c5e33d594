import type { FastifyReply, FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import { ApiError, invalid } from '../../src/platform/http/errors.js';
import { createIdempotency, fingerprintOf, recordId } from '../../src/platform/idempotency/idempotency.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** A request that is made again with the same key is not performed again, but answered as it was. */
    idempotent?: boolean;
  }
  interface FastifyRequest {
    /** Names the key that this request has claimed, hashed; null when it came without one. */
    idempotencyId: string | null;
  }
}

const KEY = /^[\x21-\x7e]{8,255}$/;

/** Idempotency keys, for the routes that switch them on: in `Idempotency-Key`, `x-idempotency-key` or the body's `idempotencyKey`. */
export default fp(
  async (app) => {
    const keys = createIdempotency(app.collections.idempotencyKeys, app.now);
    app.decorateRequest('idempotencyId', null);

    // after validation: a request that is not valid does not use its key up
    app.addHook('preHandler', async (request, reply) => {
      const key = request.routeOptions.config.idempotent ? readKey(request) : undefined;
      if (key === undefined) return;
      const id = recordId(request.clientId ?? '', request.routeOptions.url ?? '', key);
      const claim = await keys.claim(
        id,
        fingerprintOf(request.body, knownFields(request)),
        request.sessionId,
      );
      if (claim.outcome === 'finished') return replay(reply, claim.status, claim.body);
      if (claim.outcome === 'mismatch')
        throw new ApiError('idempotency.mismatch', 'This idempotency key came with another request before.');
      if (claim.outcome === 'in_flight')
        throw new ApiError(
          'idempotency.in_flight',
          'The request with this idempotency key is still being performed.',
          {
            headers: { 'retry-after': String(claim.retryAfterSeconds) },
          },
        );
      request.idempotencyId = id;
    });

    app.addHook('onSend', async (request, reply, payload) => {
      const { idempotencyId: id } = request;
      if (id === null) return payload;
      request.idempotencyId = null;
      // the handler may still be at work: its key stays claimed until the lease ends
      if (request.isLate) return payload;
      const done =
        reply.statusCode < 300 ? keys.finish(id, reply.statusCode, String(payload)) : keys.release(id);
      // the answer stands: what could not be recorded is found again by the rules of the endpoint itself
      await done.catch((err) => request.log.warn({ err }, 'an idempotency key could not be recorded'));
      return payload;
    });
  },
  { name: 'idempotency', fastify: '5.x', dependencies: ['mongodb', 'clock', 'auth', 'handler-timeout'] },
);

function replay(reply: FastifyReply, status: number, body: string) {
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

// What else a body carries, such as the request id of the attempt, may change from one attempt to the next. Of a form nothing is known
// yet: there the key alone says that it is the same.
function knownFields({ routeOptions, body }: FastifyRequest): string[] {
  if (body === null || typeof body !== 'object') return [];
  const { properties, content } = (routeOptions.schema?.body ?? {}) as BodySchema;
  const known = properties ?? content?.['application/json']?.schema.properties ?? {};
  return Object.keys(known).filter((name) => name !== 'idempotencyKey');
}

/** Of one form, or of several by their media types. */
interface BodySchema {
  properties?: object;
  content?: Record<string, { schema: { properties?: object } }>;
}
