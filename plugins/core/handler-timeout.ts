import type { FastifyReply, FastifyRequest } from 'fastify';
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
    /** When it is answered without its handler, on the clock of `performance`. */
    answerBy: number;
    /** When it is seen next whether it waits for something that fails. */
    lookAt: number;
  }
}

/** What a handler has as a rule; a route says by `handlerTimeoutMs` what it needs instead. */
const HANDLER_TIMEOUT_MS = 20_000;
/** So often is it seen whether one that takes long waits for something that has begun to fail. */
const LOOK_AGAIN_MS = 250;
/** One timer goes round for all requests that have not been answered: an answer in place of a handler's is late by no more than this. */
const ROUND_MS = 25;

interface HandlerTimeoutOptions {
  timeoutMs?: number | undefined;
  /** What a handler has that waits for something which is failing. */
  failing?: { timeoutMs: number; isFailing: () => boolean };
}

/**
 * Answers for a handler that does not: a customer waits for no longer. A request makes several calls of the database, and each may wait for it,
 * and once more for the next server; so the bound is on their sum, whichever of them are its own or were joined with others'. The handler
 * goes on behind: what it has begun may be done, as when an answer is lost on its way. Fastify's own `handlerTimeout` has no second bound, and
 * ends an AbortSignal that nothing here listens to with each request, which took 30 µs of it.
 */
export default fp<HandlerTimeoutOptions>(
  async (app, { timeoutMs = HANDLER_TIMEOUT_MS, failing }) => {
    app.decorateRequest('isLate', false);
    app.decorateRequest('answerBy', 0);
    app.decorateRequest('lookAt', 0);
    const waiting = new Map<FastifyRequest, FastifyReply>();
    let rounds: NodeJS.Timeout | undefined;

    const round = () => {
      const now = performance.now();
      for (const [request, reply] of waiting) if (now >= request.lookAt) look(request, reply, now);
      if (waiting.size > 0) return;
      clearInterval(rounds);
      rounds = undefined;
    };

    function look(request: FastifyRequest, reply: FastifyReply, now: number): void {
      const leftMs = request.answerBy - now;
      if (leftMs > 0 && !failing?.isFailing()) {
        request.lookAt = now + Math.min(leftMs, LOOK_AGAIN_MS);
        return;
      }
      waiting.delete(request);
      if (reply.sent || reply.raw.headersSent) return;
      request.isLate = true;
      reply.send(unavailable(new Error('The handler has not answered in time')));
      reply.hijack(); // what the handler answers after all is nobody's
    }

    app.addHook('onRequest', (request, reply, done) => {
      const ownMs = request.config.handlerTimeoutMs;
      const wholeMs = ownMs ?? timeoutMs;
      const now = performance.now();
      request.answerBy = now + wholeMs;
      // a route with a time of its own waits for more than the database
      request.lookAt =
        ownMs === undefined && failing ? now + Math.min(failing.timeoutMs, wholeMs) : request.answerBy;
      waiting.set(request, reply);
      rounds ??= setInterval(round, ROUND_MS).unref();
      done();
    });
    app.watchClosed((request) => void waiting.delete(request));
    app.addHook('onClose', async () => clearInterval(rounds));
    // what has begun, such as a stream, has been answered: it may take as long as it moves
    app.addHook('onSend', (request, _reply, payload, done) => {
      waiting.delete(request);
      done(null, payload);
    });
  },
  { name: 'handler-timeout', fastify: '5.x', dependencies: ['errors', 'request-id'] },
);
