// The words in which the shop's orders say how far they are. A status may be any word, `constructor` too, so these are maps.
const table = (entries: Record<string, string>): ReadonlyMap<string, string> =>
  new Map(Object.entries(entries));

/** `Quality Check`, `quality-check` → `quality_check`. */
export const statusForm = (status: string): string =>
  status
    .trim()
    .toLowerCase()
    .replace(/[\s-]+/g, '_');

const LABELS = table({
  created: 'Order placed',
  processing: 'In the atelier',
  quality_check: 'Quality check',
  shipped: 'Shipped',
  in_transit: 'In transit',
  out_for_delivery: 'Out for delivery',
  delivered: 'Delivered',
  cancelled: 'Cancelled',
  refunded: 'Refunded',
  return_pending: 'Return in progress',
  returned: 'Returned',
});

/** Other names of the same status. */
const SAME_AS = table({
  pending: 'created',
  placed: 'created',
  confirmed: 'created',
  order_placed: 'created',
  in_production: 'processing',
  dispatched: 'shipped',
  completed: 'delivered',
  canceled: 'cancelled',
});

/** Statuses that end a timeline, and what the customer is told. */
export const ENDS = table({
  cancelled: 'This order was cancelled.',
  refunded: 'This order was refunded.',
  return_pending: 'A return is in progress for this order.',
  returned: 'This order was returned.',
});

/** Whether it is one of our own words. */
export const isKnownStatus = (status: string): boolean => LABELS.has(sameAs(status)) || SAME_AS.has(status);

export const sameAs = (status: string): string => SAME_AS.get(status) ?? status;
export const labelOf = (status: string): string => LABELS.get(status) ?? sentence(status);
const sentence = (status: string): string => {
  const words = status.replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
};
