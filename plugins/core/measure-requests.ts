import type { FastifyReply } from 'fastify';
import fp from 'fastify-plugin';
import { createMetrics, type Metrics } from '../../src/platform/metrics/define-metrics.js';
import { hookRoute } from './request-id.js';

/** Counted, when the route has answered 2xx: what, and by which field of the answer, with the values that it may have. */
interface Counted {
  what: string;
  by?: { field: string; values: readonly (string | number)[] };
}

declare module 'fastify' {
  interface FastifyInstance {
    metrics: Metrics;
  }
  interface FastifyContextConfig {
    /** What this route does for the business, for `concierge_accepted_total`. */
    counted?: Counted;
  }
}

/** Measures each request, and counts what the routes say that they do. */
export default fp(
  async (app) => {
    const metrics = createMetrics();
    app.decorate('metrics', metrics);

    app.addHook('onRequest', (_request, _reply, done) => {
      metrics.inFlight.inc();
      done();
    });
    // also when the client has gone before it was answered
    app.watchClosed(() => metrics.inFlight.dec());
    app.addHook('onResponse', (request, reply, done) => {
      const { method, config, clientId: key } = request;
      const { statusCode, elapsedTime } = reply;
      metrics.requestDuration.observeAs(
        `${statusCode} ${method} ${config.url}`,
        () => ({ route: config.url ?? '(unknown path)', method, status: statusCode }),
        elapsedTime / 1000,
      );
      const status = `${Math.floor(statusCode / 100)}xx`;
      if (key) metrics.requestsByKey.incAs(`${status} ${key}`, () => ({ key, status }));
      done();
    });
    // a text is an answer given again, for an idempotency key: it does not come by here and is not counted twice
    app.addHook('onRoute', (route) => {
      const counted = route.config?.counted;
      if (counted)
        hookRoute(route, 'preSerialization', (request, reply, payload, done) => {
          if (reply.statusCode < 300 && !request.isDeclined)
            metrics.accepted.inc(acceptedLabels(counted, reply, payload));
          done(null, payload);
        });
    });
  },
  { name: 'measure-requests', fastify: '5.x', dependencies: ['request-id'] },
);

function acceptedLabels({ what, by }: Counted, { statusCode }: FastifyReply, answer: unknown) {
  const value = by && (answer as Record<string, unknown> | null)?.[by.field];
  const known = by?.values.find((one) => one === value);
  return { what, kind: by ? (known ?? 'other') : 'all', status: statusCode };
}
