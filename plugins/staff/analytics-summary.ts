import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { SummaryQuery, SummaryResponse } from '../../schemas/analytics.js';
import { summarise } from '../../src/domain/analytics/summarise.js';
import { addDays, countDays, isDay } from '../../src/lib/calendar.js';
import { invalid } from '../../src/platform/http/errors.js';

const USUAL_DAYS = 30;
const MAX_DAYS = 366;

const schema = {
  operationId: 'summariseAnalytics',
  summary: 'What happened over a period',
  description:
    'Events by day, ratings, escalations, funnels and the part of sessions that needed no person, over up to 366 days of the shop. A session counts on each of its days. What the service notes of its own calls is counted once, whatever the widget reports beside it.',
  tags: ['Staff'],
  querystring: SummaryQuery,
  response: { 200: { ...SummaryResponse, description: 'The figures.' } },
};

/** For the team; not one of the widget's calls. */
const analyticsSummary: FastifyPluginAsyncTypebox = async (app) => {
  const { dayOf, timeZone } = app.calendar;

  app.get(
    '/api/analytics/summary',
    { schema, config: { scope: 'analytics:read' } },
    async ({ query: { from, to = dayOf(app.now()) } }) => {
      if (!isDay(to)) throw invalid('/to', 'There is no such day.');
      const period = { from: from ?? addDays(to, 1 - USUAL_DAYS), to };
      if (!isDay(period.from)) throw invalid('/from', 'There is no such day.');
      if (period.from > to) throw invalid('/from', 'The first day is after the last one.');
      if (countDays(period.from, to) > MAX_DAYS)
        throw invalid('/from', `A period has at most ${MAX_DAYS} days.`);
      await app.analytics.flush();
      return { ...period, timeZone, ...summarise(await app.rollUps.read(period.from, to)) };
    },
  );
};

export default analyticsSummary;
