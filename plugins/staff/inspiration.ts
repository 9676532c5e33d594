import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { InspirationParams, InspirationRecord } from '../../schemas/inspiration.js';
import { problems } from '../../schemas/problem.js';
import type { PictureSize } from '../../src/domain/inspiration/picture-address.js';
import { unknown } from '../../src/domain/inspiration/signed-upload.js';

const schema = {
  operationId: 'readInspiration',
  summary: 'An inspiration image, for the staff',
  description:
    'What is known of an image, and where the pictures that were drawn from it are shown. What was sent itself is never given out; a rejected image cannot be seen any more.',
  tags: ['Staff'],
  params: InspirationParams,
  response: {
    200: { ...InspirationRecord, description: 'The image.' },
    ...problems('inspiration.not_found'),
  },
};

/** For those who answer the customer; not one of the widget's calls. */
const inspiration: FastifyPluginAsyncTypebox = async (app) => {
  const { images } = app.repositories;

  app.get(
    '/api/concierge/inspiration/:inspirationId',
    { schema, config: { scope: 'inspiration:read' } },
    async (request) => {
      const image = await images.find(request.params.inspirationId);
      // one that is only announced is not there yet
      if (!image || image.uploadExpiresAt) throw unknown();
      const { inspirationId, sessionId, originalFileName, caption, contentType, sizeBytes } = image;
      const { moderationStatus, reason, createdAt, version } = image;
      const address = (size: PictureSize) => {
        const path = app.pictures.pictureOf(image, app.now(), size);
        return path && app.addressOf(request, path);
      };
      return {
        inspirationId,
        sessionId,
        originalFileName,
        caption,
        contentType,
        sizeBytes,
        moderationStatus,
        reason,
        url: address('web'),
        thumbnailUrl: address('thumbnail'),
        createdAt: createdAt.toISOString(),
        version,
      };
    },
  );
};

export default inspiration;
