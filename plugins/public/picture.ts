import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from '@sinclair/typebox';
import { InspirationParams, PictureQuery } from '../../schemas/inspiration.js';
import { problems } from '../../schemas/problem.js';
import { unknown } from '../../src/domain/inspiration/signed-upload.js';

const schema = {
  operationId: 'showInspiration',
  summary: 'The picture at a signed address',
  description:
    'What may be shown of an image by now, drawn anew from what was sent: the picture, or while there is none yet, a placeholder that is not to be kept. An image that was rejected, or is gone, is a 404, and so is an address that has ended or is not one of ours. Needs no key; the signature is the proof.',
  tags: ['Shop'],
  security: [],
  params: InspirationParams,
  querystring: PictureQuery,
  response: {
    200: {
      description: 'The picture.',
      content: {
        'image/jpeg': { schema: Type.Unsafe<Buffer>({ type: 'string', contentMediaType: 'image/jpeg' }) },
        'image/png': { schema: Type.Unsafe<Buffer>({ type: 'string', contentMediaType: 'image/png' }) },
      },
    },
    ...problems('inspiration.not_found'),
  },
};

/** So long may a browser show a picture that has meanwhile been erased. */
const CACHE_SECONDS = 300;

/** Three dots on paper: the image is being looked at. */
const PLACEHOLDER = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAEAAAABABAMAAABYR2ztAAAAJ1BMVEXv7Oa5sqa8tarp5d+9tqrm49zKxLrLxbvMxrzLxrzp5t+9t6u8tqp5VoNmAAAACXBIWXMAAAsTAAALEwEAmpwYAAAAT0lEQVRIx2NgGAWjYBQMasBcpBaASqIBE0FBZ1QSDRQKCkqikmhAUVBQCJXEVCCDSqKBREFBCVQSDYQICu5CJdG9OUljASo5CkbBKBjMAAC6vxIlBXKoSAAAAABJRU5ErkJggg==',
  'base64',
);

/** What the widget and the staff's pages show of an image; outside the keys, since browsers have none. */
const picture: FastifyPluginAsyncTypebox = async (app) => {
  const { images } = app.repositories;

  app.get(
    '/api/concierge/inspiration/:inspirationId/picture',
    { schema },
    async ({ params: { inspirationId }, query: { size = 'web', expires, signature } }, reply) => {
      if (!app.pictures.isValid({ inspirationId, size, expires, signature }, app.now())) throw unknown();
      const image = await images.find(inspirationId);
      if (!image || image.moderationStatus === 'rejected') throw unknown();
      reply.headers({
        'content-disposition': `inline; filename="${inspirationId.replace(/[^\w.-]+/g, '_')}"`,
        'cross-origin-resource-policy': 'cross-origin',
        'x-robots-tag': 'noindex',
      });
      const rendition = image.renditions?.[size];
      if (!rendition) return reply.header('cache-control', 'no-store').type('image/png').send(PLACEHOLDER);
      const bytes = await app.storage.read(rendition.key);
      if (!bytes) throw unknown();
      return reply
        .header('cache-control', `private, max-age=${CACHE_SECONDS}`)
        .type(rendition.contentType)
        .send(bytes);
    },
  );
};

export default picture;
