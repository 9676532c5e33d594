import fp from 'fastify-plugin';
import { unavailable } from '../../src/platform/http/problem.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** In place of the usual time that a handler has to answer. */
    handlerTimeoutMs?: number;
  }
  interface FastifyRequest {
    /** Whether it was answered because its handler has not answered in time, and may still be at work. */
    isLate: boolean;
  }
}

/** What a handler has as a rule; a route says by `handlerTimeoutMs` what it needs instead. */
const HANDLER_TIMEOUT_MS = 20_000;

interface HandlerTimeoutOptions {
  timeoutMs?: number | undefined;
}

/**
 * Answers for a handler that does not: a customer waits for no longer. Fastify's own `handlerTimeout` does the same, and ends an
 * AbortSignal that nothing here listens to with each request, which took 30 µs of it.
 */
export default fp<HandlerTimeoutOptions>(
  async (app, { timeoutMs = HANDLER_TIMEOUT_MS }) => {
    app.decorateRequest('isLate', false);
    app.addHook('onRequest', async (request, reply) => {
      const answer = () => {
        // what has begun, such as a stream, has been answered: it may take as long as it moves
        if (reply.sent || reply.raw.headersSent) return;
        request.isLate = true;
        reply.send(unavailable(new Error('The handler has not answered in time')));
      };
      const timer = setTimeout(answer, request.routeOptions.config.handlerTimeoutMs ?? timeoutMs);
      reply.raw.once('close', () => clearTimeout(timer));
    });
  },
  { name: 'handler-timeout', fastify: '5.x', dependencies: ['errors'] },
);
