import fp from 'fastify-plugin';
import { Health, NotReady } from '../../schemas/health.js';
import { ApiError } from '../../src/errors.js';
import { PROBLEM_TYPE, problemOf } from '../../src/problem.js';

/** Whether the process lives, and whether it can do its work. Open to everyone: a balancer has no key. */
export default fp(
  async (app) => {
    app.get('/health/live', { schema: { ...LIVE, response: { 200: Health } } }, async () => ({
      status: 'ok' as const,
      checks: {},
    }));

    app.get(
      '/health/ready',
      { schema: { ...READY, response: { 200: Health, 503: NOT_READY } } },
      async (request, reply) => {
        const [database, storage] = await Promise.all([answers(app.pingDatabase), answers(app.storage.ping)]);
        const checks = { database: inAWord(database), storage: inAWord(storage) };
        const closing = app.isClosing();
        if (database && storage && !closing) return { status: 'ok' as const, checks };
        const error = new ApiError('service.unavailable', 'The service is not ready for requests.', {
          reason: closing ? 'closing' : 'unavailable',
        });
        return reply
          .code(503)
          .type(PROBLEM_TYPE)
          .send({ ...problemOf(error, request.id), checks });
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

const NOT_READY = {
  description: NotReady.description,
  content: { 'application/problem+json': { schema: NotReady } },
};

const inAWord = (isFine: boolean) => (isFine ? ('ok' as const) : ('unavailable' as const));

const answers = (ping: () => Promise<void>): Promise<boolean> =>
  ping().then(
    () => true,
    () => false,
  );
