import { machineId } from '../ids.js';
import { owe } from '../outbox/owe.js';
import type { Channel, Subscription } from './subscription.js';

export interface SubscriptionFacts {
  orderNumber: string;
  channel: Channel;
  destination: string;
  consent: boolean;
  sessionId: string;
}

/** A new subscription, which the notification service is owed. */
export const newSubscription = ({ consent, ...facts }: SubscriptionFacts, at: Date): Subscription => ({
  subscriptionId: machineId('sub'),
  ...facts,
  consent: { given: consent, at, source: 'concierge widget' },
  status: 'active',
  createdAt: at,
  ...owe([{ to: 'notifications', kind: 'subscription.created' }], at),
});
