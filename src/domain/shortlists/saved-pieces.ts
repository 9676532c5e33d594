import { withoutMarkup } from '../../lib/values/markup.js';
import { invalid } from '../../platform/http/errors.js';
import { readFlag, readNumber, readText, readTexts } from '../../platform/mongodb/read.js';
import type { ProductCard } from '../catalog/piece.js';
import { findProduct, type Snapshot } from '../catalog/snapshot.js';
import { nameOf, type SavedPiece } from './shortlist.js';

/** A piece as a caller sends it: a whole product card, or only what it is called. */
type SentPiece = Record<string, unknown>;

/**
 * Completes what was sent from the catalogue, which knows best; a piece that the catalogue does not know is kept as it was sent.
 * A piece that was sent twice is saved once. `path` is where the list stands in the request.
 * @throws ApiError 400 for one without a name.
 */
export function savedPieces(sent: SentPiece[], catalogue: Snapshot, path: string): SavedPiece[] {
  const pieces = new Map<string, SavedPiece>();
  for (const [index, item] of sent.entries()) {
    const name = readText(item.id) ?? readText(item.productId) ?? readText(item.sku);
    if (name === undefined)
      throw invalid(`${path}/${index}`, 'Each piece needs an `id`, a `productId` or a `sku`.');
    const card = findProduct(catalogue, name)?.card ?? asSent(item, name);
    const variantId = readText(item.variantId);
    const piece = { ...card, variantId };
    pieces.set(nameOf(piece), piece);
  }
  return [...pieces.values()];
}

/** What is kept of a text, and of a list, that a caller has sent. */
const MAX_TEXT_LENGTH = 2048;
const MAX_LIST_LENGTH = 50;
const text = (value: unknown): string | undefined => readText(value)?.slice(0, MAX_TEXT_LENGTH);
const texts = (value: unknown): string[] =>
  readTexts(value)
    .slice(0, MAX_LIST_LENGTH)
    .map((one) => one.slice(0, MAX_TEXT_LENGTH));

function asSent(item: SentPiece, id: string): SavedPiece {
  const title = withoutMarkup(text(item.title) ?? text(item.name) ?? '') || undefined;
  const price = readNumber(item.price);
  const image = text(item.image) ?? text(item.imageUrl);
  const others: Partial<ProductCard> = {};
  for (const field of ['slug', 'currency', 'category', 'metal', 'shippingPromise'] as const) {
    const value = text(item[field]);
    if (value) others[field] = value;
  }
  return {
    id,
    title,
    ...(price !== undefined && price >= 0 && { price }),
    ...(image && { image, imageUrl: image }),
    ...others,
    readyToShip: readFlag(item.readyToShip),
    tags: texts(item.tags),
    badges: texts(item.badges),
  };
}
