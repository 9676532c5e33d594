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
    app.addHook('onSend', (_request, reply, payload, done) => {
      if (closing) reply.header('connection', 'close');
      done(null, payload);
    });
  },
  { name: 'shutdown', fastify: '5.x' },
);
