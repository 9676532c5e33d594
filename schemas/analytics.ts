import { type Static, Type } from '@sinclair/typebox';
import { LOW_SCORES_TEXT } from '../src/domain/csat/rating.js';
import { Named, OneOf, OptionalText, shown } from './common.js';

const Event = Named(
  'AnalyticsEvent',
  {
    event: Type.String({
      pattern: '^aurora_[a-z0-9_]{1,57}$',
      description: 'What happened: `aurora_widget_open`, `aurora_product_view`, and so on; an open list.',
    }),
    sessionId: OptionalText(128, "The widget's session."),
    intent: OptionalText(64, 'What the conversation was about.'),
    success: Type.Optional(Type.Boolean({ description: 'Whether it went as the customer wished.' })),
    requestId: OptionalText(128, 'The same event of the same request is counted once.'),
    timestamp: Type.Optional(
      OneOf(
        [
          Type.Integer({ title: 'milliseconds', minimum: 0 }),
          Type.String({ title: 'ISO time', maxLength: 40 }),
        ],
        {
          title: 'EventTime',
          description:
            'a time as ISO text or in milliseconds since 1970: when it happened. Left out, unreadable, ahead, or more than two days back: when it is received.',
        },
      ),
    ),
    properties: Type.Optional(
      Named('EventProperties', {}, { description: 'What else to count by; also beside the other fields.' }),
    ),
  },
  { description: 'an event.', additionalProperties: true },
);
export type EventBody = Static<typeof Event>;

export const EventsRequest = OneOf(
  [Event, Type.Array(Event, { title: 'a list of events', minItems: 1, maxItems: 100 })],
  {
    title: 'EventsRequest',
    description: 'an event, or a list of up to 100.',
    ...shown({
      'a-piece-was-looked-at': {
        event: 'aurora_product_view',
        sessionId: '7c9e6679-7425-40de-944b-e07fc1f90ae7',
        intent: 'find_product',
        success: true,
        requestId: 'products-6f9619ff',
        timestamp: '2026-08-22T14:02:00.000Z',
        productId: 'RNG-101',
        position: 2,
      },
      'several-at-once': [
        { event: 'aurora_widget_open', sessionId: '7c9e6679-7425-40de-944b-e07fc1f90ae7' },
        { event: 'aurora_widget_close' },
      ],
    }),
  },
);

export const EventsResponse = Named(
  'EventsResponse',
  {
    ok: Type.Literal(true),
    accepted: Type.Integer({ minimum: 0, description: 'Events that are new.' }),
    duplicates: Type.Integer({ minimum: 0, description: 'Events that were there already.' }),
    dropped: Type.Integer({
      minimum: 0,
      description: 'Fields that were left out, because they are not known or might name a person.',
    }),
  },
  { ...shown({ 'two-new-events': { ok: true, accepted: 2, duplicates: 0, dropped: 0 } }) },
);

const MONTH_AND_DAY = '-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])$';
const dayOf = (year: string) => (description: string) =>
  Type.String({
    pattern: `^${year}${MONTH_AND_DAY}`,
    description: `${description}, as \`2026-11-25\` in the shop's time zone.`,
  });
const Day = dayOf('\\d{4}');
/** Nobody asks for the time before the shop; and what is asked for has a day before it. */
const AskedDay = dayOf('2\\d{3}');

export const SummaryQuery = Type.Object({
  from: Type.Optional(AskedDay('The first day; 30 days up to the last one, where it is left out')),
  to: Type.Optional(AskedDay('The last day; today, where it is left out')),
});

const Count = (description: string) => Type.Integer({ minimum: 0, description });
const Rate = (description: string) =>
  Type.Union([Type.Number({ minimum: 0, maximum: 1 }), Type.Null()], {
    description: `a part of 1, or null where there is nothing to divide by: ${description}`,
  });
const Average = Type.Union([Type.Number({ minimum: 1, maximum: 5 }), Type.Null()]);

const Step = Named('FunnelStep', {
  step: Type.String(),
  sessions: Count('Sessions that have come this far.'),
});

export const SummaryResponse = Named(
  'SummaryResponse',
  {
    from: Day('The first day'),
    to: Day('The last day'),
    timeZone: Type.String(),
    events: Type.Array(
      Named('EventCount', {
        day: Day('The day'),
        event: Type.String(),
        count: Count('How often.'),
        succeeded: Count('How often with success.'),
      }),
      { description: 'By day, then by name; what did not happen is left out.' },
    ),
    csat: Named('RatingSummary', {
      responses: Count('Ratings; one a conversation and intent, the latest counts.'),
      average: Average,
      distribution: Type.Record(Type.String({ pattern: '^[1-5]$' }), Type.Integer({ minimum: 0 })),
      trend: Type.Array(
        Named('RatingTrend', { day: Day('The day'), responses: Count('Ratings.'), average: Average }),
      ),
    }),
    escalations: Named('Escalations', {
      stylistTickets: Count('Tickets for a stylist.'),
      lowRatings: Count(`Ratings of ${LOW_SCORES_TEXT}, which need a follow-up.`),
    }),
    funnels: Named(
      'Funnels',
      {
        engagement: Type.Array(Step),
        support: Type.Array(Step),
        returns: Type.Array(Step),
      },
      { description: 'Sessions a day that have taken a step and all before it.' },
    ),
    automation: Named('Automation', {
      sessions: Count('Sessions a day that asked for something.'),
      escalated: Count('Of those, how many came to a stylist.'),
      rate: Rate('the sessions that were served without a person.'),
    }),
  },
  {
    ...shown({
      'one-day': {
        from: '2026-08-22',
        to: '2026-08-22',
        timeZone: 'America/New_York',
        events: [{ day: '2026-08-22', event: 'aurora_products_shown', count: 12, succeeded: 12 }],
        csat: {
          responses: 2,
          average: 4.5,
          distribution: { '1': 0, '2': 0, '3': 0, '4': 1, '5': 1 },
          trend: [{ day: '2026-08-22', responses: 2, average: 4.5 }],
        },
        escalations: { stylistTickets: 1, lowRatings: 0 },
        funnels: {
          engagement: [{ step: 'shown', sessions: 8 }],
          support: [{ step: 'asked', sessions: 3 }],
          returns: [{ step: 'asked', sessions: 1 }],
        },
        automation: { sessions: 10, escalated: 1, rate: 0.9 },
      },
    }),
  },
);
