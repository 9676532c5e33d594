import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { ShortlistRequest, ShortlistResponse } from '../../schemas/shortlist.js';
import type { Snapshot } from '../../src/domain/catalog/snapshot.js';
import { describeList } from '../../src/domain/shortlists/describe-list.js';
import { createArrivals } from '../../src/domain/shortlists/repository.js';
import { savedPieces } from '../../src/domain/shortlists/saved-pieces.js';
import type { SavedShortlist } from '../../src/domain/shortlists/shortlist.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** When it came, before and after which others. */
    arrival: string;
  }
}

const schema = {
  operationId: 'saveShortlist',
  summary: 'Save a shortlist',
  description:
    'Puts the list in the place of the one that the session has saved; an empty list clears it. Pieces are completed from the catalogue; one that it does not know is kept as it was sent, and marked. Each is answered with what it costs today and what it cost when it was saved first. At most 100 pieces. Of lists that are saved at the same moment the one that came last stays, and is what all are answered with from then on.',
  tags: ['Widget'],
  body: ShortlistRequest,
  response: { 200: { ...ShortlistResponse, description: 'The list is saved.' } },
};

/** CONCIERGE_SHORTLIST_ENDPOINT */
const shortlist: FastifyPluginAsyncTypebox = async (app) => {
  const { shortlists } = app.repositories;
  const nextArrival = createArrivals(app.now);
  app.decorateRequest('arrival', '');

  app.post(
    '/api/concierge/shortlist',
    {
      schema,
      config: {
        scope: 'shortlists:write',
        event: { name: 'aurora_product_shortlisted', intent: 'shortlist' },
      },
      // before anything is waited for: the later of two requests is the one that came later
      onRequest: async (request) => {
        request.arrival = nextArrival();
      },
    },
    async (request) => {
      const { sessionId, items, products } = request.body;
      const { arrival } = request;
      const catalogue = app.catalogue.current();
      // an empty list beside one that holds something is a field that was left over
      const isItems = Boolean(items?.length || !products);
      const sent = (isItems ? items : products) ?? [];
      const pieces = savedPieces(sent, catalogue, isItems ? '/items' : '/products');
      const saved = await shortlists.replace({ sessionId, pieces, arrival, at: app.now() });
      app.sessions.note(sessionId, { shortlistId: saved.shortlistId });
      return { ok: true as const, ...toShortlist(saved, catalogue), totalItems: saved.items.length };
    },
  );
};

export default shortlist;

/** A saved list as it is answered: its pieces as they are today. */
export const toShortlist = ({ shortlistId, items, updatedAt }: SavedShortlist, catalogue: Snapshot) => ({
  shortlistId,
  items: describeList(items ?? [], catalogue).map((piece) => ({
    ...piece,
    savedAt: (piece.savedAt ?? updatedAt).toISOString(),
  })),
  updatedAt: updatedAt.toISOString(),
});
