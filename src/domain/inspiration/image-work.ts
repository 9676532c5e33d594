import type { Connector } from '../../connectors/connector.js';
import { type Inspiration, PROCESS, REMOVE } from './inspiration.js';
import { type ImageTools, keptKey, processImage, renditionKey } from './process-image.js';

export interface ImageWorkOptions extends ImageTools {
  /** Images that are worked on at once. */
  concurrency: number;
  log: { warn(details: object, message: string): void };
}

/** What images owe, performed by the dispatcher: so many at once, and as often as it takes. */
export const createImageWork = ({ concurrency, log, ...tools }: ImageWorkOptions): Connector => ({
  name: 'images',
  limits: { concurrency: concurrency },
  async deliver({ kind, payload, document }, signal) {
    if (kind !== PROCESS && kind !== REMOVE)
      return { outcome: 'rejected', reason: `Nothing here performs ${kind}` };
    const { images, storage } = tools;
    const find = () => images.find(String(document.inspirationId));
    const before = await find();
    if (kind === PROCESS && before)
      await processImage(before, tools, signal).catch(async (error) => {
        // erased meanwhile: what has been made of it since has to go too
        if (await find()) throw error;
      });
    const after = await find();
    if (after?.reason === 'infected')
      log.warn({ inspirationId: after.inspirationId }, 'an image was infected and has been deleted');
    for (const key of superfluous(String(document.inspirationId), payload, after))
      await storage.remove(key, signal);
    return { outcome: 'delivered' };
  },
});

/** What the delivery is about and the record does not name, or no longer: without a record, or of a rejected image, everything. */
function superfluous(
  inspirationId: string,
  payload: object | undefined,
  image: Inspiration | null,
): string[] {
  const { keys = [] } = (payload ?? {}) as { keys?: string[] };
  const known = image?.moderationStatus === 'rejected' ? undefined : image;
  const made = [renditionKey(inspirationId, 'web'), renditionKey(inspirationId, 'thumbnail')];
  if (!known) return [...keys, ...keys.map(keptKey), ...made];
  return keys.filter((key) => key !== known.originalKey);
}
