import type { Static } from '@sinclair/typebox';
import fp from 'fastify-plugin';
import { Health } from '../../schemas/health.js';

/** Whether the process lives, and whether it can do its work. Open to everyone: a balancer has no key. */
export default fp(
  async (app) => {
    app.get('/health/live', { schema: { ...LIVE, response: { 200: Health } } }, async () => ({
      status: 'ok' as const,
      checks: {},
    }));

    app.get(
      '/health/ready',
      { schema: { ...READY, response: { 200: Health, 503: Health } } },
      async (_request, reply) => {
        const [database, storage] = await Promise.all([answers(app.pingDatabase), answers(app.storage.ping)]);
        const closing = app.isClosing();
        const ready = database && storage && !closing;
        const health: Static<typeof Health> = {
          status: ready ? 'ok' : closing ? 'closing' : 'unavailable',
          checks: { database: database ? 'ok' : 'unavailable', storage: storage ? 'ok' : 'unavailable' },
        };
        return reply.code(ready ? 200 : 503).send(health);
      },
    );
  },
  { name: 'health', fastify: '5.x', dependencies: ['mongodb', 'storage', 'catalogue', 'shutdown'] },
);

const LIVE = {
  operationId: 'isLive',
  summary: 'Whether the process lives',
  description: 'Needs nothing but the process itself.',
  tags: ['operations'],
  security: [],
};

const READY = {
  operationId: 'isReady',
  summary: 'Whether the service can do its work',
  description: 'Asks the database and the object store; 503 also while the service closes.',
  tags: ['operations'],
  security: [],
};

const answers = (ping: () => Promise<void>): Promise<boolean> =>
  ping().then(
    () => true,
    () => false,
  );
