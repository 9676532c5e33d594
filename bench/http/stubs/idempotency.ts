import fp from 'fastify-plugin';

export default fp(
  async (app) => {
    app.decorateRequest('idempotencyKey', null);
    app.decorateRequest('idempotencyId', null);
    app.decorate('claimForForm', async () => undefined);
  },
  { name: 'idempotency', fastify: '5.x' },
);

/** Nothing is ever answered again. */
export const replay = (): never => {
  throw new Error('There is no earlier answer');
};
