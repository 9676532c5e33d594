import type { Snapshot } from '../catalog/snapshot.js';
import { maskTail } from '../text.js';
import { type Shop, shortDate } from './dates.js';
import { estimateDelivery } from './eta.js';
import type { LookedUp } from './look-up-order.js';
import { buildTimeline } from './timeline.js';
import { trackingUrl } from './tracking.js';

/** What a customer is told of an order. Who knows only its number is not told the whole tracking number. */
export function describeOrder({ order, verified }: LookedUp, catalogue: Snapshot, now: Date, shop: Shop) {
  const { carrier, trackingNumber } = order.shipping;
  const eta = estimateDelivery(order, catalogue);
  const url = verified && carrier && trackingNumber ? trackingUrl(carrier, trackingNumber) : undefined;
  return {
    reference: order.orderNumber,
    ...buildTimeline(order, now, shop),
    ...(carrier && { carrier }),
    ...(trackingNumber && { tracking: verified ? trackingNumber : maskTail(trackingNumber) }),
    ...(url && { trackingUrl: url }),
    ...(eta && { eta: shortDate(eta, now, shop) }),
  };
}
