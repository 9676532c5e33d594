import fp from 'fastify-plugin';

declare module 'fastify' {
  interface FastifyInstance {
    /** Whether the service has begun to close. */
    isClosing: () => boolean;
  }
}

/** While the service closes, each answer also ends its connection: otherwise the process would wait for idle clients. */
export default fp(
  async (app) => {
    let closing = false;
    app.decorate('isClosing', () => closing);
    app.addHook('preClose', async () => {
      closing = true;
    });
    app.addHook('onSend', async (_request, reply, payload) => {
      if (closing) reply.header('connection', 'close');
      return payload;
    });
  },
  { name: 'shutdown', fastify: '5.x' },
);
