import fp from 'fastify-plugin';
import type { RouteLimit } from '../../src/platform/limits/policies.js';
import { headersOf } from '../../src/platform/limits/rate-limit-headers.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Limits of its own, in place of those of every call. */
    limit?: RouteLimit;
  }
}

/** Limits by session, by key and, where it is known, by the customer's address, and tells the client where it stands. */
export default fp(
  async (app) => {
    const { everyCall, ofRoutes } = app.policies;
    // the session stands in the body, so the limits come after it has been read and before it is checked
    app.addHook('preValidation', async (request, reply) => {
      const { limit } = request.routeOptions.config;
      const policies = limit ? ofRoutes[limit] : everyCall;
      if (policies.length > 0) reply.headers(headersOf(await app.countAgainst(request, policies)));
    });
  },
  { name: 'limit-calls', fastify: '5.x', dependencies: ['auth', 'limits'] },
);
