import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { CreatorParams } from '../../../schemas/dashboard/creators.js';
import { PERIOD_DAYS } from '../../../src/dashboard/creators/creator-row.js';
import { CREDIT_DAYS } from '../../../src/domain/creators/credit-orders.js';
import { signedIn } from '../signed-session.js';

/** Creators, and what came of the customers whom they sent. */
const creatorsPages: FastifyPluginAsyncTypebox = async (app) => {
  app.get('/dashboard/creators', { schema: { hide: true } }, async (request, reply) => {
    const { creators } = await app.dashboard.creators.list(signedIn(request));
    return reply.view('creators', {
      creators,
      PERIOD_DAYS,
      CREDIT_DAYS,
      title: 'Creators',
      section: 'creators',
    });
  });

  app.get(
    '/dashboard/creators/:creatorCode',
    { schema: { hide: true, params: CreatorParams } },
    async (request, reply) => {
      const creator = await app.dashboard.creators.detail(signedIn(request), request.params.creatorCode);
      return reply.view('creator', { creator, title: creator.name, section: 'creators' });
    },
  );
};

export default creatorsPages;
