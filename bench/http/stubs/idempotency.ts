import fp from 'fastify-plugin';

export default fp(
  async (app) => {
    app.decorateRequest('idempotencyId', null);
  },
  { name: 'idempotency', fastify: '5.x' },
);
