import type { Inspiration } from './inspiration.js';
import { newImage } from './new-image.js';
import type { ReceivedImage } from './receive-image.js';
import type { InspirationRepository } from './repository.js';

/** Makes the object of an image that has been received, then its record, unless the sender has left meanwhile. */
export async function keepImage(
  images: Pick<InspirationRepository, 'add' | 'remove'>,
  { upload, ...facts }: ReceivedImage,
  { sessionId, caption }: { sessionId: string; caption?: string | undefined },
  at: Date,
  signal: AbortSignal,
): Promise<Inspiration> {
  const image = newImage({ ...facts, sessionId, ...(caption && { caption }) }, at);
  await upload.finish();
  signal.throwIfAborted();
  try {
    await images.add(image);
  } catch (error) {
    // without an answer of the database, it may be there all the same; its object is about to go
    await images.remove(image.inspirationId).catch(() => undefined);
    throw error;
  }
  return image;
}
