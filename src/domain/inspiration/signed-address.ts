import type { Storage } from '../../platform/storage/storage.js';
import type { Inspiration, Rendition } from './inspiration.js';

const URL_SECONDS = 15 * 60;

/** Where a picture of the image can be read for a quarter of an hour. What was sent is only ever a download. */
export async function signedAddress(
  storage: Pick<Storage, 'signedUrl'>,
  { originalKey, contentType, renditions }: Pick<Inspiration, 'originalKey' | 'contentType' | 'renditions'>,
  name: 'web' | 'thumbnail' = 'web',
): Promise<string | undefined> {
  const picture: Pick<Rendition, 'key' | 'contentType'> | undefined = renditions?.[name];
  const key = picture?.key ?? (name === 'web' ? originalKey : undefined);
  if (key === undefined) return undefined;
  return storage.signedUrl({
    key,
    contentType: picture?.contentType ?? contentType,
    fileName: key.split('/').slice(1).join('-'),
    disposition: picture ? 'inline' : 'attachment',
    expiresInSeconds: URL_SECONDS,
  });
}
