import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { type Static, Type } from '@sinclair/typebox';
import { FIGURES_MINUTES } from '../../../src/dashboard/insights/insights.js';
import { reachedTargets, type Targets } from '../../../src/dashboard/insights/targets.js';
import { csvLine } from '../../../src/dashboard/lists/csv.js';
import { addDays } from '../../../src/lib/calendar.js';
import { present } from '../../../src/lib/values/text.js';
import { signedIn } from '../signed-session.js';

// An empty field of the form is no day; a day before the year 2000 is a mistake.
const Day = Type.Optional(Type.String({ pattern: '^(2\\d{3}-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01]))?$' }));

/** From one day to another, as a form asks for it. */
export const AskedPeriod = Type.Object({ from: Day, to: Day });

const PRESETS = [7, 30, 90, 365];

/** The figures, to look at and to read, beside those of the period before. */
const insightsPages: FastifyPluginAsyncTypebox<{ targets: Targets }> = async (app, { targets }) => {
  app.get(
    '/dashboard/insights',
    { schema: { hide: true, querystring: AskedPeriod } },
    async (request, reply) => {
      const figures = await figuresOf(request.query);
      const today = app.calendar.dayOf(app.now());
      const presets = PRESETS.map((days) => ({ days, from: addDays(today, 1 - days), to: today }));
      return reply.view('insights', {
        ...figures,
        minutes: FIGURES_MINUTES,
        targets,
        reached: reachedTargets(figures.totals, targets),
        presets,
        title: 'Insights',
        section: 'insights',
      });
    },
  );

  app.get(
    '/dashboard/agents',
    { schema: { hide: true, querystring: AskedPeriod } },
    async (request, reply) => {
      const { from, to } = request.query;
      const period = { from: present(from), to: present(to) };
      const agents = await app.dashboard.agents(signedIn(request), period);
      return reply.view('agents', { ...agents, title: 'Agents', section: 'insights' });
    },
  );

  app.get(
    '/dashboard/insights/csv',
    { schema: { hide: true, querystring: AskedPeriod } },
    async (request, reply) => {
      signedIn(request);
      const { from, to, days, totals } = await figuresOf(request.query);
      const intents = totals.journeys.map(({ intent }) => intent);
      const lines = days.map((day) => {
        const { csat, journeys, returns, responses, holds, optIns, optOuts, funnel } = day;
        const { tickets, minutes, inTime } = responses;
        return [
          day.day,
          day.escalations,
          ...csat,
          returns.opened,
          returns.automated,
          tickets,
          Math.round(minutes),
          inTime,
          holds.opened,
          holds.converted,
          optIns.email,
          optIns.sms,
          optOuts?.email,
          optOuts?.sms,
          ...Object.values(funnel),
          ...intents.flatMap((name) => {
            const of = journeys.find(({ intent }) => intent === name);
            return [of?.journeys ?? 0, of?.succeeded ?? 0];
          }),
        ];
      });
      const steps = Object.keys(days[0]?.funnel ?? {}).map((step) => `Sessions: ${step}`);
      const pursued = intents.flatMap((intent) => [`Journeys: ${intent}`, `Went well: ${intent}`]);
      return reply
        .type('text/csv; charset=utf-8')
        .header('content-disposition', `attachment; filename="insights-${from}-${to}.csv"`)
        .send([[...COLUMNS, ...steps, ...pursued], ...lines].map(csvLine).join(''));
    },
  );

  const figuresOf = ({ from, to }: Static<typeof AskedPeriod>) =>
    app.dashboard.metrics.figures({ from: present(from), to: present(to) });
};

export default insightsPages;

const COLUMNS = [
  'Day',
  'Escalations',
  'Rated 1',
  'Rated 2',
  'Rated 3',
  'Rated 4',
  'Rated 5',
  'Returns',
  'Returns automated',
  'First responses',
  'Minutes waited',
  'In time',
  'Holds',
  'Holds bought',
  'Opt-ins by email',
  'Opt-ins by text',
  'Opt-outs by email',
  'Opt-outs by text',
];
