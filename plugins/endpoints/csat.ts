import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyContextConfig } from 'fastify';
import { CsatRequest, CsatResponse } from '../../schemas/csat.js';
import { LOW_SCORES_TEXT } from '../../src/domain/csat/rating.js';
import { rateConversation, scoreOf } from '../../src/domain/csat/submit-rating.js';
import { present } from '../../src/lib/values/text.js';
import { invalid } from '../../src/platform/http/errors.js';

const schema = {
  operationId: 'rateConversation',
  summary: 'Rate a conversation',
  description: `Keeps a rating from 1 to 5. Rating the same conversation and intent again replaces the rating. Scores of ${LOW_SCORES_TEXT} need a follow-up. With the number of an order that the caller has proved, the score is put on the order as well.`,
  tags: ['Widget'],
  body: CsatRequest,
  response: { 200: { ...CsatResponse, description: 'The rating is kept.' } },
};

/** CONCIERGE_CSAT_ENDPOINT */
const csat: FastifyPluginAsyncTypebox = async (app) => {
  const config = {
    scope: 'feedback:write',
    counted: { what: 'ratings', by: { field: 'score', values: [1, 2, 3, 4, 5] } },
    event: {
      name: 'aurora_csat_submitted',
      intent: 'csat',
      properties: ({ body }) => ({
        score: scoreOf((body as CsatRequest).rating || (body as CsatRequest).score || 0),
      }),
    },
  } satisfies FastifyContextConfig;

  app.post('/api/analytics/csat', { schema, config }, async (request) => {
    const proofOf = (orderNumber: string) => app.proofOf(request, orderNumber);
    const clock = { now: app.now(), dayOf: app.calendar.dayOf };
    const saved = await rateConversation(app.repositories, readRatingFacts(request.body), proofOf, clock);
    if (saved.orderNumber) await app.outbox.runInline('csatFeedback', saved, { log: request.log });
    return {
      ok: true as const,
      feedbackId: saved.feedbackId,
      score: saved.score,
      needsFollowUp: saved.needsFollowUp,
      message: saved.needsFollowUp
        ? 'We are sorry. Someone from our team will be in touch.'
        : 'Thank you for telling us.',
      updatedAt: saved.timestamp.toISOString(),
    };
  });
};

export default csat;

/** A rating, whichever of its fields says it. */
export function readRatingFacts(body: CsatRequest) {
  const rating = body.rating || body.score;
  if (!rating) throw invalid('/rating', 'Please give a rating.');
  return {
    sessionId: body.sessionId,
    intent: present(body.intent) ?? 'general',
    score: scoreOf(rating),
    notes: present(body.notes) ?? present(body.comment),
    orderNumber: present(body.orderNumber),
  };
}
