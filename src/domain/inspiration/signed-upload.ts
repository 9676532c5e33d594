import { machineId } from '../../lib/ids.js';
import { ApiError } from '../../platform/http/errors.js';
import type { Storage } from '../../platform/storage/storage.js';
import { IMAGE_PROCESS } from './deliveries.js';
import { lieOf, namedType, TELLING_BYTES } from './image-type.js';
import type { Inspiration } from './inspiration.js';
import { announcedImage, checkedType, incomingKey, NOT_AN_IMAGE, tooLarge } from './receive-image.js';
import type { InspirationRepository } from './repository.js';

/** An image that a client means to send to the store itself. */
interface AnnouncedImage {
  sessionId: string;
  fileName: string;
  contentType: string;
  sizeBytes: number;
  caption?: string | undefined;
}

const FORM_SECONDS = 10 * 60;
/** Who has sent it in the last moment still has time to say so. */
const COMPLETION_MS = (FORM_SECONDS + 5 * 60) * 1000;

/** Gives a client what it needs to send one image, of that size and type, to a key that nothing else is sent to. */
export async function announceUpload(
  images: Pick<InspirationRepository, 'add'>,
  storage: Pick<Storage, 'signedForm'>,
  { fileName, contentType, caption, ...announced }: AnnouncedImage,
  maxBytes: number,
  at: Date,
) {
  if (announced.sizeBytes > maxBytes) throw tooLarge(maxBytes);
  const type = namedType(contentType);
  if (!type) throw new ApiError('upload.not_an_image', NOT_AN_IMAGE);
  const lie = lieOf(type, { fileName, contentType });
  if (lie)
    throw new ApiError('upload.type_mismatch', `The name says ${lie}, and the media type ${type.mime}.`);
  const inspirationId = machineId('insp');
  const key = `uploads/${inspirationId}.${type.extension}`;
  const { url, fields } = await storage.signedForm({
    key,
    contentType: type.mime,
    sizeBytes: announced.sizeBytes,
    expiresInSeconds: FORM_SECONDS,
  });
  const facts = { ...announced, inspirationId, originalKey: key, originalFileName: fileName };
  const image = { ...facts, contentType: type.mime, caption };
  await images.add(announcedImage(image, new Date(at.getTime() + COMPLETION_MS), at));
  return { inspirationId, uploadUrl: url, fields, expiresAt: new Date(at.getTime() + FORM_SECONDS * 1000) };
}

/**
 * Takes over an image that its sender says is there. It is copied to a key that its sender cannot write to, in the very version that has
 * been looked at. Said again, it is answered again.
 */
export async function completeUpload(
  images: InspirationRepository,
  storage: Pick<Storage, 'head' | 'read' | 'copy' | 'remove'>,
  inspirationId: string,
  sessionId: string,
  at: Date,
): Promise<Inspiration> {
  const image = await images.find(inspirationId);
  if (!image || image.sessionId !== sessionId) throw unknown();
  if (image.uploadExpiresAt && image.uploadExpiresAt <= at) throw unknown();
  const { uploadExpiresAt, originalKey: sent = '', originalFileName: fileName, contentType } = image;
  if (!uploadExpiresAt) return image;
  const object = await storage.head(sent);
  const head = object && (await storage.read(sent, TELLING_BYTES));
  if (!head) throw notReceived();
  try {
    if (object.sizeBytes !== image.sizeBytes)
      throw new ApiError(
        'upload.size_mismatch',
        `The file has ${object.sizeBytes} bytes; ${image.sizeBytes} were announced.`,
      );
    const type = await checkedType(head, { fileName, contentType });
    const originalKey = incomingKey(inspirationId, type);
    if (!(await storage.copy(sent, { key: originalKey, contentType: type.mime }, object.etag)))
      throw notReceived();
    const kept = await images.change(
      image,
      { at, by: 'customer', action: 'kept' },
      {
        set: { originalKey, contentType: type.mime },
        unset: ['uploadExpiresAt'],
        enqueued: [IMAGE_PROCESS.of({ keys: [originalKey, sent] })],
      },
    );
    // of two at once, one takes it over
    return kept ?? (await images.find(inspirationId)) ?? image;
  } catch (error) {
    if (error instanceof ApiError && REFUSED.includes(error.code)) {
      await storage.remove(sent);
      await images.remove(inspirationId);
    }
    throw error;
  }
}

/** What is sent can not be taken, whenever it is asked again: nothing of it stays. */
const REFUSED = ['upload.size_mismatch', 'upload.not_an_image', 'upload.type_mismatch'];

export const unknown = () => new ApiError('inspiration.not_found', 'There is no such image.');

const notReceived = () =>
  new ApiError('upload.not_received', 'The image has not arrived in the store yet. Please send it first.');
