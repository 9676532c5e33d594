import type { Owing } from '../outbox/owe.js';

export type Channel = 'sms' | 'email';

/** `pending`: to be confirmed by a code. `stopped`: the customer has had enough. */
export type SubscriptionStatus = 'active' | 'pending' | 'stopped';

/** A customer's wish to hear of an order's progress. One an order, channel and destination. */
export interface Subscription extends Owing {
  subscriptionId: string;
  orderNumber: string;
  channel: Channel;
  /** An email address in lower case, or a number in E.164 form such as `+12025550123`. */
  destination: string;
  /** Proof of what was agreed to. */
  consent: { given: boolean; at: Date; source: string };
  sessionId: string;
  status: SubscriptionStatus;
  createdAt: Date;
}
