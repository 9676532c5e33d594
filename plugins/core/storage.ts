import fp from 'fastify-plugin';
import type { Histogram } from 'prom-client';
import type { Config } from '../../src/config/load.js';
import { createStorage, type Storage } from '../../src/platform/storage/storage.js';

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
    app.decorate('storage', measured(storage, app.metrics.storageDuration));
    app.addHook('onClose', async () => storage.close());
    // only images and slips need it, and they wait: nobody has to wait for it
    app.addHook('onReady', async () => {
      storage
        .ping()
        .catch(({ name, message }: Error) =>
          app.log.warn(
            { bucket: config.bucket, endpoint: config.endpoint ?? 'AWS', reason: `${name}: ${message}` },
            'the object store (S3_ENDPOINT, S3_BUCKET) cannot be reached: images and slips wait for it, everything else works',
          ),
        );
    });
  },
  { name: 'storage', fastify: '5.x', dependencies: ['measure-requests'] },
);

type Durations = Histogram<'operation' | 'outcome'>;

// Each of its functions that answers later has called the object store.
function measured(storage: Storage, durations: Durations): Storage {
  const entries = Object.entries(storage).map(([operation, call]) => {
    const timed = (...args: unknown[]) => {
      const end = durations.startTimer({ operation });
      const answer: unknown = (call as (...args: unknown[]) => unknown)(...args);
      if (!(answer instanceof Promise)) return answer;
      answer.then(
        () => end({ outcome: 'ok' }),
        () => end({ outcome: 'failed' }),
      );
      return answer;
    };
    return [operation, timed];
  });
  return Object.fromEntries(entries) as Storage;
}
