import type { MessageShop } from './message-values.js';
import { oneLine, type Values } from './render.js';

/** Of a change of an order, what a message to a subscriber can name. */
export interface UpdateFacts {
  label: string;
  carrier?: string | undefined;
  tracking?: string | undefined;
  trackingUrl?: string | undefined;
  eta?: Date | undefined;
}

export function updateValues(orderNumber: string, update: UpdateFacts, shop: MessageShop): Values {
  const { label, carrier, tracking, trackingUrl, eta } = update;
  const dates = new Intl.DateTimeFormat(shop.locale, {
    timeZone: shop.timeZone,
    month: 'short',
    day: 'numeric',
  });
  const parcel = [carrier, tracking].flatMap((part) => (part ? [oneLine(part)] : [])).join(' ');
  return {
    shop: shop.name,
    orderNumber,
    status: label,
    parcel: [parcel, trackingUrl].filter(Boolean).join('\n'),
    expected: eta ? `Expected by ${dates.format(eta)}.` : '',
  };
}
