import fp from 'fastify-plugin';
import type { Config } from '../../src/config/load.js';
import { createDispatcher, type Dispatcher } from '../../src/outbox/dispatcher.js';
import { isOutbox, isWorkNow } from '../../src/outbox/outbox-collections.js';

declare module 'fastify' {
  interface FastifyInstance {
    dispatcher: Dispatcher;
  }
}

/** Hands on what documents carry, beside the requests: from when the service is ready until it closes. */
export default fp<Config['dispatcher']>(
  async (app, settings) => {
    const dispatcher = createDispatcher({
      ...settings,
      collections: app.collections,
      handlers: app.outbox.handlers,
      now: app.now,
      log: app.log,
    });
    app.decorate('dispatcher', dispatcher);
    // what has just been stored need not wait until the dispatcher looks by itself
    app.watchWrites((name, written) => {
      if (isOutbox(name) && isWorkNow(written, app.now())) dispatcher.nudge(name);
    });
    app.addHook('onReady', async () => dispatcher.start());
    // before the database and the object store close
    app.addHook('onClose', () => dispatcher.stop());
  },
  { name: 'dispatcher', fastify: '5.x', dependencies: ['mongodb', 'outbox', 'clock'] },
);
