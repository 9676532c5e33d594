import type { Inspiration } from '../domain/inspiration/inspiration.js';
import type { Storage } from '../platform/storage/storage.js';

const URL_SECONDS = 15 * 60;
/** What browsers show. */
const SHOWN = new Set(['image/jpeg', 'image/png', 'image/webp', 'image/gif', 'image/avif']);

/** An address at which the picture can be looked at for 15 minutes; undefined when there is nothing that a browser could show. */
export async function pictureOf(
  storage: Storage,
  { inspirationId, renditions, originalKey, contentType }: Inspiration,
  size: 'web' | 'thumbnail',
): Promise<string | undefined> {
  const rendition = renditions?.[size];
  const original = originalKey && SHOWN.has(contentType) ? { key: originalKey, contentType } : undefined;
  const object = rendition ?? original;
  if (!object) return undefined;
  const { key, contentType: type } = object;
  return storage.signedUrl({
    key,
    contentType: type,
    fileName: inspirationId,
    expiresInSeconds: URL_SECONDS,
  });
}
