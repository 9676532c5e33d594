import type { FastifyInstance, FastifyPluginAsync } from 'fastify';
import { Counter, Gauge } from 'prom-client';
import { outboxesOf } from '../../src/collections.js';
import { type Backlog, createBacklog } from '../../src/outbox/backlog.js';

/** For Prometheus, with a key of the scope `metrics:read`. */
const metricsEndpoint: FastifyPluginAsync = async (app) => {
  const { registry } = app.metrics;
  describeBacklog(app);
  describeAttempts(app);
  const config = { scope: 'metrics:read', withoutDatabase: true } as const;
  app.get('/metrics', { schema: { hide: true }, config }, async (_request, reply) =>
    reply.type(registry.contentType).send(await registry.metrics()),
  );
};

export default metricsEndpoint;

const BACKLOG: { name: string; help: string; of: keyof Backlog }[] = [
  { name: 'outbox_pending', help: 'Deliveries that are pending, of all processes together.', of: 'pending' },
  { name: 'outbox_dead', help: 'Deliveries that have been given up.', of: 'dead' },
  { name: 'outbox_oldest_seconds', help: 'How long the oldest has been pending.', of: 'oldestSeconds' },
];

function describeBacklog({ collections, now, metrics: { registry } }: FastifyInstance): void {
  const backlog = createBacklog(outboxesOf(collections), now);
  for (const { name, help, of } of BACKLOG)
    new Gauge({
      name,
      help,
      labelNames: ['to'] as const,
      registers: [registry],
      async collect() {
        this.reset();
        // while the database is away, the other figures are there all the same
        const backlogs = await backlog.read().catch(() => ({}));
        for (const [to, counts] of Object.entries<Backlog>(backlogs)) this.set({ to }, counts[of]);
      },
    });
}

const OUTCOMES = ['delivered', 'retried', 'dead', 'skipped', 'superseded'] as const;

function describeAttempts(app: FastifyInstance): void {
  if (!app.hasDecorator('dispatcher')) return;
  new Counter({
    name: 'outbox_attempts_total',
    help: 'What has become of the deliveries that this process has tried.',
    labelNames: ['to', 'outcome'] as const,
    registers: [app.metrics.registry],
    collect() {
      this.reset();
      for (const [to, counts] of Object.entries(app.dispatcher.stats()))
        for (const outcome of OUTCOMES) this.inc({ to, outcome }, counts[outcome]);
    },
  });
}
