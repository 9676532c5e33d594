import { Type } from '@sinclair/typebox';
import { FUNNELS } from '../../src/domain/analytics/funnels.js';
import { Named, refTo } from '../common.js';

const day = (year: string) => (description: string) =>
  Type.String({ pattern: `^${year}-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])$`, description });
const Day = day('\\d{4}');
/** What is asked for has days before it. */
const AskedDay = day('2\\d{3}');
const Count = (description: string) => Type.Integer({ minimum: 0, description });
const Share = (description: string) =>
  Type.Optional(Type.Number({ minimum: 0, maximum: 1, description: `${description}; left out of nothing.` }));

export const MetricsQuery = Type.Object({
  from: Type.Optional(AskedDay("First day, in the shop's time zone; 30 days before the last if left out.")),
  to: Type.Optional(AskedDay('Last day; today if left out.')),
});

const STEPS = FUNNELS.engagement.map(({ step }) => step);
const steps = Object.fromEntries(STEPS.map((step) => [step, Count('Sessions that came at least so far.')]));

const Scores = Type.Array(Type.Integer({ minimum: 0 }), { description: 'Ratings of 1, 2, 3, 4 and 5.' });
const OptIns = Named('OptIns', { email: Count('By email.'), sms: Count('By text message.') });
const OptOuts = Named('OptOuts', {
  email: Count('Order updates by email that were ended.'),
  sms: Count('Those by text message.'),
});
const Journeys = {
  intent: Type.String(),
  journeys: Count('Sessions that pursued it.'),
  succeeded: Count('Those in which it went well.'),
};

export const DayFigures = Type.Object(
  {
    day: Day('The day.'),
    escalations: Count('Stylist tickets opened.'),
    csat: Scores,
    journeys: Type.Array(Named('IntentJourneys', Journeys)),
    returns: Named('DayReturns', {
      opened: Count('RMAs opened.'),
      automated: Count('Those whose session asked for no stylist on that day.'),
    }),
    responses: Named('DayResponses', {
      tickets: Count('Tickets taken up for the first time.'),
      minutes: Type.Number({ description: 'Minutes that they had waited, in all.' }),
      inTime: Count('Those within their deadline.'),
    }),
    holds: Named('DayHolds', {
      opened: Count('Holds opened.'),
      converted: Count('Holds that became orders.'),
    }),
    optIns: OptIns,
    optOuts: Type.Optional(OptOuts),
    funnel: Named('DayFunnel', steps),
  },
  { $id: 'DayFigures', description: 'What happened on one day, counted on the day on which it happened.' },
);

export const MetricsResponse = Named('MetricsResponse', {
  from: Day('First day.'),
  to: Day('Last day.'),
  totals: Named('MetricTotals', {
    escalations: Count('Stylist tickets opened.'),
    csat: Named('TotalRatings', {
      ratings: Count('Ratings.'),
      scores: Scores,
      average: Type.Optional(Type.Number({ minimum: 1, maximum: 5 })),
    }),
    journeys: Type.Array(
      Named('IntentTotals', { ...Journeys, successRate: Type.Number({ minimum: 0, maximum: 1 }) }),
    ),
    returns: Named('TotalReturns', {
      opened: Count('RMAs opened.'),
      automated: Count('Those without a stylist.'),
      automationRate: Share('The share of the automated'),
    }),
    responses: Named('TotalResponses', {
      tickets: Count('Tickets taken up for the first time.'),
      averageMinutes: Type.Optional(Type.Number({ description: 'Mean time to first response.' })),
      inTimeRate: Share('The share within the deadline'),
    }),
    holds: Named('TotalHolds', {
      opened: Count('Holds opened.'),
      converted: Count('Holds that became orders.'),
      conversionRate: Share('The share of the converted'),
    }),
    optIns: OptIns,
    optOuts: OptOuts,
    responseHours: Type.Array(
      Named('ResponseHour', {
        hour: Type.Integer({
          minimum: 0,
          maximum: 23,
          description: "Of the shop's clock, when the tickets were opened.",
        }),
        tickets: Count('Those taken up for the first time in the period.'),
        averageMinutes: Type.Optional(Type.Number({ description: 'Mean time to first response.' })),
      }),
      {
        description: 'First responses by the hour; days that were counted by earlier versions are not in it.',
      },
    ),
    funnel: Type.Array(
      Named('TotalFunnelStep', {
        step: Type.String({ enum: [...STEPS] }),
        sessions: Count('Sessions that came at least so far, summed over the days.'),
      }),
    ),
  }),
  days: Type.Array(refTo(DayFigures)),
  queueAge: Type.Array(
    Named('QueueAge', { label: Type.String(), tickets: Count('Tickets that are not done.') }),
    {
      description: 'How long they have been waiting, now.',
    },
  ),
});
