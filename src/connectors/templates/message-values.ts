import { oneLine, type Values } from './render.js';

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
export interface ReturnFacts {
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
