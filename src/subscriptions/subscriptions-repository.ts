import type { Collection } from 'mongodb';
import { insertOrFind } from '../database/write.js';
import type { Subscription } from './subscription.js';

type Same = Pick<Subscription, 'orderNumber' | 'channel' | 'destination'>;

/** More than a customer and those who wait with them. */
const MOST_OF_ONE_ORDER = 100;

export function createSubscriptionsRepository(subscriptions: Collection<Subscription>) {
  /** Stores a subscription, or gives back the one that there is for the same order, channel and destination. */
  const open = (subscription: Subscription) => {
    const { orderNumber, channel, destination } = subscription;
    return insertOrFind(subscriptions, subscription, { orderNumber, channel, destination });
  };

  /** The subscription of an order, channel and destination. */
  const find = ({ orderNumber, channel, destination }: Same): Promise<Subscription | null> =>
    subscriptions.findOne({ orderNumber, channel, destination }, { projection: { _id: 0 } });

  /** The subscription that a session has made for an order. */
  const findForSession = (orderNumber: string, sessionId: string): Promise<Subscription | null> =>
    subscriptions.findOne({ orderNumber, sessionId }, { projection: { _id: 0 } });

  /** The ids of those who want to hear of an order now. */
  async function findLive(orderNumber: string): Promise<string[]> {
    const live = await subscriptions
      .find({ orderNumber, status: 'active' }, { projection: { _id: 0, subscriptionId: 1 } })
      .limit(MOST_OF_ONE_ORDER)
      .toArray();
    return live.map(({ subscriptionId }) => subscriptionId);
  }

  /** A subscription as it is now. */
  const findById = (subscriptionId: string): Promise<Subscription | null> =>
    subscriptions.findOne({ subscriptionId }, { projection: { _id: 0 } });

  return { open, find, findForSession, findLive, findById };
}
