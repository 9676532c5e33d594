import { sameEmail } from '../../lib/values/email.js';
import { maskTail } from '../../lib/values/text.js';
import { betrays, EVERYTHING, NUMBER_ALONE } from '../orders/disclosure.js';
import type { ShopChange } from '../orders/shop-change.js';
import { labelOf } from '../orders/statuses.js';
import { trackingUrl } from '../orders/tracking-address.js';
import type { Subscription } from './subscription.js';

/** What a subscriber is told of a change of their order. */
interface OrderUpdate {
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
  const { status, label, at, carrier, trackingNumber, estimatedDelivery } = change;
  const isOwner = channel === 'email' && sameEmail(orderEmail, destination);
  const { tracking } = isOwner ? EVERYTHING : NUMBER_ALONE;
  const tells = (text: string | undefined) =>
    !tracking && text !== undefined && betrays(text, [trackingNumber, orderEmail]);
  return {
    status,
    label: tells(label) ? labelOf(status) : label,
    at,
    carrier: tells(carrier) ? undefined : carrier,
    tracking: trackingNumber && (tracking ? trackingNumber : maskTail(trackingNumber)),
    trackingUrl: tracking && carrier && trackingNumber ? trackingUrl(carrier, trackingNumber) : undefined,
    eta: estimatedDelivery,
  };
}
