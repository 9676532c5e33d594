import type { FastifyInstance } from 'fastify';
import fp from 'fastify-plugin';
import type { Config } from '../../src/config/load.js';
import type { Connector, Connectors } from '../../src/connectors/connector.js';
import { createConnectors } from '../../src/connectors/index.js';
import { capsuleHandlers } from '../../src/domain/capsules/capsule-handlers.js';
import { creatorHandlers } from '../../src/domain/creators/creator-handlers.js';
import { createClamd } from '../../src/domain/inspiration/clamd.js';
import { createImageWork } from '../../src/domain/inspiration/image-work.js';
import { createRenderer } from '../../src/domain/inspiration/render-image.js';
import { orderHandlers } from '../../src/domain/orders/order-handlers.js';
import { orderUpdate } from '../../src/domain/orders/order-update.js';
import type { ShopChange } from '../../src/domain/orders/shop-change.js';
import type { Erasure } from '../../src/domain/privacy/erasure.js';
import type { ReturnRequest } from '../../src/domain/returns/return-request.js';
import {
  drawSlip,
  SLIP_CONTENT_TYPE,
  type SlipSettings,
  slipHandlers,
} from '../../src/domain/returns/slip-handlers.js';
import { createDispatcher, type Dispatcher } from '../../src/outbox/dispatcher.js';
import type { OutboxName } from '../../src/outbox/outbox-collections.js';
import { ownEffects } from '../../src/outbox/own-effects.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Where what this call writes may owe deliveries: they need not wait until the dispatcher looks by itself. */
    owes?: OutboxName;
  }
  interface FastifyInstance {
    dispatcher: Dispatcher;
  }
}

export interface DispatcherPluginOptions extends SlipSettings {
  dispatcher: Config['dispatcher'];
  connectors: Config['connectors'];
  images: Config['images'];
  /** Where links lead. */
  publicUrl: string | undefined;
}

/** Hands on what requests owe, beside the requests: from when the service is ready until it closes. */
export default fp<DispatcherPluginOptions>(
  async (app, options) => {
    const dispatcher = createDispatcher({
      ...options.dispatcher,
      collections: app.collections,
      connectors: allConnectors(app, options),
      now: app.now,
      log: app.log,
    });
    app.decorate('dispatcher', dispatcher);
    app.addHook('onReady', async () => dispatcher.start());
    app.addHook('onResponse', async ({ routeOptions: { config } }) => {
      if (config.owes) dispatcher.nudge(config.owes);
    });
    // before the database and the object store close
    app.addHook('onClose', () => dispatcher.stop());
  },
  {
    name: 'dispatcher',
    fastify: '5.x',
    dependencies: ['mongodb', 'storage', 'clock', 'suppressions', 'privacy'],
  },
);

// The services outside, as far as they are configured, and the places of ours that a request may not have got to.
function allConnectors(
  app: FastifyInstance,
  { connectors, images, ...settings }: DispatcherPluginOptions,
): Connectors {
  const { creators, holds, orders, subscriptions } = app.repositories;
  const outside = createConnectors(connectors, {
    orderEmailOf: async (orderNumber) => (await orders.findByNumber(orderNumber))?.email,
    updateFor: async (change, subscriptionId) => {
      const subscription = await subscriptions.findById(subscriptionId);
      if (!subscription) return undefined;
      const order = await orders.findByNumber(subscription.orderNumber);
      return { subscription, update: orderUpdate(asChange(change), subscription, order?.email) };
    },
    unsubscribeUrlOf: (subscriptionId) =>
      unsubscribeUrl(settings.publicUrl, app.signing.tokenOf(subscriptionId)),
    codeOf: app.signing.codeOf,
    isSuppressed: app.suppressions.has,
    slipOf: async (document) => {
      const request = asReturn(document);
      const content = await drawSlip(request, settings);
      return { filename: `${request.rmaId}.pdf`, content, contentType: SLIP_CONTENT_TYPE };
    },
  });
  return {
    ...outside,
    capsules: ownEffects('capsules', ({ reservationId }) =>
      capsuleHandlers(holds, String(reservationId), app.now),
    ),
    creators: ownEffects('creators', () => creatorHandlers(creators)),
    orders: ownEffects('orders', () => orderHandlers(orders)),
    images: imageWork(app, images),
    privacy: ownEffects('privacy', (document) => app.erasures.handlers(asErasure(document), app.now)),
    storage: ownEffects('storage', (document) => slipHandlers(app.storage, asReturn(document), settings)),
  };
}

function imageWork(app: FastifyInstance, settings: Config['images']): Connector {
  const { clamd, trustUnscanned, concurrency } = settings;
  return createImageWork({
    images: app.repositories.images,
    storage: app.storage,
    scan: clamd && createClamd(clamd),
    render: createRenderer(settings),
    trustUnscanned,
    concurrency,
    now: app.now,
    log: app.log,
  });
}

const unsubscribeUrl = (publicUrl: string | undefined, token: string | undefined): string | undefined =>
  publicUrl &&
  token &&
  `${publicUrl.replace(/\/+$/, '')}/api/concierge/order-updates/unsubscribe?token=${token}`;

// Only changes of orders, RMAs and erasures owe what needs one.
const asErasure = (document: Record<string, unknown>): Erasure => document as unknown as Erasure;
const asChange = (document: Record<string, unknown>): ShopChange => document as unknown as ShopChange;
const asReturn = (document: Record<string, unknown>): ReturnRequest => document as unknown as ReturnRequest;
