import type { ProductCard } from '../catalog/piece.js';
import type { Snapshot } from '../catalog/snapshot.js';
import { readFlag, readNumber, readText, readTexts } from '../database/read.js';
import type { SavedPiece } from './shortlist.js';

/** A piece as a caller sends it: a whole product card, or only what it is called. */
export type SentPiece = Record<string, unknown>;

/**
 * Completes what was sent from the catalogue, which knows best; a piece that the catalogue does not know is kept as it was sent.
 * A piece that was sent twice is saved once.
 */
export function savedPieces(sent: SentPiece[], catalogue: Snapshot): SavedPiece[] {
  const pieces = new Map<string, SavedPiece>();
  for (const item of sent) {
    const name = readText(item.id) ?? readText(item.productId) ?? readText(item.sku);
    if (name === undefined) continue;
    const card = catalogue.byName.get(name)?.card ?? asSent(item, name);
    const variantId = readText(item.variantId);
    pieces.set(JSON.stringify([card.id, variantId]), { ...card, ...(variantId && { variantId }) });
  }
  return [...pieces.values()];
}

function asSent(item: SentPiece, id: string): SavedPiece {
  const title = readText(item.title) ?? readText(item.name);
  const price = readNumber(item.price);
  const image = readText(item.image) ?? readText(item.imageUrl);
  const texts: Partial<ProductCard> = {};
  for (const field of ['slug', 'currency', 'category', 'metal', 'shippingPromise'] as const) {
    const text = readText(item[field]);
    if (text) texts[field] = text;
  }
  return {
    id,
    ...(title && { title }),
    ...(price !== undefined && { price }),
    ...(image && { image, imageUrl: image }),
    ...texts,
    readyToShip: readFlag(item.readyToShip),
    tags: readTexts(item.tags),
    badges: readTexts(item.badges),
  };
}
