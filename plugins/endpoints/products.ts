import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { problems } from '../../schemas/problem.js';
import { ProductsRequest, ProductsResponse, RELAXED } from '../../schemas/products.js';
import { searchCatalogue } from '../../src/domain/catalog/search.js';
import { FURTHEST, readFilters } from './products-filters.js';

const schema = {
  operationId: 'findProducts',
  summary: 'Find pieces to recommend',
  description:
    'Searches the active pieces of the catalogue. The answer is a bare array; how many there are in all stands in `x-total-count`, and `link` names the page that follows: the same body with its `offset`.',
  tags: ['catalogue'],
  body: ProductsRequest,
  response: {
    200: {
      description: 'The pieces found; none is an empty array.',
      headers: {
        'x-total-count': { type: 'integer', description: 'How many there are in all.' },
        link: {
          type: 'string',
          description: 'The next page, as `<…?offset=20>; rel="next"`, when there is one.',
        },
        'x-relaxed': RELAXED,
      },
      content: { 'application/json': { schema: ProductsResponse } },
    },
    ...problems(),
  },
};

/** CONCIERGE_PRODUCTS_ENDPOINT */
const products: FastifyPluginAsyncTypebox = async (app) => {
  app.post(
    '/api/concierge/products',
    {
      schema,
      config: {
        scope: 'products:read',
        withoutDatabase: true,
        event: { name: 'aurora_products_shown', intent: 'find_product' },
      },
    },
    async (request, reply) => {
      const filters = readFilters(request.body);
      const { pieces, total, relaxed } = searchCatalogue(app.catalogue.current(), filters);
      const next = filters.offset + filters.limit;
      reply.header('x-total-count', total);
      if (relaxed.length > 0) reply.header('x-relaxed', relaxed.join());
      else if (next < total && next <= FURTHEST)
        reply.header('link', `</api/concierge/products?offset=${next}&limit=${filters.limit}>; rel="next"`);
      return reply.send(pieces.map(({ card }) => card));
    },
  );
};

export default products;
