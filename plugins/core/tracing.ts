import { AsyncLocalStorage } from 'node:async_hooks';
import fp from 'fastify-plugin';
import type { Config } from '../../src/config/load.js';
import { traceDatabase } from '../../src/platform/tracing/database.js';
import { createExporter } from '../../src/platform/tracing/exporter.js';
import { endSpan, KIND, readTraceparent, type Span, startSpan } from '../../src/platform/tracing/span.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** The span of the request, where it is recorded. */
    span: Span | undefined;
  }
}

export type TracingOptions = NonNullable<Config['tracing']>;

/** Traces for an OpenTelemetry collector: a span for each request, and below it one for each command of the database. */
export default fp<TracingOptions>(
  async (app, { share, ...collector }) => {
    const exporter = createExporter({
      ...collector,
      onFailure: (err) => app.log.warn({ err }, 'traces cannot be handed over'),
    });
    const spans = new AsyncLocalStorage<Span>();
    traceDatabase(app.database.client, () => spans.getStore(), exporter.add);
    app.decorateRequest('span', undefined);

    app.addHook('onRequest', (request, _reply, done) => {
      const parent = readTraceparent(request.headers.traceparent);
      if (!(parent ? parent.sampled : Math.random() < share)) return done();
      request.span = startSpan(request.method, KIND.server, parent);
      // all that follows belongs to the span
      spans.run(request.span, done);
    });
    app.addHook('onResponse', async ({ span, id, method, config }, { statusCode }) => {
      if (!span) return;
      const route = config.url ?? '(unknown path)';
      const attributes = {
        'http.request.method': method,
        'http.route': route,
        'http.response.status_code': statusCode,
        'concierge.request_id': id,
      };
      exporter.add(endSpan({ ...span, name: `${method} ${route}` }, attributes, statusCode >= 500));
    });
    app.addHook('onClose', () => exporter.close());
  },
  { name: 'tracing', fastify: '5.x', dependencies: ['mongodb', 'request-id'] },
);
