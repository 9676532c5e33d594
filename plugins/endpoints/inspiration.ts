import multipart from '@fastify/multipart';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import {
  CompletedUpload,
  CompleteUploadRequest,
  InspirationForm,
  InspirationParams,
  SignedUploadRequest,
  UploadResponse,
} from '../../schemas/inspiration.js';
import { problems } from '../../schemas/problem.js';
import type { Inspiration } from '../../src/domain/inspiration/inspiration.js';
import { announceUpload, completeUpload } from '../../src/domain/inspiration/signed-upload.js';
import { createSemaphore } from '../../src/lib/semaphore.js';
import { present } from '../../src/lib/values/text.js';
import { type EarlierAnswer, replay } from '../core/idempotency.js';
import { cleanName, formOptions } from './inspiration-form.js';
import { takeUpload, type UploadOptions } from './inspiration-upload.js';

/** For the form to arrive, and for its turn to come. */
const HANDLER_TIMEOUT_MS = 60_000;
/** For each upload that is received, so many may wait, their bodies unread. */
const WAITING_FOR_EACH_PLACE = 16;

const uploadSchemaOf = (maxBytes: number) => ({
  operationId: 'uploadInspiration',
  summary: 'Upload an inspiration image',
  description: `A multipart form with \`file\` and \`sessionId\`, in either order: JPEG, PNG, WebP, GIF, HEIC or AVIF up to ${Math.round(maxBytes / 2 ** 20)} MB (a setting). The image is private. Within seconds it is scanned and drawn anew, and what was sent is deleted. \`url\` stays right meanwhile: it shows what may be shown by then, at first a placeholder.\n\nOr JSON that announces an image: then the answer says where to post it (\`uploadUrl\`, with all \`fields\` and the \`file\` last), within ten minutes, and \`…/complete\` takes it over.`,
  tags: ['Widget'],
  body: {
    content: {
      'multipart/form-data': { schema: InspirationForm },
      'application/json': { schema: SignedUploadRequest },
    },
  },
  response: {
    201: { ...UploadResponse, description: 'The image is kept, or the way to send it.' },
    ...problems(
      'upload.no_file',
      'upload.no_session',
      'upload.empty',
      'upload.several_files',
      'upload.truncated',
      'upload.too_large',
      'upload.not_an_image',
      'upload.type_mismatch',
    ),
  },
});

const completeSchema = {
  operationId: 'completeInspiration',
  summary: 'Take over an image that has been sent to the store',
  description:
    'For the session that has announced the image. Checks the size and the first bytes of what has been sent; what is not an image, or not the one that was announced, is deleted, and its id with it. Called again, it answers again.',
  tags: ['Widget'],
  params: InspirationParams,
  body: CompleteUploadRequest,
  response: {
    200: { ...CompletedUpload, description: 'The image is kept.' },
    ...problems(
      'inspiration.not_found',
      'upload.not_received',
      'upload.size_mismatch',
      'upload.not_an_image',
      'upload.type_mismatch',
    ),
  },
};

interface InspirationOptions {
  maxBytes: number;
  concurrency: number;
  /** How long a sender may send nothing. */
  stalledMs: number;
}

/** CONCIERGE_INSPIRATION_ENDPOINT */
const inspiration: FastifyPluginAsyncTypebox<InspirationOptions> = async (app, options) => {
  const { maxBytes, concurrency, stalledMs } = options;
  await app.register(multipart, formOptions(maxBytes));
  const { storage, now } = app;
  const { images } = app.repositories;
  const semaphore = createSemaphore(concurrency);
  const maxWaiting = concurrency * WAITING_FOR_EACH_PLACE;

  app.post(
    '/api/concierge/inspiration',
    {
      schema: uploadSchemaOf(maxBytes),
      config: {
        scope: 'inspiration:write',
        handlerTimeoutMs: HANDLER_TIMEOUT_MS,
        counted: { what: 'inspirations' },
        event: { name: 'aurora_inspiration_uploaded', intent: 'inspiration' },
      },
    },
    async (request, reply) => {
      if (request.mediaType === 'application/json') {
        const { sessionId, fileName, contentType, sizeBytes, caption } = request.body as SignedUploadRequest;
        const named = { fileName: cleanName(fileName), caption: present(caption) };
        const image = { sessionId, contentType, sizeBytes, ...named };
        const { expiresAt, ...form } = await announceUpload(images, storage, image, maxBytes, now());
        return reply.code(201).send({ ok: true as const, ...form, expiresAt: expiresAt.toISOString() });
      }
      // the form is read by the handler: the limits, and what follows the answer, know the session from here
      let earlier: EarlierAnswer | undefined;
      const admit: UploadOptions['admit'] = async ({ sessionId, caption, sha256 }) => {
        request.sessionId = sessionId;
        await app.countAgainst(request, app.policies.ofSession);
        earlier = await app.claimForForm(request, { caption, file: sha256 });
        return earlier === undefined;
      };
      const places = { images, storage, semaphore, maxWaiting, maxBytes, stalledMs, now, admit };
      app.metrics.uploadsInProgress.inc();
      const image = await takeUpload(request, reply, places).finally(() =>
        app.metrics.uploadsInProgress.dec(),
      );
      if (earlier) return replay(reply, earlier);
      if (!image) throw new Error('An image that was admitted has not been kept');
      app.sessions.note(image.sessionId, { inspirationId: image.inspirationId });
      const url = app.addressOf(request, app.pictures.pathOf(image.inspirationId, now()));
      return reply.code(201).send({ ok: true as const, url, ...factsOf(image) });
    },
  );

  app.post(
    '/api/concierge/inspiration/:inspirationId/complete',
    {
      schema: completeSchema,
      config: { scope: 'inspiration:write' },
    },
    async (request) => {
      const { inspirationId } = request.params;
      const image = await completeUpload(images, storage, inspirationId, request.body.sessionId, now());
      request.sessionId = image.sessionId;
      app.sessions.note(image.sessionId, { inspirationId: image.inspirationId });
      const url = app.addressOf(request, app.pictures.pathOf(inspirationId, now()));
      return { ok: true as const, url, ...factsOf(image) };
    },
  );
};

export default inspiration;

const factsOf = ({
  inspirationId,
  originalFileName,
  contentType,
  sizeBytes,
  moderationStatus,
}: Inspiration) => ({ inspirationId, originalFileName, contentType, sizeBytes, moderationStatus });
