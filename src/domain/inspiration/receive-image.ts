import { machineId } from '../../lib/ids.js';
import { ApiError } from '../../platform/http/errors.js';
import type { Storage } from '../../platform/storage/storage.js';
import type { Upload } from '../../platform/storage/upload.js';
import { type ImageType, imageType, lieOf, TELLING_BYTES } from './image-type.js';

export interface IncomingImage {
  bytes: AsyncIterable<Uint8Array>;
  /** What the sender says of it. */
  fileName: string;
  contentType: string;
}

export interface ReceiveOptions {
  storage: Pick<Storage, 'upload'>;
  /** The memory for it. */
  part: Buffer;
  maxBytes: number;
  signal: AbortSignal;
  /** Shown every byte, so that the same file is known again. */
  hash?: { update(chunk: Uint8Array): unknown };
  /** Told of the upload once there is one: whatever happens from then on, it has to be finished or cleared away. */
  onUpload(upload: Upload): void;
}

/** An image that has arrived whole, and becomes an object when its upload is finished. */
export interface ReceivedImage {
  inspirationId: string;
  originalKey: string;
  originalFileName: string;
  contentType: string;
  sizeBytes: number;
  upload: Upload;
}

/**
 * Sends an image on to the store as it comes, once its first bytes have told that it is one.
 * @throws ApiError 400, 413 or 415 for what is not to be kept.
 */
export async function receiveImage(
  { bytes, fileName, contentType }: IncomingImage,
  { storage, part, maxBytes, signal, hash, onUpload }: ReceiveOptions,
): Promise<ReceivedImage> {
  const inspirationId = machineId('insp');
  let sizeBytes = 0;
  let head: Uint8Array[] = [];
  let started: { type: ImageType; originalKey: string; upload: Upload } | undefined;

  const start = async () => {
    const type = await checkedType(Buffer.concat(head), { fileName, contentType });
    const originalKey = incomingKey(inspirationId, type);
    const upload = storage.upload({ key: originalKey, contentType: type.mime }, part, signal);
    onUpload(upload);
    for (const chunk of head) await upload.write(chunk);
    head = [];
    return { type, originalKey, upload };
  };

  for await (const chunk of bytes) {
    sizeBytes += chunk.length;
    if (sizeBytes > maxBytes) throw tooLarge(maxBytes);
    hash?.update(chunk);
    if (started) await started.upload.write(chunk);
    else {
      head.push(chunk);
      if (sizeBytes >= TELLING_BYTES) started = await start();
    }
  }
  if (sizeBytes === 0) throw new ApiError('upload.empty', 'The file is empty. Please choose an image.');
  const { type, originalKey, upload } = started ?? (await start());
  const facts = { inspirationId, originalKey, originalFileName: fileName };
  return { ...facts, contentType: type.mime, sizeBytes, upload };
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
