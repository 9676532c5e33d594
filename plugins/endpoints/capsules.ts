import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { CapsuleRequest, CapsuleResponse } from '../../schemas/capsules.js';
import { problems } from '../../schemas/problem.js';
import { createCapsulesRepository } from '../../src/capsules/capsules-repository.js';
import { newHold } from '../../src/capsules/new-hold.js';
import { ApiError } from '../../src/errors.js';
import { piecesOf } from '../../src/shortlists/describe-list.js';
import { savedPieces } from '../../src/shortlists/saved-pieces.js';
import { createShortlistsRepository } from '../../src/shortlists/shortlists-repository.js';
import { present } from '../../src/text.js';

const schema = {
  operationId: 'holdCapsule',
  summary: 'Hold a capsule of pieces for 48 hours',
  description:
    "Holds the pieces that are sent, else the session's saved shortlist. A session has one active hold: asking again gives that one. A rendering of the capsule is queued.",
  tags: ['journey'],
  body: CapsuleRequest,
  response: {
    200: { ...CapsuleResponse, description: 'The hold that the session has already.' },
    201: { ...CapsuleResponse, description: 'A new hold.' },
    ...problems(409, 422),
  },
};

/** CONCIERGE_CAPSULE_ENDPOINT */
const capsules: FastifyPluginAsyncTypebox = async (app) => {
  const holds = createCapsulesRepository(app.collections.capsuleHolds);
  const shortlists = createShortlistsRepository(app.collections.widgetShortlists);

  app.post(
    '/api/concierge/capsule',
    {
      schema,
      config: {
        scope: 'capsules:write',
        idempotent: true,
        counted: { what: 'capsule_holds' },
        event: { name: 'aurora_capsule_reserved', intent: 'capsule_reservation' },
      },
    },
    async (request, reply) => {
      const { sessionId, customerEmail, ...body } = request.body;
      const sent = body.shortlist ?? body.items;
      const saved = sent ? null : await shortlists.findBySession(sessionId);
      const items = sent
        ? savedPieces(sent, app.catalogue.current(), body.shortlist ? '/shortlist' : '/items')
        : piecesOf(saved);
      if (items.length === 0)
        throw new ApiError(
          'capsule.empty',
          'Save a piece to your shortlist first, and we will hold it for you.',
        );

      const shortlistId = present(body.shortlistId) ?? saved?.shortlistId;
      const wish = { sessionId, items, shortlistId, customerEmail: present(customerEmail) };
      const { document: hold, existing } = await holds.open(newHold(wish, app.now()));
      return reply.code(existing ? 200 : 201).send({
        message: existing
          ? 'Your capsule is still held for you.'
          : 'Your capsule is held for 48 hours. We will have it ready for you.',
        reservationId: hold.reservationId,
        capsuleId: hold.reservationId,
        expiresAt: hold.expiresAt.toISOString(),
        shortlistCount: hold.items.length,
      });
    },
  );
};

export default capsules;
