import { createHash } from 'node:crypto';
import fp from 'fastify-plugin';

/** Echoes the request id in the answer, and writes the one log line of each request. */
export default fp(
  async (app) => {
    app.decorateRequest('clientId', undefined);

    app.addHook('onRequest', async (request, reply) => {
      reply.header('x-request-id', request.id);
    });

    app.addHook('onResponse', async (request, reply) => {
      request.log.info(
        {
          method: request.method,
          route: request.routeOptions.url ?? '(unknown path)',
          status: reply.statusCode,
          durationMs: Math.round(reply.elapsedTime * 10) / 10,
          client: request.clientId,
          session: request.sessionId && hashed(request.sessionId),
        },
        'request',
      );
    });
  },
  { name: 'request-id', fastify: '5.x', dependencies: ['session-id'] },
);

// Lines of one session can be found together; the session itself cannot be taken over from a log.
const hashed = (sessionId: string): string =>
  createHash('sha256').update(sessionId).digest('hex').slice(0, 12);
