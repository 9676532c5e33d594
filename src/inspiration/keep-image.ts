import type { Collection } from 'mongodb';
import { machineId } from '../ids.js';
import type { Storage } from '../storage/storage.js';
import type { Inspiration } from './inspiration.js';

export interface ImageFacts {
  bytes: Uint8Array;
  type: { mime: string; extension: string };
  sessionId: string;
  originalFileName: string;
  caption?: string | undefined;
}

/** Stores the image, then its record. Without the record the image is taken away again: nothing is left that no one knows of. */
export async function keepImage(
  images: Collection<Inspiration>,
  storage: Storage,
  { bytes, type, caption, ...facts }: ImageFacts,
  at: Date,
): Promise<Inspiration> {
  const inspirationId = machineId('insp');
  const image: Inspiration = {
    inspirationId,
    ...facts,
    key: `inspiration/${inspirationId}.${type.extension}`,
    contentType: type.mime,
    sizeBytes: bytes.byteLength,
    ...(caption && { caption }),
    moderationStatus: 'pending_review',
    createdAt: at,
  };
  await storage.put({ key: image.key, body: bytes, contentType: type.mime });
  try {
    await images.insertOne({ ...image });
  } catch (error) {
    await storage.remove(image.key).catch(() => undefined);
    throw error;
  }
  return image;
}
