import { createEmailCarrier, type Mailer } from '../../src/connectors/email/email.js';
import { type Messages, TEMPLATES } from '../../src/connectors/templates/message-texts.js';
import type { MessageShop } from '../../src/connectors/templates/message-values.js';
import type { EventReceiver } from '../../src/connectors/webhooks/event.js';
import { DELIVERY_KINDS, type DeliveryTools } from '../../src/domain/deliveries.js';
import {
  type Connectors,
  createHandlers,
  type Handler,
  type Handlers,
} from '../../src/outbox/delivery-kind.js';
import { AT } from './messages.js';

const CLEAN = {
  moderationStatus: 'clean',
  renditions: { web: { key: 'marked.jpg', contentType: 'image/jpeg' } },
};

/** The handlers of these connectors, which work with what a test gives them, and else with nothing that is there. */
export function handlersOf(
  connectors: Partial<Connectors>,
  tools: Record<string, unknown> & { subscriptions?: object } = {},
): Handlers {
  const shop = { name: 'GlowGlitch', timeZone: 'UTC', locale: 'en-US', returnAddress: [] };
  const none = {
    messages: TEMPLATES,
    shop,
    slip: { shop, returns: { address: [] } },
    orders: { findByNumber: async () => null },
    ratings: { contacted: async () => undefined },
    tickets: { answered: async () => undefined },
    images: { ownOf: async () => [] },
    storage: { read: async () => null },
    shopChanges: { hasLater: async () => false },
    isSuppressed: async () => false,
    suppress: async () => undefined,
    updates: { validHours: 48, timeZone: 'UTC' },
    now: () => AT,
    codeOf: () => undefined,
    teamNotes: { fields: ['name', 'notes'], urlOf: () => undefined },
    imageTools: {
      images: { find: async () => CLEAN, publish: async () => true },
      storage: { read: async () => Buffer.from('marked') },
    },
    unsubscribeUrlOf: () => undefined,
  };
  const subscriptions = {
    findById: async () => null,
    takeTurn: async () => 'taken',
    endTurn: async () => undefined,
    stop: async () => 0,
    ...tools.subscriptions,
  };
  const all = { ...none, ...tools, subscriptions };
  return createHandlers(DELIVERY_KINDS, all as unknown as DeliveryTools, connectors);
}

export const customerOf = (email: string | undefined) => ({ findByNumber: async () => ({ email }) });

/** The handler of everything that is told to a service of the shop's. */
export const receiving = (events: EventReceiver): Handler => {
  const handlers = handlersOf({ fulfilment: events, render: events, analytics: events });
  const of = new Map(DELIVERY_KINDS.map(({ kind, to }) => [kind, handlers[to]]));
  return {
    name: events.name,
    deliver: async (message, signal) =>
      (await of.get(message.kind)?.deliver(message, signal)) ?? {
        outcome: 'rejected',
        reason: `nothing here performs ${message.kind}`,
      },
  };
};

/** The handler of what goes out by email, to customers and to subscribers. */
export const mailing = (
  mailer: Mailer,
  tools: { messages: Messages; shop: MessageShop } & object,
): Handler => {
  const email = createEmailCarrier(mailer, tools);
  const handlers = handlersOf({ email: mailer, notifications: { name: mailer.name, email } }, tools);
  return {
    name: mailer.name,
    deliver: async (message, signal) => {
      const isToSubscriber = /^(subscription|order)\./.test(message.kind);
      const handler = isToSubscriber ? handlers.notifications : handlers.email;
      return (await handler?.deliver(message, signal)) ?? { outcome: 'skipped', reason: 'no handler' };
    },
  };
};
