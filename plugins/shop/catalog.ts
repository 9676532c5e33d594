import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { NeonQuery, NeonResponse } from '../../schemas/catalog.js';
import { RELAXED } from '../../schemas/products.js';
import { readCursor, writeCursor } from '../../src/domain/catalog/cursor.js';
import { readFilters } from '../../src/domain/catalog/read-filters.js';
import { searchProducts } from '../../src/domain/catalog/search.js';
import { invalid } from '../../src/platform/http/errors.js';
import { etagOf, hasEtag } from '../../src/platform/http/etag.js';

const HEADERS = {
  etag: { type: 'string', description: 'Changes with the catalogue; send it back as `If-None-Match`.' },
  'cache-control': {
    type: 'string',
    description: '`private, no-cache`: keep it, and ask whether it still holds.',
  },
} as const;

const schema = {
  operationId: 'browseCatalogue',
  summary: 'Browse the preview cards',
  description:
    "The active pieces for the shop's pages, with the filters of the products call as query parameters; lists by repeating their name. Pages follow each other by `cursor`, without a gap or a repeat also while pieces come and go.",
  tags: ['Shop'],
  querystring: NeonQuery,
  response: {
    200: {
      description: 'A page of pieces.',
      headers: { ...HEADERS, 'x-relaxed': RELAXED },
      content: { 'application/json': { schema: NeonResponse } },
    },
    304: {
      description: 'Nothing has changed since the answer with that ETag.',
      headers: HEADERS,
      type: 'null',
    },
  },
};

/** The preview cards of the shop's pages. */
const catalog: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '/api/neon/catalog',
    { schema, config: { scope: 'catalogue:read', withoutDatabase: true } },
    async (request, reply) => {
      const { cursor, ...query } = request.query;
      const { limit, offset: _, ...filters } = readFilters(query, app.catalogue.current().currency);
      const canonical = JSON.stringify(filters);
      const after = cursor ? readCursor(cursor, canonical) : undefined;
      if (cursor && !after)
        throw invalid('/cursor', 'The cursor is not one of this query. Begin again without one.');

      const snapshot = app.catalogue.current();
      const etag = etagOf(snapshot.version, `${canonical} ${limit} ${cursor ?? ''}`);
      reply.headers({ etag, 'cache-control': 'private, no-cache' });
      if (hasEtag(request.headers['if-none-match'], etag)) return reply.code(304).send();

      const found = searchProducts(snapshot, { ...filters, limit, after });
      if (found.relaxed.length > 0) reply.header('x-relaxed', found.relaxed.join());
      return reply.send({
        success: true,
        data: found.cards,
        nextCursor: found.last && writeCursor(found.last, canonical),
        total: found.total,
      });
    },
  );
};

export default catalog;
