import { drawPiece, type Sketch } from '../plugins/demo/draw-piece.js';
import type { Collections } from '../src/collections.js';
import { keysOf, type Rendition } from '../src/domain/inspiration/inspiration.js';
import { renditionKey } from '../src/domain/inspiration/process-image.js';
import type { Storage } from '../src/platform/storage/storage.js';

/** As many as a page of the queue shows. */
const MAX_PICTURES = 16;
const SKETCHES: Sketch[] = [
  { category: 'ring', kind: 'vintage', metal: '14k_rose', stone: 'sapphire-oval' },
  { category: 'earring', kind: 'chandeliers', metal: '14k_yellow', stone: 'ruby-pear' },
  { category: 'necklace', kind: 'pendant', metal: 'silver', stone: 'opal-cabochon' },
  { category: 'ring', kind: 'three-stone', metal: 'platinum', stone: 'emerald-octagon' },
];

/** Puts drawings in the place of what the latest of the seeded customers have sent in, where that was not done before. */
export async function seedPictures({ widgetInspiration }: Collections, storage: Pick<Storage, 'put'>) {
  const sizes = { web: 800, thumbnail: 320 } as const;
  const latest = await widgetInspiration.find().sort({ createdAt: -1 }).limit(MAX_PICTURES).toArray();
  // what a customer has sent has its original until it is drawn, or is rejected
  const images = latest.filter(
    (image) => keysOf(image).length === 0 && image.moderationStatus !== 'rejected',
  );
  if (images.length === 0) return;
  const { default: sharp } = await import('sharp');
  const drawn = await Promise.all(
    SKETCHES.map(async (sketch) => {
      const drawing = sharp(Buffer.from(drawPiece(sketch)));
      const at = (width: number) => drawing.clone().resize(width).jpeg().toBuffer();
      return { web: await at(sizes.web), thumbnail: await at(sizes.thumbnail) };
    }),
  );
  for (const [nth, { inspirationId }] of images.entries()) {
    const keep = async (size: keyof typeof sizes): Promise<Rendition> => {
      const [key, contentType] = [renditionKey(inspirationId, size), 'image/jpeg'];
      const body = drawn[nth % drawn.length]?.[size] ?? Buffer.alloc(0);
      await storage.put({ key, body, contentType });
      return { key, contentType, width: sizes[size], height: sizes[size], sizeBytes: body.length };
    };
    const renditions = { web: await keep('web'), thumbnail: await keep('thumbnail') };
    await widgetInspiration.updateOne({ inspirationId }, { $set: { renditions } });
  }
}
