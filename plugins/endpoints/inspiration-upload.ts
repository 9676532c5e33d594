import type { Hash } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Inspiration } from '../../src/domain/inspiration/inspiration.js';
import { keepImage } from '../../src/domain/inspiration/keep-image.js';
import type { createPartBuffers } from '../../src/domain/inspiration/part-buffers.js';
import { receiveImage, tooLarge } from '../../src/domain/inspiration/receive-image.js';
import type { InspirationRepository } from '../../src/domain/inspiration/repository.js';
import { ApiError } from '../../src/platform/http/errors.js';
import type { Storage } from '../../src/platform/storage/storage.js';
import type { Upload } from '../../src/platform/storage/upload.js';
import { drain } from './drain.js';
import { FORM_BYTES, readForm } from './inspiration-form.js';

export interface UploadPlaces {
  images: InspirationRepository;
  storage: Storage;
  parts: ReturnType<typeof createPartBuffers>;
  maxBytes: number;
  now: () => Date;
  /** Whether the form, which has been read and found right, is to be kept; throws when the session may not send more. */
  admit: (form: { sessionId: string; caption: string | undefined }) => Promise<boolean>;
  /** Shown every byte of the file. */
  hash?: Hash;
}

/** Takes an image from a form to the store and makes its record, unless it is not admitted; whatever goes wrong, nothing of it is left. */
export async function takeUpload(
  request: FastifyRequest,
  reply: FastifyReply,
  places: UploadPlaces,
): Promise<Inspiration | undefined> {
  const { parts, maxBytes } = places;
  const signal = untilClosed(reply);
  try {
    if (Number(request.headers['content-length']) > maxBytes + FORM_BYTES) throw tooLarge(maxBytes);
    const part = await parts.take();
    try {
      return await keepForm(request, part, signal, places);
    } finally {
      parts.giveBack(part);
    }
  } catch (error) {
    if (signal.aborted) throw senderLeft(error);
    if (!(await drain(request.raw, maxBytes + FORM_BYTES))) reply.header('connection', 'close');
    throw error;
  }
}

async function keepForm(
  request: FastifyRequest,
  part: Buffer,
  signal: AbortSignal,
  { images, storage, maxBytes, now, admit, hash }: UploadPlaces,
): Promise<Inspiration | undefined> {
  let upload: Upload | undefined;
  const onUpload = (started: Upload) => {
    upload = started;
  };
  try {
    signal.throwIfAborted();
    // the object is made when the whole form has been read and found right: nothing that is refused is ever one
    const { file, ...form } = await readForm(request, (image) =>
      receiveImage(image, { storage, part, maxBytes, signal, hash, onUpload }),
    );
    if (await admit(form)) return await keepImage(images, file, form, now(), signal);
  } catch (error) {
    if (upload) await storage.clear(upload.left());
    throw error;
  }
  if (upload) await storage.clear(upload.left());
  return undefined;
}

// `request.signal` is no help: it also ends when the body has been read.
function untilClosed(reply: FastifyReply): AbortSignal {
  const controller = new AbortController();
  reply.raw.once('close', () => controller.abort());
  return controller.signal;
}

/** Nobody reads this answer; it is no fault of ours. */
const senderLeft = (cause: unknown): ApiError =>
  new ApiError('upload.truncated', 'The upload was broken off.', { cause });
