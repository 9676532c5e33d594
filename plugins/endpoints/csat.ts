import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyContextConfig } from 'fastify';
import { CsatRequest, CsatResponse } from '../../schemas/csat.js';
import { problems } from '../../schemas/problem.js';
import type { Config } from '../../src/config/load.js';
import { rate, scoreOf } from '../../src/domain/csat/rate.js';
import { createCalendar } from '../../src/lib/calendar.js';
import { present } from '../../src/lib/text.js';
import { invalid } from '../../src/platform/http/errors.js';

const schema = {
  operationId: 'rateConversation',
  summary: 'Rate a conversation',
  description:
    'Keeps a rating from 1 to 5. Rating the same conversation and intent again replaces the rating. Scores of 1 and 2 need a follow-up. With an order number the score is put on the order as well.',
  tags: ['journey'],
  body: CsatRequest,
  response: { 200: { ...CsatResponse, description: 'The rating is kept.' }, ...problems(409, 422) },
};

export interface FeedbackOptions {
  timeZone: Config['shop']['timeZone'];
}

/** CONCIERGE_CSAT_ENDPOINT */
const csat: FastifyPluginAsyncTypebox<FeedbackOptions> = async (app, { timeZone }) => {
  const { orders, ratings } = app.repositories;
  const dayOf = createCalendar(timeZone).dayOf;
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
    const facts = await readFacts(request.body);
    const now = app.now();
    const saved = await ratings.replace(facts.sessionId, facts.intent, (before) =>
      rate(before, facts, now, dayOf),
    );
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

  async function readFacts(body: CsatRequest) {
    const rating = body.rating || body.score;
    if (!rating) throw invalid('/rating', 'Please give a rating.');
    const typed = present(body.orderNumber);
    // a number that is not an order's is kept out: the score belongs to the conversation all the same
    const orderNumber = typed ? (await orders.findByNumber(typed))?.orderNumber : undefined;
    return {
      sessionId: body.sessionId,
      intent: present(body.intent) ?? 'general',
      score: scoreOf(rating),
      notes: present(body.notes) ?? present(body.comment),
      orderNumber,
    };
  }
};

export default csat;
