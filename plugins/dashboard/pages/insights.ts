import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from '@sinclair/typebox';
import { present } from '../../../src/lib/text.js';

// An empty field of the form is no day.
const Day = Type.Optional(Type.String({ pattern: '^(\\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01]))?$' }));
const Query = Type.Object({ from: Day, to: Day });

/** The figures, to look at and to read. */
const insightsPages: FastifyPluginAsyncTypebox = async (app) => {
  app.get('/dashboard/insights', { schema: { hide: true, querystring: Query } }, async (request, reply) => {
    const { from, to } = request.query;
    const figures = await app.dashboard.metrics.figures({ from: present(from), to: present(to) });
    return reply.view('insights', { ...figures, title: 'Insights', section: 'insights' });
  });
};

export default insightsPages;
