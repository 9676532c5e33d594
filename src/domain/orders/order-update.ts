import { maskTail } from '../../lib/text.js';
import type { Subscription } from '../order-updates/subscription.js';
import type { ShopChange } from './shop-change.js';
import { trackingUrl } from './tracking-address.js';

/** What a subscriber is told of a change of their order. */
export interface OrderUpdate {
  status: string;
  label: string;
  at: Date;
  carrier?: string;
  tracking?: string;
  trackingUrl?: string;
  eta?: Date;
}

/**
 * Whoever knows an order's number can subscribe to it, with an address of theirs: like a look-up by the number alone, an update
 * tells the whole tracking number to nobody but the order's own address.
 */
export function orderUpdate(
  change: ShopChange,
  { channel, destination }: Subscription,
  orderEmail: string | undefined,
): OrderUpdate {
  const { status, at, carrier, trackingNumber, estimatedDelivery } = change;
  const isOwner = channel === 'email' && orderEmail?.toLowerCase() === destination;
  const tracking = trackingNumber && (isOwner ? trackingNumber : maskTail(trackingNumber));
  const url = isOwner && carrier && trackingNumber ? trackingUrl(carrier, trackingNumber) : undefined;
  // the shop's own label may repeat it
  const label = trackingNumber && tracking ? change.label.replaceAll(trackingNumber, tracking) : change.label;
  return {
    status,
    label,
    at,
    ...(carrier && { carrier }),
    ...(tracking && { tracking }),
    ...(url && { trackingUrl: url }),
    ...(estimatedDelivery && { eta: estimatedDelivery }),
  };
}
