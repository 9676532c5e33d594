import type { FastifyPluginAsync } from 'fastify';

/** For Prometheus, with a key of the scope `metrics:read`. */
const metricsEndpoint: FastifyPluginAsync = async (app) => {
  const { registry } = app.metrics;
  const config = { scope: 'metrics:read' } as const;
  app.get('/metrics', { schema: { hide: true }, config }, async (_request, reply) =>
    reply.type(registry.contentType).send(await registry.metrics()),
  );
};

export default metricsEndpoint;
