import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { problems } from '../../schemas/problem.js';
import { ShortlistRequest, ShortlistResponse } from '../../schemas/shortlists.js';
import { savedPieces } from '../../src/shortlists/saved-pieces.js';
import { createShortlistsRepository } from '../../src/shortlists/shortlists-repository.js';

const schema = {
  operationId: 'saveShortlist',
  summary: 'Save a shortlist',
  description:
    'Puts the list in the place of the one that the session has saved; an empty list clears it. Pieces are completed from the catalogue; one that it does not know is kept as it was sent. At most 100 pieces.',
  tags: ['journey'],
  body: ShortlistRequest,
  response: { 200: { ...ShortlistResponse, description: 'The list is saved.' }, ...problems(409, 422) },
};

/** CONCIERGE_SHORTLIST_ENDPOINT */
const shortlists: FastifyPluginAsyncTypebox = async (app) => {
  const repository = createShortlistsRepository(app.collections.widgetShortlists);

  app.post(
    '/api/concierge/shortlist',
    {
      schema,
      config: {
        scope: 'shortlists:write',
        idempotent: true,
        event: { name: 'aurora_product_shortlisted', intent: 'shortlist' },
      },
    },
    async (request) => {
      const { sessionId, items, products } = request.body;
      const pieces = savedPieces(
        items ?? products ?? [],
        app.catalogue.current(),
        items ? '/items' : '/products',
      );
      const saved = await repository.replace(sessionId, pieces, app.now());
      return {
        ok: true as const,
        shortlistId: saved.shortlistId,
        items: saved.items,
        totalItems: saved.items.length,
        updatedAt: saved.updatedAt.toISOString(),
      };
    },
  );
};

export default shortlists;
