import cors from '@fastify/cors';
import fp from 'fastify-plugin';

export interface SecurityHeadersOptions {
  /** Of the pages that may call from a browser; none, as a rule: the shop's server calls. */
  corsOrigins: string[];
}

/**
 * What Helmet sets, but for a stricter policy: nothing here is a page, except for the documentation, which brings a policy of its own. They
 * stand here as they are, since the plugin would compute them again for every answer.
 */
const HEADERS = {
  'content-security-policy':
    "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'origin-agent-cluster': '?1',
  'referrer-policy': 'no-referrer',
  'strict-transport-security': 'max-age=31536000; includeSubDomains',
  'x-content-type-options': 'nosniff',
  'x-dns-prefetch-control': 'off',
  'x-download-options': 'noopen',
  'x-frame-options': 'DENY',
  'x-permitted-cross-domain-policies': 'none',
  'x-xss-protection': '0',
};
/** What is answered to a key is for its client alone. */
const PRIVATE = { ...HEADERS, 'cache-control': 'no-store' };
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
    app.addHook('onRequest', async (request, reply) => {
      reply.headers(request.routeOptions.config.scope ? PRIVATE : HEADERS);
    });
  },
  { name: 'security-headers', fastify: '5.x' },
);
