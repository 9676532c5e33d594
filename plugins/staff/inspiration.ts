import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { InspirationParams, InspirationRecord } from '../../schemas/inspiration.js';
import { problems } from '../../schemas/problem.js';
import { signedAddress } from '../../src/domain/inspiration/signed-address.js';
import { unknown } from '../../src/domain/inspiration/signed-upload.js';

const schema = {
  operationId: 'readInspiration',
  summary: 'An inspiration image, for the staff',
  description:
    'What is known of an image, and where it can be read for the next 15 minutes: the re-encoded pictures, or, while there are none, a download of what was sent. A rejected image cannot be read any more.',
  tags: ['journey'],
  params: InspirationParams,
  response: { 200: { ...InspirationRecord, description: 'The image.' }, ...problems(404) },
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
      const [url, thumbnailUrl] = await Promise.all([
        signedAddress(app.storage, image),
        signedAddress(app.storage, image, 'thumbnail'),
      ]);
      return {
        inspirationId,
        sessionId,
        originalFileName,
        caption,
        contentType,
        sizeBytes,
        moderationStatus,
        reason,
        url,
        thumbnailUrl,
        createdAt: createdAt.toISOString(),
        version,
      };
    },
  );
};

export default inspiration;
