import { machineId } from '../ids.js';
import type { Storage } from '../storage/storage.js';
import type { Inspiration } from './inspiration.js';
import type { InspirationRepository } from './inspiration-repository.js';
import { newImage } from './new-image.js';

export interface SentImage {
  bytes: Uint8Array;
  type: { mime: string; extension: string };
  sessionId: string;
  originalFileName: string;
  caption?: string | undefined;
}

/** Stores the image, then its record. Without the record the image is taken away again: nothing is left that no one knows of. */
export async function keepImage(
  images: InspirationRepository,
  storage: Storage,
  { bytes, type, caption, ...facts }: SentImage,
  at: Date,
): Promise<Inspiration> {
  const inspirationId = machineId('insp');
  const originalKey = `incoming/${inspirationId}.${type.extension}`;
  const known = { inspirationId, originalKey, contentType: type.mime, sizeBytes: bytes.byteLength };
  const image = newImage({ ...facts, ...known, ...(caption && { caption }) }, at);
  await storage.put({ key: originalKey, body: bytes, contentType: type.mime });
  try {
    await images.add(image);
  } catch (error) {
    await storage.remove(originalKey).catch(() => undefined);
    throw error;
  }
  return image;
}
