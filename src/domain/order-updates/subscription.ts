import type { HistoryEntry } from '../../lib/history.js';
import { maskEmail, maskTail } from '../../lib/values/text.js';
import type { WithDeliveries } from '../../outbox/enqueue.js';
import { defineCollection } from '../../platform/mongodb/define-collection.js';
import { readDate, readText } from '../../platform/mongodb/read.js';

export type Channel = 'sms' | 'email';

/** `pending`: to be confirmed by a code. `stopped`: the customer has had enough. */
type SubscriptionStatus = 'active' | 'pending' | 'stopped';

/** How a subscription ended: by a word texted to our number, by the link in an email, or because nothing can be sent to the number. */
export type StoppedBy = 'keyword' | 'link' | 'carrier';

/** Proof of what was agreed to, and how. */
export interface Consent {
  given: boolean;
  at: Date;
  source: string;
  channel: Channel;
  /** What the customer was shown. */
  wording: string;
  wordingVersion: string;
  sessionId: string;
  requestId: string;
}

/** A code that has been sent. It is made of the nonce with a secret, so it stands nowhere. */
export interface Confirmation {
  nonce: string;
  expiresAt: Date;
  /** Codes that have been tried. */
  attempts: number;
}

/** A customer's wish to hear of an order's progress. One an order, channel and destination. */
export interface Subscription extends WithDeliveries {
  subscriptionId: string;
  orderNumber: string;
  channel: Channel;
  /** An email address in lower case, or a number in E.164 form such as `+12025550123`. */
  destination: string;
  consent: Consent;
  sessionId: string;
  status: SubscriptionStatus;
  /** Only while it is pending. */
  confirmation?: Confirmation;
  /** Only while it is stopped. */
  stopped?: { at: Date; by: StoppedBy };
  /** When that happened which the customer was told of last: nothing earlier is told after it. */
  toldAt?: Date;
  /** While a message is on its way to the customer: which, and until when it is waited for. */
  telling?: { id: string; until: Date };
  /** What became of it, the latest last. */
  history: HistoryEntry[];
  createdAt: Date;
}

/** What a customer is shown of an address that is not told. */
export const HIDDEN = '•••';

/** What a customer is shown of where messages go. */
export const maskDestination = (channel: Channel, destination: string): string =>
  channel === 'email' ? maskEmail(destination) : maskTail(destination);

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
