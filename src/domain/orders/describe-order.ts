import { DAY_MS } from '../../lib/calendar.js';
import { maskTail } from '../../lib/values/text.js';
import { readDate } from '../../platform/mongodb/read.js';
import { findProduct, type Snapshot } from '../catalog/snapshot.js';
import { type Disclosure, discreet } from './disclosure.js';
import type { Order, Parcel } from './order.js';
import { isoOf, type Shop, shortDate } from './shop-dates.js';
import { buildTimeline } from './timeline.js';
import { trackingUrl } from './tracking-address.js';

/** From the atelier to the customer. */
const TRANSIT_DAYS = 5;

/** When an order that lies ahead is expected: the shop's own estimate, else from the longest lead time of its pieces. */
function estimateDelivery(order: Order, catalogue: Snapshot): Date | undefined {
  if (order.shipping.estimatedDelivery) return order.shipping.estimatedDelivery;
  const leadTimes = order.lines.map(({ sku }) =>
    sku === undefined ? undefined : findProduct(catalogue, sku)?.leadTimeDays,
  );
  const known = leadTimes.filter((days) => days !== undefined);
  if (order.createdAt === undefined || known.length === 0) return undefined;
  return readDate(order.createdAt.getTime() + (Math.max(...known) + TRANSIT_DAYS) * DAY_MS);
}

/** What a customer is told of an order, as far as it may be told. */
export function describeOrder(
  whole: Order,
  disclosure: Disclosure,
  catalogue: Snapshot,
  now: Date,
  shop: Shop,
) {
  const order = discreet(whole, disclosure);
  const expected = estimateDelivery(order, catalogue);
  const { isLate, exception, ...timeline } = buildTimeline(order, now, shop, expected);
  const isAhead = timeline.entries.some(({ status }) => status === 'upcoming');
  const eta = isAhead && expected ? shortDate(expected, now, shop) : undefined;
  const { carrier, trackingNumber, estimatedDelivery, deliveredAt } = order.shipping;
  const parcel = describeParcel({ carrier, trackingNumber }, disclosure);
  const expectedBy = isAhead ? (expected ?? estimatedDelivery) : undefined;
  return {
    reference: order.orderNumber,
    orderNumber: order.orderNumber,
    ...timeline,
    ...parcel,
    eta,
    late: isLate || undefined,
    exception: exception ?? (isLate ? lateSentence(eta) : undefined),
    shipping: {
      carrier,
      trackingNumber: parcel.tracking,
      trackingUrl: parcel.trackingUrl,
      estimatedDelivery: expectedBy && isoOf(expectedBy),
      deliveredAt: deliveredAt && deliveredAt <= now ? isoOf(deliveredAt) : undefined,
    },
    parcels:
      order.parcels.length > 1
        ? order.parcels.map((one) => ({
            ...describeParcel(one, disclosure),
            status: parcelStatus(one, now),
            shippedAt: one.shippedAt && isoOf(one.shippedAt),
            deliveredAt: one.deliveredAt && isoOf(one.deliveredAt),
          }))
        : undefined,
    customerEmail: disclosure.address ? order.email : undefined,
  };
}

const lateSentence = (eta: string | undefined): string =>
  `This order is late${eta ? `: it was expected by ${eta}` : ''}. We are sorry, and it is still on its way to you.`;

function describeParcel({ carrier, trackingNumber }: Parcel, { tracking }: Disclosure) {
  return {
    carrier,
    tracking: trackingNumber && (tracking ? trackingNumber : maskTail(trackingNumber)),
    trackingUrl: tracking && carrier && trackingNumber ? trackingUrl(carrier, trackingNumber) : undefined,
  };
}

// What has no date of its own is only known to have been sent.
function parcelStatus({ shippedAt, deliveredAt, trackingNumber }: Parcel, now: Date): string {
  if (deliveredAt && deliveredAt <= now) return 'delivered';
  return (shippedAt && shippedAt <= now) || (!shippedAt && trackingNumber) ? 'shipped' : 'processing';
}
