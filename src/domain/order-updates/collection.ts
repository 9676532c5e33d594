import { defineCollection } from '../../platform/mongodb/define-collection.js';
import type { Subscription } from './subscription.js';
import type { Suppression } from './suppressions.js';

export const widgetOrderSubscriptions = defineCollection<Subscription>('widgetOrderSubscriptions', {
  id: 'subscriptionId',
  indexes: [
    // the shop's earlier subscriptions have none of these fields
    {
      key: { orderNumber: 1, channel: 1, destination: 1 },
      unique: true,
      partialFilterExpression: { subscriptionId: { $exists: true } },
    },
    { key: { orderNumber: 1 } },
    { key: { createdAt: 1 } },
    { key: { subscriptionId: 1 }, unique: true, sparse: true },
    { key: { destination: 1 } },
    // not the session alone: under that key the shop's scripts make a unique index
    { key: { sessionId: 1, createdAt: 1 } },
    // of the shop's earlier subscriptions
    { key: { orderId: 1 } },
    { key: { email: 1 } },
    { key: { phone: 1 }, sparse: true },
    { key: { subscribedAt: -1 } },
    // those that were ended, by when
    { key: { 'stopped.at': 1 }, sparse: true },
  ],
  deliveries: true,
  personal: {
    fields: {
      subscriptionId: false,
      orderNumber: true,
      channel: false,
      destination: true,
      consent: true,
      sessionId: true,
      status: false,
      confirmation: false,
      stopped: false,
      toldAt: false,
      telling: false,
      history: false,
      createdAt: false,
    },
    foundBy: {
      sessions: ['sessionId'],
      emails: ['destination', 'email'],
      phones: ['destination', 'phone'],
    },
  },
});

/** Numbers that want no message, by their hash: found by `_id` alone, and kept, or the person would be written to again. */
export const suppressions = defineCollection<Suppression>('suppressions');
