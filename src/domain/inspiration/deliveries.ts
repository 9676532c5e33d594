import { type Static, Type } from '@sinclair/typebox';
import type { Attempt } from '../../connectors/connector.js';
import { DAY_MS } from '../../lib/calendar.js';
import { deliveriesOf } from '../../outbox/delivery-kind.js';
import { type Inspiration, RETENTION_DAYS } from './inspiration.js';
import { type ImageTools, keptKey, processImage, renditionKey } from './process-image.js';
import type { FollowDecision } from './repository.js';

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
  label: 'Check of an image',
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
  label: 'Removal of an image',
  payload: ImageObjects,
  handle: ({ document, payload, signal }, tools) => tidy(document.inspirationId, payload, tools, signal),
});

/** How long before an image is forgotten its copy elsewhere is taken away. */
const AHEAD_MS = DAY_MS;

/** An image that may be shown is delivered from elsewhere too: under the same name at every attempt, and without a word of the customer. */
export const IMAGE_PUBLISH = deliveryOf({
  to: 'assets',
  kind: 'image.publish',
  label: 'Publication of an image',
  async handle({ document: { inspirationId }, ...attempt }, { imageTools: { images, storage } }, assets) {
    const image = await images.find(inspirationId);
    const picture = image?.moderationStatus === 'clean' ? image.renditions?.web : undefined;
    const content = picture && (await storage.read(picture.key, undefined, attempt.signal));
    if (!content) return { outcome: 'skipped', reason: 'the image is not to be shown any more' };
    const asset = {
      id: inspirationId,
      content,
      contentType: picture.contentType,
      tags: ['concierge', 'inspiration'],
    };
    const outcome = await assets.put(asset, attempt);
    if (outcome.outcome !== 'delivered' || !outcome.reference || !outcome.url) return outcome;
    const { reference, url } = outcome;
    // rejected or erased meanwhile: then nobody else would take it away
    if (!(await images.publish(inspirationId, { reference, url }))) return assets.remove(reference, attempt);
    return { outcome: 'delivered', reference };
  },
});

/** It is taken away there: when it has been rejected, and before it is forgotten here. */
export const IMAGE_UNPUBLISH = deliveryOf({
  to: 'assets',
  kind: 'image.unpublish',
  label: 'Withdrawal of an image',
  async handle({ document: { inspirationId }, ...attempt }, { imageTools: { images } }, assets) {
    const published = (await images.find(inspirationId))?.published;
    if (!published) return;
    const outcome = await assets.remove(published.reference, attempt);
    if (outcome.outcome === 'delivered') await images.unpublish(inspirationId);
    return outcome;
  },
});

/** What follows from a decision, where images are delivered from elsewhere. */
export const publishing: FollowDecision = (status, createdAt) => {
  if (status === 'rejected') return [IMAGE_UNPUBLISH.of()];
  if (status !== 'clean') return [];
  const end = new Date(createdAt.getTime() + RETENTION_DAYS * DAY_MS - AHEAD_MS);
  return [IMAGE_PUBLISH.of(), IMAGE_UNPUBLISH.of(undefined, end)];
};

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
