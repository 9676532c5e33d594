import { type Static, Type } from '@sinclair/typebox';
import type { Attempt } from '../../connectors/connector.js';
import { deliveriesOf } from '../../outbox/delivery-kind.js';
import type { Inspiration } from './inspiration.js';
import { type ImageTools, keptKey, processImage, renditionKey } from './process-image.js';

export interface InspirationTools {
  imageTools: ImageTools;
  log: { warn(details: object, message: string): void };
}

/** The objects that a delivery is about: the document no longer names them once it has been performed. */
const ImageObjects = Type.Object({ keys: Type.Optional(Type.Array(Type.String())) });
type ImageObjects = Static<typeof ImageObjects>;

const deliveryOf = deliveriesOf<Inspiration, InspirationTools>(['inspirationId']);

/** An image is scanned and re-encoded. */
export const IMAGE_PROCESS = deliveryOf({
  to: 'images',
  kind: 'image.process',
  payload: ImageObjects,
  async handle({ document, payload, signal, number }, tools) {
    const { images } = tools.imageTools;
    const find = () => images.find(document.inspirationId);
    const before = await find();
    if (before)
      await processImage(before, tools.imageTools, signal, number).catch(async (error) => {
        // erased meanwhile: what has been made of it since has to go too
        if (await find()) throw error;
      });
    await tidy(document.inspirationId, payload, tools, signal);
  },
});

/** An image is taken out of the store. */
export const IMAGE_REMOVE = deliveryOf({
  to: 'images',
  kind: 'image.remove',
  payload: ImageObjects,
  handle: ({ document, payload, signal }, tools) => tidy(document.inspirationId, payload, tools, signal),
});

async function tidy(
  inspirationId: string,
  payload: ImageObjects,
  { imageTools: { images, storage }, log }: InspirationTools,
  signal: Attempt['signal'],
): Promise<void> {
  const after = await images.find(inspirationId);
  if (after?.reason === 'infected')
    log.warn({ inspirationId: after.inspirationId }, 'an image was infected and has been deleted');
  for (const key of superfluous(inspirationId, payload, after)) await storage.remove(key, signal);
}

/** What the delivery is about and the record does not name, or no longer: without a record, or of a rejected image, everything. */
function superfluous(
  inspirationId: string,
  { keys = [] }: ImageObjects,
  image: Inspiration | null,
): string[] {
  const known = image?.moderationStatus === 'rejected' ? undefined : image;
  const made = [renditionKey(inspirationId, 'web'), renditionKey(inspirationId, 'thumbnail')];
  if (!known) return [...keys, ...keys.map(keptKey), ...made];
  return keys.filter((key) => key !== known.originalKey);
}
