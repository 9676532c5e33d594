import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Inspiration } from '../../src/domain/inspiration/inspiration.js';
import {
  newImage,
  type ReceivedImage,
  receiveImage,
  tooLarge,
} from '../../src/domain/inspiration/receive-image.js';
import type { InspirationRepository } from '../../src/domain/inspiration/repository.js';
import { type Semaphore, unlessAborted } from '../../src/lib/semaphore.js';
import { ApiError } from '../../src/platform/http/errors.js';
import { unavailable } from '../../src/platform/http/problem.js';
import type { Storage } from '../../src/platform/storage/storage.js';
import { drain, FORM_BYTES, readForm } from './inspiration-form.js';

export interface UploadOptions {
  images: InspirationRepository;
  storage: Storage;
  /** How many are received at once, and how many may wait for their turn, their bodies unread. */
  semaphore: Semaphore;
  maxWaiting: number;
  /** A sender that sends nothing for so long has gone, though its connection has not. */
  stalledMs: number;
  maxBytes: number;
  now: () => Date;
  /** Whether the form, which has been read and found right, is to be kept; throws when the session may not send more. */
  admit: (form: { sessionId: string; caption: string | undefined; sha256: string }) => Promise<boolean>;
}

/**
 * Takes an image from a form to the store and makes its record, unless it is not admitted; whatever goes wrong, nothing of it is left and
 * its place is free.
 */
export async function takeUpload(
  request: FastifyRequest,
  reply: FastifyReply,
  options: UploadOptions,
): Promise<Inspiration | undefined> {
  const { semaphore, maxWaiting, maxBytes, stalledMs } = options;
  const sender = watchSender(request, reply);
  try {
    if (Number(request.headers['content-length']) > maxBytes + FORM_BYTES) throw tooLarge(maxBytes);
    if (semaphore.waiting() >= maxWaiting) throw unavailable(new Error('too many uploads at once'));
    await semaphore.acquire(sender.signal);
    try {
      sender.expectBytes(stalledMs);
      return await keepForm(request, sender.signal, options);
    } finally {
      semaphore.release();
    }
  } catch (error) {
    if (sender.signal.aborted) throw brokenOff(error);
    if (!(await drain(request.raw, maxBytes + FORM_BYTES))) reply.header('connection', 'close');
    throw error;
  } finally {
    sender.release();
  }
}

async function keepForm(
  request: FastifyRequest,
  signal: AbortSignal,
  { images, storage, maxBytes, now, admit }: UploadOptions,
): Promise<Inspiration | undefined> {
  let received: ReceivedImage | undefined;
  try {
    const form = readForm(request, async (incoming) => {
      const image = await receiveImage(incoming, { storage, maxBytes, signal });
      received ??= image;
      return image;
    });
    // a form whose sender has gone may never end by itself
    const { file, ...fields } = await unlessAborted(form, signal);
    if (await admit({ ...fields, sha256: file.sha256 })) {
      signal.throwIfAborted();
      const image = newImage({ ...file.facts, ...fields }, now());
      await images.add(image);
      return image;
    }
    await storage.discard(file.facts.originalKey);
    return undefined;
  } catch (error) {
    if (received) {
      // without an answer of the database, the record may be there all the same
      await images.remove(received.facts.inspirationId).catch(() => undefined);
      await storage.discard(received.facts.originalKey);
    }
    throw error;
  }
}

/**
 * A signal that is aborted when the sender has gone or been answered, or sends nothing for a while once its bytes are expected; its
 * connection ends with it, since what it has not sent would never be read.
 */
function watchSender(request: FastifyRequest, reply: FastifyReply) {
  const controller = new AbortController();
  const { raw } = request;
  const abort = () => controller.abort(new Error('The sender has gone'));
  let stalled: NodeJS.Timeout | undefined;
  const restart = () => stalled?.refresh();
  const stop = () => clearTimeout(stalled);
  reply.raw.once('close', abort);
  raw.once('end', stop);
  raw.on('data', restart);
  // listening starts the flow, which the form is to start
  raw.pause();

  return {
    signal: controller.signal,
    expectBytes(withinMs: number) {
      stalled = setTimeout(() => {
        // while the store is slow, the sender is the one that is kept waiting
        if (raw.readableFlowing === false) return restart();
        abort();
        raw.destroy();
      }, withinMs);
      if (raw.readableEnded) stop();
    },
    release() {
      stop();
      reply.raw.off('close', abort);
      raw.off('data', restart).off('end', stop);
    },
  };
}

/** Nobody reads this answer; it is no fault of ours. */
const brokenOff = (cause: unknown): ApiError =>
  new ApiError('upload.truncated', 'The upload was broken off.', { cause });
