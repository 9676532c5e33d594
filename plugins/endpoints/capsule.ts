import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { CapsuleRequest, CapsuleResponse } from '../../schemas/capsule.js';
import { problems } from '../../schemas/problem.js';
import type { CapsuleHold } from '../../src/domain/capsules/capsule-hold.js';
import { heldPieces, soldOut } from '../../src/domain/capsules/held-pieces.js';
import { openHold } from '../../src/domain/capsules/open-hold.js';
import { piecesOf } from '../../src/domain/shortlists/describe-list.js';
import { savedPieces } from '../../src/domain/shortlists/saved-pieces.js';
import { present } from '../../src/lib/text.js';
import { ApiError } from '../../src/platform/http/errors.js';

const schema = {
  operationId: 'holdCapsule',
  summary: 'Hold a capsule of pieces for 48 hours',
  description:
    "Holds the pieces that are sent, else the session's saved shortlist. A session has one active hold: asking again gives that one. Pieces that ship at once are taken off the shelf for the others meanwhile, never more than there are. Pieces that are not on sale, or all taken, are a 409 that names each of them in `errors`; nothing is held then. A rendering of the capsule is queued, and a reminder is sent 6 hours before the end to `customerEmail`.",
  tags: ['journey'],
  body: CapsuleRequest,
  response: {
    200: { ...CapsuleResponse, description: 'The hold that the session has already.' },
    201: { ...CapsuleResponse, description: 'A new hold.' },
    ...problems(409, 422),
  },
};

/** CONCIERGE_CAPSULE_ENDPOINT */
const capsule: FastifyPluginAsyncTypebox = async (app) => {
  const { holds, shortlists } = app.repositories;

  app.post(
    '/api/concierge/capsule',
    {
      schema,
      config: {
        scope: 'capsules:write',
        owes: 'capsuleHolds',
        counted: { what: 'capsule_holds' },
        event: { name: 'aurora_capsule_reserved', intent: 'capsule_reservation' },
      },
    },
    async (request, reply) => {
      const { sessionId, customerEmail, ...body } = request.body;
      const catalogue = app.catalogue.current();
      const sent = body.shortlist ?? body.items;
      const path = body.items && !body.shortlist ? '/items' : '/shortlist';
      const saved = sent ? null : await shortlists.findBySession(sessionId);
      const pieces = sent ? savedPieces(sent, catalogue, path) : piecesOf(saved);
      if (pieces.length === 0)
        throw new ApiError(
          'capsule.empty',
          'Save a piece to your shortlist first, and we will hold it for you.',
        );
      const now = app.now();
      const active = await holds.findActive(sessionId, now);
      if (active) return toResponse(active, 'Your capsule is still held for you.');

      const { items, wanted } = heldPieces(pieces, catalogue, path);
      const shortlistId = present(body.shortlistId) ?? saved?.shortlistId;
      const wish = { sessionId, items, shortlistId, customerEmail: present(customerEmail) };
      const opened = await openHold(holds, wish, wanted, now);
      if (opened.outcome === 'sold_out') throw soldOut(opened.skus, items, path);
      if (opened.outcome === 'existing')
        return toResponse(opened.hold, 'Your capsule is still held for you.');
      const message = 'Your capsule is held for 48 hours. We will have it ready for you.';
      return reply.code(201).send(toResponse(opened.hold, message));
    },
  );
};

export default capsule;

const toResponse = ({ reservationId, expiresAt, items }: CapsuleHold, message: string) => ({
  message,
  reservationId,
  capsuleId: reservationId,
  expiresAt: expiresAt.toISOString(),
  shortlistCount: items.length,
});
