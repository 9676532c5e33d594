import { Type } from '@sinclair/typebox';
import type { Attempt, Outcome } from '../../connectors/connector.js';
import type { Carriers, Notice, NoticeFacts } from '../../connectors/messaging/notice.js';
import { deliveriesOf } from '../../outbox/delivery-kind.js';
import type { OrderTools } from '../orders/deliveries.js';
import { orderUpdate } from '../orders/order-update.js';
import type { ShopChange } from '../orders/shop-change.js';
import type { Subscription } from './subscription.js';

export interface OrderUpdateTools extends OrderTools {
  subscriptions: { findById(subscriptionId: string): Promise<Subscription | null> };
  /** Whether a number wants no message from us. */
  isSuppressed(destination: string): Promise<boolean>;
  /** The digits that a nonce stands for; undefined where there is no secret to make them with. */
  codeOf(nonce: string): string | undefined;
  /** Where the updates on an order can be ended; undefined where there are no links. */
  unsubscribeUrlOf(subscriptionId: string): string | undefined;
}

const skipped = (reason: string): Outcome => ({ outcome: 'skipped', reason });
const rejected = (reason: string): Outcome => ({ outcome: 'rejected', reason });

const deliveryOf = deliveriesOf<Subscription, OrderUpdateTools>([
  'subscriptionId',
  'orderNumber',
  'channel',
  'destination',
  'consent',
  'status',
  'createdAt',
]);

/** The customer hears that they will hear of the order. */
export const SUBSCRIPTION_CREATED = deliveryOf({
  to: 'notifications',
  kind: 'subscription.created',
  async handle({ document, ...attempt }, tools, carriers) {
    if (document.status !== 'active') return skipped(`the subscription is ${document.status}`);
    return tell(document, { kind: 'subscription.created' }, attempt, tools, carriers);
  },
});

/** A code, which the customer gives back. The digits are made here: they stand in no document. One that was replaced is not sent. */
export const SUBSCRIPTION_CODE = deliveryOf({
  to: 'notifications',
  kind: 'subscription.code',
  payload: Type.Object({ nonce: Type.String() }),
  async handle({ document, payload: { nonce }, ...attempt }, tools, carriers) {
    if (document.status !== 'pending' || document.confirmation?.nonce !== nonce)
      return skipped('the code is not waited for any more');
    const code = tools.codeOf(nonce);
    if (!code) return rejected('there is no secret to make a code with');
    return tell(document, { kind: 'subscription.code', code }, attempt, tools, carriers);
  },
});

/** The farewell: it alone is for those who have left. */
export const SUBSCRIPTION_STOPPED = deliveryOf({
  to: 'notifications',
  kind: 'subscription.stopped',
  handle: ({ document, ...attempt }, tools, carriers) =>
    tell(document, { kind: 'subscription.stopped' }, attempt, tools, carriers),
});

/** A subscriber hears of a change of the order, by the subscription as it is at that moment. */
export const ORDER_UPDATE = deliveriesOf<ShopChange, OrderUpdateTools>([
  'orderNumber',
  'status',
  'label',
  'at',
])({
  to: 'notifications',
  kind: 'order.update',
  payload: Type.Object({ subscriptionId: Type.String() }),
  async handle({ document, payload: { subscriptionId }, ...attempt }, tools, carriers) {
    let subscription: Subscription | null;
    let email: string | undefined;
    try {
      subscription = await tools.subscriptions.findById(subscriptionId);
      email = (subscription && (await tools.orders.findByNumber(subscription.orderNumber)))?.email;
    } catch {
      return { outcome: 'retry', reason: 'the subscription could not be looked up' };
    }
    if (!subscription) return skipped('there is no such subscription any more');
    if (subscription.status !== 'active') return skipped(`the subscription is ${subscription.status}`);
    const update = orderUpdate(document, subscription, email);
    return tell(subscription, { kind: 'order.update', update }, attempt, tools, carriers);
  },
});

type Told<N extends Notice = Notice> = N extends Notice ? Omit<N, keyof NoticeFacts> : never;

async function tell(
  { subscriptionId, orderNumber, channel, destination, consent, createdAt }: Subscription,
  told: Told,
  attempt: Attempt,
  tools: OrderUpdateTools,
  carriers: Carriers,
): Promise<Outcome> {
  if (channel === 'sms') {
    if (!consent.given) return rejected('there is no consent to text messages');
    // asked at the moment of sending: it may have been enqueued before the customer said STOP
    try {
      if (await tools.isSuppressed(destination)) return skipped('the number has opted out');
    } catch {
      return { outcome: 'retry', reason: 'it could not be looked up whether the number has opted out' };
    }
  }
  const carrier = carriers[channel];
  if (!carrier) return rejected('nothing is configured for this channel');
  const facts: NoticeFacts = {
    subscriptionId,
    orderNumber,
    channel,
    to: destination,
    at: 'update' in told ? told.update.at : createdAt,
    unsubscribeUrl: channel === 'email' ? tools.unsubscribeUrlOf(subscriptionId) : undefined,
  };
  return carrier.tell({ ...facts, ...told } as Notice, attempt);
}
