import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { Static } from '@sinclair/typebox';
import { problems } from '../../schemas/problem.js';
import { ReturnParams, ReturnRecord, ReturnStepBody } from '../../schemas/returns.js';
import { advanceReturn } from '../../src/domain/returns/advance-return.js';
import { type ReturnRequest, readReturnParcel } from '../../src/domain/returns/return-request.js';
import { nextOf } from '../../src/domain/returns/return-steps.js';
import { present } from '../../src/lib/values/text.js';
import { ApiError } from '../../src/platform/http/errors.js';

const schema = {
  operationId: 'advanceReturn',
  summary: 'Take an RMA a step further',
  description:
    'For the fulfilment team. initiated → approved → label_sent → received → completed; declined or cancelled on the way. `approved` may be left out. The step that the RMA has taken already is a harmless repeat; any other that cannot follow is a 409. The order is told.',
  tags: ['Staff'],
  params: ReturnParams,
  body: ReturnStepBody,
  response: {
    200: { ...ReturnRecord, description: 'The RMA as it is now.' },
    ...problems('return.not_found', 'return.step_not_allowed'),
  },
};

/** For the fulfilment team; not one of the widget's calls. */
const returnsManagement: FastifyPluginAsyncTypebox = async (app) => {
  const { orders, returns } = app.repositories;

  app.patch(
    '/api/concierge/returns/:rmaId',
    { schema, config: { scope: 'returns:manage' } },
    async (request) => {
      const before = await returns.find(request.params.rmaId.trim().toUpperCase());
      if (!before) throw new ApiError('return.not_found', 'There is no RMA with that number.');
      const order = await orders.findByNumber(before.orderNumber);
      const now = app.now();
      const note = present(request.body.note);
      const step = {
        status: request.body.status,
        at: now,
        by: request.body.by.trim(),
        note,
      };
      const advanced = await advanceReturn(returns, before, order, step, readReturnParcel(request.body));
      if (advanced.outcome === 'not_allowed') throw notAllowed(advanced.request);
      if (advanced.outcome === 'advanced') {
        const { by, status } = step;
        await app.audit(request, {
          action: 'return.advanced',
          target: before.rmaId,
          by,
          details: { from: before.status, to: status },
        });
        await app.outbox.runInline('returns', advanced.request, { log: request.log });
      }
      return toRecord(advanced.request);
    },
  );
};

export default returnsManagement;

function notAllowed({ rmaId, status }: ReturnRequest): ApiError {
  const next = nextOf(status);
  const possible = next.length > 0 ? `It can go on to ${next.join(', ')}.` : 'It has come to its end.';
  return new ApiError('return.step_not_allowed', `${rmaId} is ${status}. ${possible}`);
}

const toRecord = ({
  rmaId,
  option,
  orderNumber,
  status,
  lines,
  history,
  parcel,
  updatedAt,
  expiresAt,
}: ReturnRequest): Static<typeof ReturnRecord> => ({
  rmaId,
  option,
  orderNumber,
  status,
  lines,
  history: history.map((step) => ({ ...step, at: step.at.toISOString() })),
  parcel,
  updatedAt: updatedAt.toISOString(),
  expiresAt: expiresAt.toISOString(),
});
