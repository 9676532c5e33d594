import { maskEmail, maskTail } from '../../lib/text.js';
import type { Snapshot } from '../catalog/snapshot.js';
import { type Shop, shortDate } from './dates.js';
import { estimateDelivery } from './eta.js';
import type { LookedUp } from './look-up-order.js';
import type { Order } from './order.js';
import { buildTimeline, type Timeline } from './timeline.js';
import { trackingUrl } from './tracking-address.js';

/** What a customer is told of an order. Who knows only its number is not told the whole tracking number. */
export function describeOrder({ order, verified }: LookedUp, catalogue: Snapshot, now: Date, shop: Shop) {
  const { carrier, trackingNumber } = order.shipping;
  const timeline = buildTimeline(order, now, shop);
  const ahead = timeline.entries.some(({ status }) => status === 'upcoming');
  const eta = ahead ? estimateDelivery(order, catalogue) : undefined;
  const url = verified && carrier && trackingNumber ? trackingUrl(carrier, trackingNumber) : undefined;
  return {
    reference: order.orderNumber,
    ...(verified ? timeline : discreet(timeline, order)),
    ...(carrier && { carrier }),
    ...(trackingNumber && { tracking: verified ? trackingNumber : maskTail(trackingNumber) }),
    ...(url && { trackingUrl: url }),
    ...(eta && { eta: shortDate(eta, now, shop) }),
  };
}

// The shop's own labels may repeat what is masked elsewhere: `Shipped with UPS 1Z999…`. Three letters are a word, not a number.
function discreet(timeline: Timeline, { email, shipping: { trackingNumber } }: Order): Timeline {
  const entries = timeline.entries.map((entry) => {
    let { label } = entry;
    if (trackingNumber && trackingNumber.length > 3)
      label = label.replaceAll(trackingNumber, maskTail(trackingNumber));
    if (email) label = label.replaceAll(email, maskEmail(email));
    return { ...entry, label };
  });
  return { ...timeline, entries };
}
