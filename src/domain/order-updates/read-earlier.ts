import { readDate, readText } from '../../platform/mongodb/read.js';
import type { Channel, Subscription } from './subscription.js';

/** What is known of a subscription that the shop's earlier pages have taken: nobody is written to for it. */
export type EarlierSubscription = Pick<
  Subscription,
  'channel' | 'destination' | 'sessionId' | 'createdAt' | 'status' | 'deliveries'
> &
  Partial<Pick<Subscription, 'subscriptionId'>>;

/** The subscriptions in a document of the shop's earlier pages, one for each address: `{ sessionId, orderId, email, phone, subscribedAt }`. */
export function readEarlierSubscriptions(document: object): EarlierSubscription[] {
  const { sessionId, email, phone, subscribedAt } = document as Record<string, unknown>;
  const known = {
    sessionId: readText(sessionId) ?? '',
    createdAt: readDate(subscribedAt) ?? new Date(0),
    status: 'active',
    deliveries: [],
  } as const;
  const of = (channel: Channel, value: unknown): EarlierSubscription[] => {
    const destination = readText(value);
    return destination ? [{ channel, destination, ...known, deliveries: [] }] : [];
  };
  return [...of('email', email), ...of('sms', phone)];
}
