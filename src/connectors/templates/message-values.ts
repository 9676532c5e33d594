import { momentOf, oneLine, type Values } from './render.js';

const WHAT: Record<string, string> = { return: 'return', resize: 'resize', care: 'care request' };

export interface MessageShop {
  name: string;
  timeZone: string;
  locale: string;
  /** Where pieces are sent to, line by line. */
  returnAddress: string[];
  /** Where customers find help. */
  contact?: string;
}

/** Of an RMA, what a message to the customer can name. */
interface ReturnFacts {
  rmaId: string;
  option: string;
  orderNumber: string;
  lines: { title: string; quantity: number }[];
  expiresAt: Date;
}

/** Notes on an RMA are not among them: those on a step are for the team. */
export function returnValues(request: ReturnFacts, shop: MessageShop): Values {
  const { rmaId, option, orderNumber, lines, expiresAt } = request;
  const dates = new Intl.DateTimeFormat(shop.locale, { timeZone: shop.timeZone, dateStyle: 'long' });
  const address = shop.returnAddress.length > 0 ? shop.returnAddress : ['The address that we send you'];
  return {
    shop: shop.name,
    rmaId,
    orderNumber,
    what: WHAT[option] ?? option,
    pieces: lines.map(({ title, quantity }) => `${quantity} × ${oneLine(title)}`).join('\n'),
    sendBy: dates.format(expiresAt),
    address: address.map(oneLine).join('\n'),
  };
}

/** Of a capsule, what a message to the customer can name. */
interface CapsuleFacts {
  items: { id: string; title?: string | undefined }[];
  expiresAt: Date;
}

export function capsuleValues({ items, expiresAt }: CapsuleFacts, shop: MessageShop): Values {
  return {
    shop: shop.name,
    pieces: items.map(({ id, title }) => oneLine(title ?? id)).join('\n'),
    until: momentOf(expiresAt, shop),
  };
}

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
