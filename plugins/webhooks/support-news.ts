import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { CsatRequest } from '../../schemas/csat.js';
import { problems } from '../../schemas/problem.js';
import { RatingTaken, TicketNews, TicketNewsTaken, WebhookHeaders } from '../../schemas/webhooks.js';
import { rateConversation } from '../../src/domain/csat/submit-rating.js';
import { takeCrmNews } from '../../src/domain/stylist/take-crm-news.js';
import { ApiError } from '../../src/platform/http/errors.js';
import { readRatingFacts } from '../endpoints/csat.js';
import { BODY_LIMIT_BYTES, requireHappened } from './order-status.js';

const ticketSchema = {
  operationId: 'takeTicketNews',
  summary: 'Tell what has become of a ticket',
  description:
    "For the shop's own dashboard, signed as in Standard Webhooks beyond the bearer key: how far a stylist ticket is, who has it, that the customer was answered. It may come twice and in any order: of each, what was said last counts.",
  tags: ['Shop'],
  headers: WebhookHeaders,
  body: TicketNews,
  response: {
    200: { ...TicketNewsTaken, description: 'It has been taken.' },
    ...problems('webhook.signature_invalid', 'dashboard.not_found', 'webhook.not_configured'),
  },
};

const csatSchema = {
  operationId: 'takeRating',
  summary: 'Tell of a rating',
  description:
    "For the shop's own systems, signed in the same way: a rating that was given elsewhere. A low one waits in the queue as a follow-up. The same rating again changes nothing; the order that it names is taken to be proved.",
  tags: ['Shop'],
  headers: WebhookHeaders,
  body: CsatRequest,
  response: {
    200: { ...RatingTaken, description: 'The rating is kept.' },
    ...problems('webhook.signature_invalid', 'webhook.not_configured'),
  },
};

/** What the shop's own dashboard does with the things of the queue; not one of the widget's calls. */
const supportNews: FastifyPluginAsyncTypebox = async (app) => {
  const config = { scope: 'webhooks' as const };

  app.post(
    '/internal/webhooks/support/ticket',
    { schema: ticketSchema, config, bodyLimit: BODY_LIMIT_BYTES },
    async ({ body }) => {
      const { ticketId, status, assignedTo, replied, by } = body;
      const now = app.now();
      const at = body.at ? new Date(body.at) : now;
      requireHappened(at, now);
      const news = {
        vendor: 'Shop' as const,
        ticketId,
        at,
        by: by?.trim() || undefined,
        status,
        assignee: assignedTo?.trim() === '' ? null : assignedTo?.trim(),
        repliedAt: replied ? at : undefined,
      };
      const outcome = await takeCrmNews(app.collections.stylistTickets, news, now);
      // not taken: the sender comes again, and by then the ticket may be there
      if (outcome === 'not_found')
        throw new ApiError('dashboard.not_found', 'There is no ticket with that number.');
      return { ok: true as const, ticketId, outcome };
    },
  );

  app.post(
    '/internal/webhooks/csat',
    { schema: csatSchema, config, bodyLimit: BODY_LIMIT_BYTES },
    async (request) => {
      const clock = { now: app.now(), dayOf: app.calendar.dayOf };
      const facts = readRatingFacts(request.body);
      // who signs has checked whose order it is
      const saved = await rateConversation(app.repositories, facts, async () => 'proved', clock);
      if (saved.orderNumber) await app.outbox.runInline('csatFeedback', saved, { log: request.log });
      const { feedbackId, score, needsFollowUp } = saved;
      return { ok: true as const, feedbackId, score, needsFollowUp };
    },
  );
};

export default supportNews;
