import multipart from '@fastify/multipart';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { InspirationForm, InspirationResponse } from '../../schemas/inspiration.js';
import { problems } from '../../schemas/problem.js';
import { ApiError } from '../../src/errors.js';
import { imageType } from '../../src/inspiration/image-type.js';
import { createInspirationRepository } from '../../src/inspiration/inspiration-repository.js';
import { keepImage } from '../../src/inspiration/keep-image.js';
import { unavailable } from '../../src/problem.js';
import { formOptions, readForm } from './inspiration-form.js';

const URL_SECONDS = 15 * 60;
/** Images are held in memory while they are checked: this many at once, at most. */
const MOST_AT_ONCE = 16;

const schema = {
  operationId: 'uploadInspiration',
  summary: 'Upload an inspiration image',
  description:
    'A multipart form with `file` and `sessionId`, in either order. JPEG, PNG, WebP, GIF, HEIC or AVIF up to 10 MB (a setting); the bytes decide, not the name. The image is private: `url` can be read for 15 minutes.',
  tags: ['journey'],
  consumes: ['multipart/form-data'],
  body: InspirationForm,
  response: { 201: { ...InspirationResponse, description: 'The image is kept.' }, ...problems() },
};

export interface InspirationOptions {
  mostBytes: number;
}

/** CONCIERGE_INSPIRATION_ENDPOINT */
const inspiration: FastifyPluginAsyncTypebox<InspirationOptions> = async (app, { mostBytes }) => {
  await app.register(multipart, formOptions(mostBytes));
  // the form is checked part by part as it is read
  app.setValidatorCompiler(() => () => true);
  const images = createInspirationRepository(app.collections.widgetInspiration);
  let underWay = 0;

  app.post(
    '/api/concierge/inspiration',
    { schema, config: { scope: 'inspiration:write', counted: { what: 'inspirations' } } },
    async (request, reply) => {
      if (underWay >= MOST_AT_ONCE) throw unavailable(new Error('too many uploads at once'));
      underWay++;
      try {
        const { bytes, fileName, ...form } = await readForm(request, mostBytes);
        const type = await imageType(bytes);
        if (!type)
          throw new ApiError(
            'upload.not_an_image',
            'Please choose a JPEG, PNG, WebP, GIF, HEIC or AVIF image.',
          );
        const facts = { ...form, bytes, type, originalFileName: fileName };
        const image = await keepImage(images, app.storage, facts, app.now());
        const {
          inspirationId,
          originalKey: key = '',
          contentType,
          originalFileName,
          sizeBytes,
          moderationStatus,
        } = image;
        app.sessions.note(image.sessionId, { inspirationId });
        const url = await app.storage.signedUrl({
          key,
          contentType,
          fileName: originalFileName,
          expiresInSeconds: URL_SECONDS,
        });
        return reply.code(201).send({
          ok: true as const,
          url,
          inspirationId,
          originalFileName,
          contentType,
          sizeBytes,
          moderationStatus,
        });
      } finally {
        underWay--;
      }
    },
  );
};

export default inspiration;
