import { readDurationDays } from '../../lib/values/duration.js';
import { readCurrency } from '../../lib/values/money.js';
import { readText } from '../../lib/values/text.js';
import { type Fields, readFields } from '../../platform/mongodb/read.js';
import { pictureAddress, readPicture, readPiece, type ShopFacts } from './read-piece.js';

export interface Shortcoming {
  /** `unreadable`: it is on sale and not shown; `incomplete`: it is shown, without what is missing; `inactive`: it is not on sale. */
  kind: 'unreadable' | 'incomplete' | 'inactive';
  reasons: string[];
}

/** Why a product is not shown, or what the widget needs of it and does not find; undefined when nothing is missing. */
export function findShortcoming(doc: Fields, shop: ShopFacts): Shortcoming | undefined {
  const reading = readPiece(doc, shop);
  if ('inactive' in reading) return { kind: 'inactive', reasons: [`status ${reading.inactive}`] };
  const { basePrice, currency } = readFields(doc.pricing);
  const stated = readText(currency) ?? readText(doc.currency);
  const unknownCurrency = stated !== undefined && readCurrency(stated, shop.currency) === undefined;
  if ('unreadable' in reading) {
    const price = readText(basePrice) ?? readText(doc.price);
    const reasons = reading.unreadable
      .split(', ')
      .map((reason) =>
        reason === 'no price' && price !== undefined
          ? `a price that is none: "${price.slice(0, 40)}"`
          : reason,
      );
    return { kind: 'unreadable', reasons };
  }
  const { card, price, readyToShip, available, leadTimeDays } = reading.piece;
  const picture = readPicture(doc);
  const leadTime = readFields(doc.inventory).leadTime ?? doc.leadTime;
  const called = [readFields(doc.metadata).readyToShip, doc.readyToShip].some((value) => value === true);
  const reasons = [
    card.price === 0 && 'a price of 0',
    unknownCurrency && `a currency that is none: "${stated.slice(0, 10)}"`,
    price === undefined && `priced in ${card.currency}: not compared`,
    !picture && 'no image',
    picture && !pictureAddress(picture, shop.url) && 'an image that is no address',
    !card.description && 'no description',
    leadTimeDays === undefined && hasText(leadTime) && 'a lead time that cannot be read',
    called && !readyToShip && available === 0 && 'ready to ship and none to sell',
  ].filter((reason) => typeof reason === 'string');
  return reasons.length > 0 ? { kind: 'incomplete', reasons } : undefined;
}

const hasText = (value: unknown): boolean =>
  readText(value) !== undefined ||
  (Object.keys(readFields(value)).length > 0 && readDurationDays(value) === undefined);
