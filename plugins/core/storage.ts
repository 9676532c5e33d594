import fp from 'fastify-plugin';
import type { Config } from '../../src/config.js';
import { createStorage, type Storage } from '../../src/storage/storage.js';

declare module 'fastify' {
  interface FastifyInstance {
    storage: Storage;
  }
}

export default fp<Config['storage']>(
  async (app, config) => {
    const storage = createStorage(config, (err) =>
      app.log.warn({ err }, 'what a failed upload has left could not be cleared away'),
    );
    app.decorate('storage', storage);
    app.addHook('onClose', async () => storage.close());
  },
  { name: 'storage', fastify: '5.x' },
);
