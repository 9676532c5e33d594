import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from '@sinclair/typebox';
import { problems } from '../../schemas/problem.js';
import {
  ProductResponse,
  ProductsQuery,
  ProductsQueryResponse,
  ProductsRequest,
  ProductsResponse,
  RELAXED,
} from '../../schemas/products.js';
import { readCursor, writeCursor } from '../../src/domain/catalog/cursor.js';
import { MAX_OFFSET, readFilters } from '../../src/domain/catalog/read-filters.js';
import { searchProducts } from '../../src/domain/catalog/search.js';
import { findProduct } from '../../src/domain/catalog/snapshot.js';
import { ApiError, invalid } from '../../src/platform/http/errors.js';

const PATH = '/api/concierge/products';

const findSchema = {
  operationId: 'findProducts',
  summary: 'Find pieces to recommend',
  description:
    'Searches the active pieces of the catalogue. The answer is a bare array; how many there are in all stands in `x-total-count`, and `link` names the page that follows: the same body with its `offset`.',
  tags: ['Widget'],
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
  },
};

const listSchema = {
  operationId: 'listProducts',
  summary: 'Find pieces by a query string',
  description:
    "The same search for the shop's own provider (`CONCIERGE_DATA_MODE=remote`): an object with the pieces, how many there are, and where the next page begins, by `cursor` or by `offset`.",
  tags: ['Shop'],
  querystring: ProductsQuery,
  response: {
    200: {
      description: 'A page of pieces.',
      headers: { 'x-relaxed': RELAXED },
      content: { 'application/json': { schema: ProductsQueryResponse } },
    },
  },
};

const oneSchema = {
  operationId: 'getProduct',
  summary: 'Get one piece',
  description: 'A piece that is on sale, by its SKU, its `_id` or its slug; capitals do not count.',
  tags: ['Shop'],
  params: Type.Object({
    id: Type.String({
      minLength: 1,
      maxLength: 200,
      description: 'SKU, `_id` or slug.',
      examples: ['RNG-101'],
    }),
  }),
  response: {
    200: { description: 'The piece.', content: { 'application/json': { schema: ProductResponse } } },
    ...problems('product.not_found'),
  },
};

/** CONCIERGE_PRODUCTS_ENDPOINT, and what the shop's `remote` provider asks for. */
const products: FastifyPluginAsyncTypebox = async (app) => {
  app.post(
    PATH,
    {
      schema: findSchema,
      config: {
        scope: 'products:read',
        withoutDatabase: true,
        event: { name: 'aurora_products_shown', intent: 'find_product' },
      },
    },
    async (request, reply) => {
      const filters = readFilters(request.body, app.catalogue.current().currency);
      const { cards, total, relaxed, last } = searchProducts(app.catalogue.current(), filters);
      const next = filters.offset + filters.limit;
      reply.header('x-total-count', total);
      if (relaxed.length > 0) reply.header('x-relaxed', relaxed.join());
      if (last && next <= MAX_OFFSET)
        reply.header('link', `<${PATH}?offset=${next}&limit=${filters.limit}>; rel="next"`);
      return reply.send(cards);
    },
  );

  app.get(
    PATH,
    { schema: listSchema, config: { scope: 'products:read', withoutDatabase: true } },
    async (request, reply) => {
      const { cursor, ...query } = request.query;
      const { limit, offset, ...filters } = readFilters(query, app.catalogue.current().currency);
      const canonical = JSON.stringify(filters);
      const after = cursor ? readCursor(cursor, canonical) : undefined;
      if (cursor && !after)
        throw invalid('/cursor', 'The cursor is not one of this query. Begin again without one.');
      const found = searchProducts(app.catalogue.current(), { ...filters, limit, offset, after });
      if (found.relaxed.length > 0) reply.header('x-relaxed', found.relaxed.join());
      return reply.send({
        products: found.cards,
        total: found.total,
        nextCursor: found.last && writeCursor(found.last, canonical),
      });
    },
  );

  app.get(
    `${PATH}/:id`,
    { schema: oneSchema, config: { scope: 'products:read', withoutDatabase: true } },
    async (request) => {
      const piece = findProduct(app.catalogue.current(), request.params.id);
      if (!piece) throw new ApiError('product.not_found', 'No piece on sale has this SKU, id or slug.');
      return piece.card;
    },
  );
};

export default products;
