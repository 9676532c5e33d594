import { createHash } from 'node:crypto';
import { machineId } from '../../lib/ids.js';
import { enqueue } from '../../outbox/enqueue.js';
import { ORDER_UPDATE } from '../order-updates/deliveries.js';
import type { Subscription } from '../order-updates/subscription.js';
import { ORDER_CHANGE, type OrderChange } from './deliveries.js';
import type { ShopChange } from './shop-change.js';
import { labelOf, statusForm } from './statuses.js';

/** What the shop's systems say of an order. */
interface ShopChangeFacts {
  /** The sender's id of the message. */
  webhookId: string;
  /** As the order has it. */
  orderNumber: string;
  status: string;
  label?: string | undefined;
  /** When it happened; when it was told, where the shop does not say. */
  at?: Date | undefined;
  carrier?: string | undefined;
  trackingNumber?: string | undefined;
  estimatedDelivery?: Date | undefined;
}

/** Whom to tell of it, and by which channel. */
type Subscriber = Pick<Subscription, 'subscriptionId' | 'channel'>;

export function newShopChange(
  facts: ShopChangeFacts,
  subscribers: readonly Subscriber[],
  now: Date,
): ShopChange {
  const { webhookId, orderNumber, at = now, carrier, trackingNumber, estimatedDelivery } = facts;
  const status = statusForm(facts.status);
  const label = facts.label ?? labelOf(status);
  const parcel = {
    ...(carrier && { carrier }),
    ...(trackingNumber && { trackingNumber }),
    ...(estimatedDelivery && { estimatedDelivery }),
  };
  const change: OrderChange = { orderNumber, at, history: { status, label }, status };
  if (Object.keys(parcel).length > 0) change.parcel = parcel;
  const messages = subscribers.map(({ subscriptionId, channel }) =>
    ORDER_UPDATE.of({ subscriptionId, channel }),
  );
  return {
    changeId: machineId('chg'),
    webhookId,
    changeKey: changeKeyOf({ ...facts, status }),
    orderNumber,
    status,
    label,
    at,
    ...parcel,
    createdAt: now,
    ...enqueue([ORDER_CHANGE.of(change), ...messages], now),
  };
}

/** A change is the same when the order comes into the same status, at the same time where one is given, with the same parcel. */
function changeKeyOf(facts: ShopChangeFacts): string {
  const { orderNumber, status, at, carrier, trackingNumber, estimatedDelivery } = facts;
  const parts = [orderNumber, status, at, carrier, trackingNumber, estimatedDelivery];
  return createHash('sha256')
    .update(JSON.stringify(parts.map((part) => part ?? null)))
    .digest('base64url');
}
