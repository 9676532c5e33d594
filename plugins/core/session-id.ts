import fp from 'fastify-plugin';
import { isUnguessable, MIN_RANDOM_BITS } from '../../src/domain/sessions/unguessable.js';
import { invalid } from '../../src/platform/http/errors.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** The widget session that a request belongs to, without white space around it. */
    sessionId: string | undefined;
  }
}

type Named = { sessionId?: unknown } | null;

/** Reads the session off the path or the body, once for the limits, the log, the sessions and the endpoints: one session has one name. */
export default fp(
  async (app) => {
    app.decorateRequest('sessionId', undefined);
    // before validation, so that limits count what is not valid too
    app.addHook('preValidation', async (request) => {
      const { params, body } = request as { params?: Named; body?: Named };
      const named = typeof params?.sessionId === 'string' ? params : body;
      if (typeof named?.sessionId !== 'string') return;
      named.sessionId = named.sessionId.trim();
      request.sessionId = String(named.sessionId) || undefined;
    });
  },
  { name: 'session-id', fastify: '5.x' },
);

/** @throws ApiError 400 for a session under which nothing is kept that is its customer's alone. */
export function refuseGuessable(sessionId: string): void {
  if (!isUnguessable(sessionId))
    throw invalid(
      '/sessionId',
      `This needs a session id of at least ${MIN_RANDOM_BITS} random bits, such as \`crypto.randomUUID()\` makes: another one could be guessed.`,
    );
}
