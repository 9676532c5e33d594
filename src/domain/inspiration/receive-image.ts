import { createHash } from 'node:crypto';
import { machineId } from '../../lib/ids.js';
import { unlessAborted } from '../../lib/semaphore.js';
import { enqueue } from '../../outbox/enqueue.js';
import { ApiError } from '../../platform/http/errors.js';
import type { Storage } from '../../platform/storage/storage.js';
import { IMAGE_PROCESS } from './deliveries.js';
import { type ImageType, imageType, lieOf, TELLING_BYTES } from './image-type.js';
import type { Inspiration } from './inspiration.js';

/** What is known of an image when it has arrived. */
type ImageFacts = Pick<
  Inspiration,
  'inspirationId' | 'sessionId' | 'originalFileName' | 'contentType' | 'sizeBytes' | 'caption'
> & { originalKey: string };

/** The record of an image that lies in the store, and has yet to be scanned and re-encoded. */
export const newImage = (facts: ImageFacts, at: Date): Inspiration => ({
  ...facts,
  moderationStatus: 'pending_review',
  createdAt: at,
  version: 1,
  history: [{ at, by: 'customer', action: 'kept' }],
  ...enqueue([IMAGE_PROCESS.of({ keys: [facts.originalKey] })], at),
});

/** The record of an image that its sender is to send to the store itself. Nothing is enqueued until it is there. */
export const announcedImage = (facts: ImageFacts, uploadExpiresAt: Date, at: Date): Inspiration => ({
  ...facts,
  moderationStatus: 'pending_review',
  createdAt: at,
  uploadExpiresAt,
  version: 1,
  history: [{ at, by: 'customer', action: 'announced' }],
  deliveries: [],
});

export interface IncomingImage {
  bytes: AsyncIterable<Uint8Array>;
  /** What the sender says of it. */
  fileName: string;
  contentType: string;
}

/** An image that lies in the store, and has yet to get a record. */
export interface ReceivedImage {
  facts: Omit<ImageFacts, 'sessionId' | 'caption'>;
  /** Of its bytes: the same file is known again by it. */
  sha256: string;
}

interface ReceiveOptions {
  storage: Pick<Storage, 'upload'>;
  maxBytes: number;
  signal: AbortSignal;
}

/**
 * Sends an image on to the store as it comes, once its first bytes have told that it is one. Undefined when there are no bytes.
 * @throws ApiError 413 or 415 for what is not to be kept, 503 when the store fails; then nothing of it is left there.
 */
export async function receiveImage(
  { bytes, fileName, contentType: claimed }: IncomingImage,
  { storage, maxBytes, signal }: ReceiveOptions,
): Promise<ReceivedImage | undefined> {
  const chunks = bytes[Symbol.asyncIterator]();
  const head = await readHead(chunks);
  if (head.length === 0) return undefined;
  const type = await checkedType(head, { fileName, contentType: claimed });
  const inspirationId = machineId('insp');
  const originalKey = incomingKey(inspirationId, type);
  const hash = createHash('sha256');
  let sizeBytes = 0;

  async function* counted() {
    for (let chunk: Uint8Array = head; ; ) {
      sizeBytes += chunk.length;
      if (sizeBytes > maxBytes) throw tooLarge(maxBytes);
      hash.update(chunk);
      yield chunk;
      // bytes that never come would keep the store waiting
      const next = await unlessAborted(chunks.next(), signal);
      if (next.done) return;
      chunk = next.value;
    }
  }

  await storage.upload({ key: originalKey, contentType: type.mime, body: counted() }, signal);
  const facts = { inspirationId, originalKey, originalFileName: fileName, contentType: type.mime, sizeBytes };
  return { facts, sha256: hash.digest('base64url') };
}

/** The first bytes, as many as tell the type, or all when there are fewer. */
async function readHead(chunks: AsyncIterator<Uint8Array>): Promise<Buffer> {
  const head: Uint8Array[] = [];
  for (let length = 0; length < TELLING_BYTES; ) {
    const { done, value } = await chunks.next();
    if (done) break;
    head.push(value);
    length += value.length;
  }
  return Buffer.concat(head);
}

export const NOT_AN_IMAGE = 'Please choose a JPEG, PNG, WebP, GIF, HEIC or AVIF image.';

export const incomingKey = (inspirationId: string, { extension }: ImageType): string =>
  `incoming/${inspirationId}.${extension}`;

/** The type that the first bytes tell, if it is taken and nothing claims otherwise. */
export async function checkedType(
  head: Uint8Array,
  claims: { fileName: string; contentType: string },
): Promise<ImageType> {
  const type = await imageType(head);
  if (!type) throw new ApiError('upload.not_an_image', NOT_AN_IMAGE);
  const lie = lieOf(type, claims);
  if (lie)
    throw new ApiError('upload.type_mismatch', `The file says that it is ${lie}, but it is ${type.mime}.`);
  return type;
}

export const tooLarge = (maxBytes: number, headers = {}): ApiError =>
  new ApiError('upload.too_large', `The image is larger than ${inWords(maxBytes)}.`, { headers });

const inWords = (bytes: number): string =>
  bytes < 1024 * 1024
    ? `${Math.floor(bytes / 1024)} KB`
    : `${Math.floor((bytes / 1024 / 1024) * 10) / 10} MB`;
