import fp from 'fastify-plugin';

declare module 'fastify' {
  interface FastifyInstance {
    /** Whether the service has begun to close. */
    isClosing: () => boolean;
    /** Says so to the balancer, before the service stops listening. */
    announceClosing: () => void;
  }
}

/** While the service closes, each answer also ends its connection: otherwise the process would wait for idle clients. */
export default fp(
  async (app) => {
    let closing = false;
    const announce = () => {
      closing = true;
    };
    app.decorate('isClosing', () => closing);
    app.decorate('announceClosing', announce);
    app.addHook('preClose', async () => announce());
    app.addHook('onSend', async (_request, reply, payload) => {
      if (closing) reply.header('connection', 'close');
      return payload;
    });
  },
  { name: 'shutdown', fastify: '5.x' },
);
