import cors from '@fastify/cors';
import fp from 'fastify-plugin';
import { SECURITY_HEADERS } from '../../src/platform/http/security-headers.js';

interface SecurityHeadersOptions {
  /** Of the pages that may call from a browser; none, as a rule: the shop's server calls. */
  corsOrigins: string[];
}

/** What is answered to a key is for its client alone. */
const PRIVATE = { ...SECURITY_HEADERS, 'cache-control': 'no-store' };
const EXPOSED = ['x-request-id', 'x-total-count', 'link', 'ratelimit', 'ratelimit-policy', 'retry-after'];

/** Headers against what browsers can be made to do; calls from pages of other origins only when they are configured. */
export default fp<SecurityHeadersOptions>(
  async (app, { corsOrigins }) => {
    if (corsOrigins.length > 0)
      await app.register(cors, {
        origin: corsOrigins,
        methods: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'],
        allowedHeaders: ['authorization', 'content-type', 'idempotency-key', 'x-request-id'],
        exposedHeaders: EXPOSED,
        maxAge: 600,
      });
    app.addHook('onRequest', (request, reply, done) => {
      reply.headers(request.config.scope ? PRIVATE : SECURITY_HEADERS);
      done();
    });
  },
  { name: 'security-headers', fastify: '5.x' },
);
