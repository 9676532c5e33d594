import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyRequest } from 'fastify';
import { CapsuleChange, CapsuleParams, CapsuleRecord } from '../../schemas/capsule.js';
import { orDeclined } from '../../schemas/declined.js';
import { problems } from '../../schemas/problem.js';
import type { CapsuleHold } from '../../src/domain/capsules/capsule-hold.js';
import { changeHold, type Refusal } from '../../src/domain/capsules/change-hold.js';
import { present } from '../../src/lib/values/text.js';
import { ApiError, invalid } from '../../src/platform/http/errors.js';
import { missingScope } from '../../src/platform/keys/keys.js';
import { declined } from '../core/declined.js';

const schema = {
  operationId: 'changeCapsule',
  summary: 'Extend or release a hold',
  description:
    'For the customer, by the session that the hold belongs to; for the staff, with a key and a name of theirs. What has been done already is a harmless repeat, but for an extension: send the `version` that was seen. The pieces of a hold that ends are free for others at once. The hold of another session is the same 404 as one that does not exist.',
  tags: ['Shop'],
  params: CapsuleParams,
  body: CapsuleChange,
  response: {
    200: orDeclined(CapsuleRecord, 'The hold as it is now; or why it cannot be changed.'),
    ...problems('capsule.not_found', 'capsule.change_not_allowed'),
  },
};

const REFUSALS: Record<Refusal, string> = {
  ended: 'This capsule has come to its end. We will gladly hold the pieces again, if they are still there.',
  extended_twice: 'A capsule can be extended twice. A stylist will gladly help you further.',
  changed: 'This capsule has changed since you looked. Please look again.',
};

/** For the customer, and for the staff; not one of the widget's nine calls. */
const capsuleChanges: FastifyPluginAsyncTypebox = async (app) => {
  const { holds } = app.repositories;

  app.patch(
    '/api/concierge/capsules/:id',
    {
      schema,
      config: {
        scope: ['capsules:write', 'capsules:manage'],
        event: { name: 'aurora_capsule_changed', intent: 'capsule_reservation' },
      },
    },
    async (request) => {
      const { action, note, version } = request.body;
      const by = readActor(request, request.body);
      const hold = await holds.find(request.params.id.trim());
      const isTheirs = isOfStaff(request) || hold?.sessionId === request.sessionId;
      if (!hold || !isTheirs) throw new ApiError('capsule.not_found', 'There is no capsule of that number.');
      const changed = await changeHold(holds, hold, { action, by, note: present(note), version }, app.now());
      // someone has acted meanwhile: that is no rule of the shop
      if (changed.outcome === 'refused' && changed.reason !== 'changed')
        return declined(request, { reason: changed.reason, message: REFUSALS[changed.reason] });
      if (changed.outcome === 'refused')
        throw new ApiError('capsule.change_not_allowed', REFUSALS[changed.reason], {
          reason: changed.reason,
        });
      if (changed.outcome === 'changed' && isOfStaff(request))
        await app.audit(request, { action: `capsule.${action}`, target: hold.reservationId, by });
      return toRecord(changed.hold);
    },
  );
};

export default capsuleChanges;

const isOfStaff = ({ clientKey }: FastifyRequest): boolean =>
  clientKey?.scopes.includes('capsules:manage') ?? false;

function readActor(request: FastifyRequest, { action, by }: CapsuleChange): string {
  if (isOfStaff(request)) {
    const name = present(by);
    if (!name) throw invalid('/by', 'Please say who does it.');
    return name;
  }
  if (action === 'convert') throw missingScope(['capsules:manage']);
  if (!request.sessionId) throw invalid('/sessionId', 'Please name the session that the capsule belongs to.');
  return 'customer';
}

const MESSAGES: Record<CapsuleHold['status'], string> = {
  active: 'Your capsule is held for another day.',
  released: 'Your capsule is released.',
  converted: 'Your capsule has become an order.',
  expired: 'Your capsule has come to its end.',
};

const toRecord = ({ reservationId, status, extensions, version, expiresAt }: CapsuleHold) => ({
  ok: true as const,
  message: MESSAGES[status],
  reservationId,
  status,
  extensions,
  version,
  expiresAt: expiresAt.toISOString(),
});
