import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { CapsuleRequest, CapsuleResponse } from '../../schemas/capsule.js';
import { orDeclined } from '../../schemas/declined.js';
import { problems } from '../../schemas/problem.js';
import { type CapsuleHold, HOLD_HOURS, REMINDER_HOURS } from '../../src/domain/capsules/capsule-hold.js';
import { type Held, type HoldPolicy, holdCapsule } from '../../src/domain/capsules/hold-capsule.js';
import { savedPieces } from '../../src/domain/shortlists/saved-pieces.js';
import { readEmail } from '../../src/lib/values/email.js';
import { present } from '../../src/lib/values/text.js';
import { ApiError } from '../../src/platform/http/errors.js';
import { declined } from '../core/declined.js';

const schema = {
  operationId: 'holdCapsule',
  summary: `Hold a capsule of pieces for ${HOLD_HOURS} hours`,
  description: `Holds the pieces that are sent, else the session's saved shortlist. A session has one active hold: asking again gives that one. Pieces that ship at once are taken off the shelf for the others meanwhile, never more than there are, and never more of a piece than CAPSULE_HOLDS_PERCENT of its stock. Pieces that are not on sale, or all taken, are a refusal (200, \`ok: false\`) that names each of them in \`errors\`; nothing is held then. A rendering of the capsule is queued, and a reminder is sent ${REMINDER_HOURS} hours before the end to \`customerEmail\`.`,
  tags: ['Widget'],
  body: CapsuleRequest,
  response: {
    200: orDeclined(CapsuleResponse, 'The hold that the session has already; or why there is none.'),
    201: { ...CapsuleResponse, description: 'A new hold.' },
    ...problems('capsule.empty'),
  },
};

interface CapsuleOptions {
  capsules: HoldPolicy;
}

/** CONCIERGE_CAPSULE_ENDPOINT */
const capsule: FastifyPluginAsyncTypebox<CapsuleOptions> = async (app, { capsules }) => {
  app.post(
    '/api/concierge/capsule',
    {
      schema,
      config: {
        scope: 'capsules:write',
        counted: { what: 'capsule_holds' },
        event: { name: 'aurora_capsule_reserved', intent: 'capsule_reservation' },
      },
    },
    async (request, reply) => {
      const { sessionId, shortlistId, customerEmail, ...body } = request.body;
      const catalogue = app.catalogue.current();
      // an empty list beside one that holds something is a field that was left over
      const isOlder = Boolean(
        !body.shortlist?.length && body.items && (body.items.length > 0 || !body.shortlist),
      );
      const path = isOlder ? '/items' : '/shortlist';
      const sent = isOlder ? body.items : body.shortlist;
      const wish = {
        sessionId,
        pieces: sent && savedPieces(sent, catalogue, path),
        shortlistId: present(shortlistId),
        customerEmail: readEmail(customerEmail),
      };
      const held = await holdCapsule(app.repositories, wish, catalogue, capsules, app.now());
      if (held.outcome === 'nothing_to_hold')
        throw new ApiError(
          'capsule.empty',
          'Save a piece to your shortlist first, and we will hold it for you.',
        );
      if (held.outcome === 'refused') return declined(request, refusalOf(held, path));
      return reply
        .code(held.outcome === 'opened' ? 201 : 200)
        .send(toResponse(held.hold, MESSAGES[held.outcome]));
    },
  );
};

export default capsule;

const MESSAGES = {
  opened: `Your capsule is held for ${HOLD_HOURS} hours. We will have it ready for you.`,
  existing: 'Your capsule is still held for you.',
};

const REFUSALS = {
  sold_out: {
    message:
      'Some of these pieces have just been taken. Take them off the list, and we will hold the others.',
    each: 'is held for others or sold out',
  },
  not_on_sale: {
    message:
      'Some of these pieces are no longer on sale. Take them off the list, and we will hold the others.',
    each: 'is not on sale',
  },
};

const refusalOf = ({ reason, pieces }: Extract<Held, { outcome: 'refused' }>, path: string) => ({
  reason,
  message: REFUSALS[reason].message,
  errors: pieces.map(({ at, id }) => ({ path: `${path}/${at}`, message: `${id} ${REFUSALS[reason].each}` })),
});

const toResponse = ({ reservationId, expiresAt, items }: CapsuleHold, message: string) => ({
  ok: true as const,
  message,
  reservationId,
  capsuleId: reservationId,
  expiresAt: expiresAt.toISOString(),
  shortlistCount: items.length,
});
