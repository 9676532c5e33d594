import type { FastifyInstance } from 'fastify';
import fp from 'fastify-plugin';
import { OUTBOX_IDS, type OutboxName } from '../../src/collections.js';
import type { Config } from '../../src/config/load.js';
import { createConnectors } from '../../src/connectors/index.js';
import { DELIVERY_KINDS, type DeliveryTools } from '../../src/domain/deliveries.js';
import { createClamd } from '../../src/domain/inspiration/clamd.js';
import type { ImageTools } from '../../src/domain/inspiration/process-image.js';
import { createRenderer } from '../../src/domain/inspiration/run-decoder.js';
import type { ReplyWay } from '../../src/domain/replies/reply.js';
import { createOutbox, type Outbox } from '../../src/outbox/outbox.js';

declare module 'fastify' {
  interface FastifyInstance {
    outbox: Outbox<OutboxName>;
    /** Who carries answers to customers. */
    replyWays: Record<ReplyWay, boolean>;
  }
}

/** What documents carry to be delivered: the handlers of all kinds, and what a request performs itself. */
export default fp<Config>(
  async (app, config) => {
    const outside = createConnectors(config.connectors, app.suppressions.has);
    app.decorate('replyWays', {
      crm: outside.crm?.reply !== undefined,
      email: outside.email !== undefined,
    });
    const outbox = createOutbox({
      kinds: DELIVERY_KINDS,
      tools: toolsOf(app, config),
      connectors: {
        ...outside,
        capsules: { name: 'capsules' },
        creators: { name: 'creators' },
        images: { name: 'images', limits: { concurrency: config.images.concurrency } },
        orders: { name: 'orders' },
        privacy: { name: 'privacy' },
        storage: { name: 'storage' },
      },
      ids: OUTBOX_IDS,
      collections: app.collections,
      now: app.now,
      log: app.log,
    });
    app.decorate('outbox', outbox);
    const { smtp, keepUnsent } = config.connectors;
    if (!smtp && !keepUnsent)
      app.log.warn(
        'SMTP_URL is not set: codes and links that prove an order, return slips and reminders cannot be sent',
      );
  },
  {
    name: 'outbox',
    fastify: '5.x',
    dependencies: ['repositories', 'storage', 'clock', 'privacy'],
  },
);

function toolsOf(
  app: FastifyInstance,
  { connectors, dashboard, http, images, returns, shop, subscriptions }: Config,
): DeliveryTools {
  const { repositories, signing } = app;
  return {
    ...repositories,
    messages: connectors.messages,
    shop: connectors.shop,
    slip: { returns, shop },
    storage: app.storage,
    imageTools: imageTools(app, images),
    erasures: app.erasures,
    isSuppressed: app.suppressions.has,
    suppress: app.suppressions.suppress,
    updates: subscriptions.updates,
    codeOf: signing.codeOf,
    orderCodeOf: app.proofSigning.codeOf,
    confirmUrlOf: (rmaId) => confirmUrl(http.publicUrl, app.proofSigning.tokenOf(rmaId)),
    unsubscribeUrlOf: (subscriptionId) => unsubscribeUrl(http.publicUrl, signing.tokenOf(subscriptionId)),
    publishesImages: connectors.cloudinary !== undefined,
    teamNotes: {
      fields: connectors.teamNoteFields ?? [],
      urlOf: (ticketId) =>
        dashboard.enabled && http.publicUrl
          ? `${http.publicUrl.replace(/\/+$/, '')}/dashboard/support/tickets/${encodeURIComponent(ticketId)}`
          : undefined,
    },
    now: app.now,
    log: app.log,
  };
}

const imageTools = (app: FastifyInstance, settings: Config['images']): ImageTools => ({
  images: app.repositories.images,
  storage: app.storage,
  scan: settings.clamd && createClamd(settings.clamd),
  render: createRenderer(settings),
  trustUnscanned: settings.trustUnscanned,
  now: app.now,
});

const unsubscribeUrl = (publicUrl: string | undefined, token: string | undefined): string | undefined =>
  publicUrl &&
  token &&
  `${publicUrl.replace(/\/+$/, '')}/api/concierge/order-updates/unsubscribe?token=${token}`;

const confirmUrl = (publicUrl: string | undefined, token: string): string | undefined =>
  publicUrl && `${publicUrl.replace(/\/+$/, '')}/api/concierge/orders/returns/confirm?token=${token}`;
