import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { FacetsQuery, FacetsResponse } from '../../schemas/facets.js';
import { countFacets } from '../../src/domain/catalog/facets.js';
import { readFilters } from '../../src/domain/catalog/read-filters.js';

const schema = {
  operationId: 'countFacets',
  summary: 'Count what there is to choose from',
  description:
    'Categories, metals, gemstones, tags (the 50 most frequent of each), prices and readiness of the pieces that the filters leave. Each is counted with every filter but its own: it says how many there would be if another value were chosen.',
  tags: ['Shop'],
  querystring: FacetsQuery,
  response: {
    200: {
      description: 'The counts.',
      content: { 'application/json': { schema: FacetsResponse } },
    },
  },
};

/** What a page of the shop offers as filters. */
const facets: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '/api/concierge/facets',
    { schema, config: { scope: 'catalogue:read', withoutDatabase: true } },
    async (request) => ({
      success: true as const,
      ...countFacets(app.catalogue.current(), readFilters(request.query, app.catalogue.current().currency)),
    }),
  );
};

export default facets;
