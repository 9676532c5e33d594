import fp from 'fastify-plugin';

declare module 'fastify' {
  interface FastifyInstance {
    /** The time, in one place, so that a test can move it. */
    now: () => Date;
  }
}

export interface ClockOptions {
  now: () => Date;
}

export default fp<ClockOptions>(
  async (app, { now }) => {
    app.decorate('now', now);
  },
  { name: 'clock', fastify: '5.x' },
);
