import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Health, NotReady } from '../../schemas/health.js';
import { ApiError } from '../../src/platform/http/errors.js';
import { PROBLEM_TYPE, problemOf } from '../../src/platform/http/problem.js';

/** A prober does not wait for long. */
const MAX_WAIT_MS = 1500;

/** Whether the process lives, has started, and can do its work. Open to everyone: a balancer has no key. */
const health: FastifyPluginAsyncTypebox = async (app) => {
  app.get('/health/live', { schema: { ...LIVE, response: { 200: Health } } }, async () => ({
    status: 'ok' as const,
    checks: {},
  }));

  // nothing is answered before the database, its indexes and the catalogue have been there once
  app.get('/health/startup', { schema: { ...STARTUP, response: { 200: Health } } }, async () => ({
    status: 'ok' as const,
    checks: {},
  }));

  const ready = { schema: { ...READY, response: { 200: Health, 503: NOT_READY } } };
  app.get('/health/ready', ready, async (request, reply) => {
    const [database, storage] = await Promise.all([answers(app.pingDatabase), answers(app.storage.ping)]);
    const checks = { database: inAWord(database), storage: inAWord(storage) };
    const closing = app.isClosing();
    app.metrics.ready.set(database && !closing ? 1 : 0);
    // without the object store nothing but images is affected: that is no reason to take the service away
    if (database && !closing) return { status: storage ? ('ok' as const) : ('degraded' as const), checks };
    const error = new ApiError('service.unavailable', 'The service is not ready for requests.', {
      reason: closing ? 'closing' : 'unavailable',
    });
    return reply
      .code(503)
      .type(PROBLEM_TYPE)
      .send({ ...problemOf(error, request.id), checks });
  });
  app.addHook('onReady', async () => app.metrics.ready.set(1));
};

export default health;

const LIVE = {
  operationId: 'isLive',
  summary: 'Whether the process lives',
  description: 'Needs nothing but the process itself.',
  tags: ['Operations'],
  security: [],
};

const STARTUP = {
  operationId: 'hasStarted',
  summary: 'Whether the service has started',
  description:
    'Answers from when the database, its indexes and the catalogue have been there for the first time.',
  tags: ['Operations'],
  security: [],
};

const READY = {
  operationId: 'isReady',
  summary: 'Whether the service can do its work',
  description:
    'Asks the database and the object store. Without the database, and while the service closes, it is a 503; without the object store only images are affected, and the status is `degraded`.',
  tags: ['Operations'],
  security: [],
};

const NOT_READY = {
  description: NotReady.description,
  content: { 'application/problem+json': { schema: NotReady } },
};

const inAWord = (isFine: boolean) => (isFine ? ('ok' as const) : ('unavailable' as const));

async function answers(ping: () => Promise<void>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(resolve, MAX_WAIT_MS, false);
  });
  const answered = ping().then(
    () => true,
    () => false,
  );
  return Promise.race([answered, late]).finally(() => clearTimeout(timer));
}
