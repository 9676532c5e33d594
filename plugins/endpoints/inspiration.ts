import multipart from '@fastify/multipart';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { Static } from '@sinclair/typebox';
import { InspirationForm, InspirationResponse } from '../../schemas/inspiration.js';
import { problems } from '../../schemas/problem.js';
import type { Inspiration } from '../../src/inspiration/inspiration.js';
import { createInspirationRepository } from '../../src/inspiration/inspiration-repository.js';
import { createPartBuffers } from '../../src/inspiration/part-buffers.js';
import type { Storage } from '../../src/storage/storage.js';
import { formOptions } from './inspiration-form.js';
import { takeUpload } from './inspiration-upload.js';

const URL_SECONDS = 15 * 60;
/** For the form to arrive, and for its turn to come. */
const HANDLER_TIMEOUT_MS = 60_000;

const schema = {
  operationId: 'uploadInspiration',
  summary: 'Upload an inspiration image',
  description:
    'A multipart form with `file` and `sessionId`, in either order. JPEG, PNG, WebP, GIF, HEIC or AVIF up to 10 MB (a setting); the bytes decide, and a name or a media type that says otherwise is refused. The image is private. Within seconds it is scanned and re-encoded, and what was sent is deleted: until then, and for 15 minutes at most, `url` gives it as it was sent.',
  tags: ['journey'],
  consumes: ['multipart/form-data'],
  body: InspirationForm,
  response: { 201: { ...InspirationResponse, description: 'The image is kept.' }, ...problems() },
};

export interface InspirationOptions {
  mostBytes: number;
  atOnce: number;
}

/** CONCIERGE_INSPIRATION_ENDPOINT */
const inspiration: FastifyPluginAsyncTypebox<InspirationOptions> = async (app, { mostBytes, atOnce }) => {
  await app.register(multipart, formOptions(mostBytes));
  // the form is checked part by part as it is read
  app.setValidatorCompiler(() => () => true);
  const { storage, now } = app;
  const images = createInspirationRepository(app.collections.widgetInspiration);
  const parts = createPartBuffers(atOnce);

  app.post(
    '/api/concierge/inspiration',
    {
      schema,
      handlerTimeout: HANDLER_TIMEOUT_MS,
      config: {
        scope: 'inspiration:write',
        idempotent: true,
        counted: { what: 'inspirations' },
        event: { name: 'aurora_inspiration_uploaded', intent: 'inspiration' },
      },
    },
    async (request, reply) => {
      // the form is read by the handler: the limits, and what follows the answer, know the session from here
      const admit = async (sessionId: string) => {
        request.sessionId = sessionId;
        await app.countAgainst(request, app.policies.ofSession);
      };
      const places = { images, storage, parts, mostBytes, now, admit };
      app.metrics.uploadsInProgress.inc();
      const image = await takeUpload(request, reply, places).finally(() =>
        app.metrics.uploadsInProgress.dec(),
      );
      app.sessions.note(image.sessionId, { inspirationId: image.inspirationId });
      return reply.code(201).send(await toResponse(image, storage));
    },
  );
};

export default inspiration;

async function toResponse(image: Inspiration, storage: Storage): Promise<Static<typeof InspirationResponse>> {
  const {
    inspirationId,
    originalKey = '',
    contentType,
    originalFileName,
    sizeBytes,
    moderationStatus,
  } = image;
  const url = await storage.signedUrl({
    key: originalKey,
    contentType,
    fileName: originalKey.split('/').at(-1) ?? '',
    disposition: 'attachment',
    expiresInSeconds: URL_SECONDS,
  });
  return { ok: true, url, inspirationId, originalFileName, contentType, sizeBytes, moderationStatus };
}
