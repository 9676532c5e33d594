import fp from 'fastify-plugin';

export default fp(
  async (app) => {
    app.decorateRequest('clientKey', null);
  },
  { name: 'auth', fastify: '5.x' },
);
