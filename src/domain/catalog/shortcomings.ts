import type { Fields } from '../../platform/mongodb/read.js';
import { readPiece } from './read-piece.js';

export interface Shortcoming {
  /** `unreadable`: it is not shown; `incomplete`: it is, without what is missing. */
  kind: 'unreadable' | 'incomplete';
  reasons: string[];
}

/** What the widget needs of a product on sale and does not find; undefined when nothing is missing, or it is not on sale. */
export function findShortcoming(doc: Fields, shopCurrency: string): Shortcoming | undefined {
  const reading = readPiece(doc, shopCurrency);
  if ('inactive' in reading) return undefined;
  if ('unreadable' in reading) return { kind: 'unreadable', reasons: reading.unreadable.split(', ') };
  const { card } = reading.piece;
  const reasons = [
    ...(card.price === 0 ? ['a price of 0'] : []),
    ...(card.image ? [] : ['no image']),
    ...(card.image && !/^(https?:\/\/|\/)/.test(card.image) ? ['an image that is no address'] : []),
    ...(card.description ? [] : ['no description']),
  ];
  return reasons.length > 0 ? { kind: 'incomplete', reasons } : undefined;
}
