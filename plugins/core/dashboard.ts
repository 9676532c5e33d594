import type { FastifyInstance, FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import type { Config } from '../../src/config/load.js';
import type { ReplyDone } from '../../src/dashboard/answering/answering.js';
import { createDashboard, type Dashboard } from '../../src/dashboard/dashboard.js';
import type { Done, Wish } from '../../src/dashboard/queue/act-on-item.js';
import type { ReplyWish } from '../../src/domain/replies/reply-to-customer.js';

declare module 'fastify' {
  interface FastifyInstance {
    dashboard: Dashboard;
  }
}

interface DashboardPluginOptions {
  shop: Config['shop'];
  orders: Config['orders'];
  connectors: Pick<Config['connectors'], 'replyTemplates' | 'shop'>;
}

/** What the staff see and do, for the data routes and for the pages. */
export default fp<DashboardPluginOptions>(
  async (app, { shop, orders, connectors }) => {
    app.decorate(
      'dashboard',
      createDashboard({
        db: app.database,
        collections: app.collections,
        repositories: app.repositories,
        pictures: app.pictures,
        catalogue: app.catalogue.current,
        now: app.now,
        shop,
        orderPrefix: orders.prefix,
        calendar: app.calendar,
        days: app.rollUps,
        isSuppressed: app.suppressions.has,
        answers: {
          ways: app.replyWays,
          templates: connectors.replyTemplates ?? [],
          shop: connectors.shop,
        },
      }),
    );
  },
  {
    name: 'dashboard',
    fastify: '5.x',
    dependencies: [
      'mongodb',
      'repositories',
      'pictures',
      'catalogue',
      'clock',
      'audit',
      'analytics',
      'privacy',
      'outbox',
    ],
  },
);

/** Answers a customer, and writes down that it was done; never what was said. */
export async function reply(
  app: FastifyInstance,
  request: FastifyRequest,
  wish: ReplyWish,
): Promise<ReplyDone> {
  const done = await app.dashboard.reply(wish);
  const { kind, id, by, template, isDone } = wish;
  const { replyId, via, version } = done;
  const details = { replyId, via, version, template, isDone };
  await app.audit(request, { action: `${kind}.replied`, target: id, by, details });
  return done;
}

/** Acts, and writes down that it was done. */
export async function act(app: FastifyInstance, request: FastifyRequest, wish: Wish): Promise<Done> {
  const done = await app.dashboard.act(wish);
  const { kind, id, action, by, assignee } = wish;
  const details = {
    status: done.status,
    version: done.version,
    assignee: action === 'assign' ? (assignee ?? by) : undefined,
  };
  await app.audit(request, { action: `${kind}.${action}`, target: id, by, details });
  return done;
}
