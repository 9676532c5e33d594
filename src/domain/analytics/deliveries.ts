import { Type } from '@sinclair/typebox';
import { type EventDescription, eventOf, maybe, moment, text } from '../../connectors/webhooks/event.js';
import { deliveriesOf } from '../../outbox/delivery-kind.js';
import type { WithDeliveries } from '../../outbox/enqueue.js';
import type { AnalyticsEvent } from './analytics-event.js';

const AnalyticsPayload = Type.Object(
  {
    event: text('`aurora_products_shown` and so on; an open list.'),
    at: Type.Optional(moment('When it happened')),
    source: maybe('widget, or service for what the service has noted itself.'),
    sessionId: Type.Optional(Type.String()),
    intent: Type.Optional(Type.String()),
    success: Type.Optional(Type.Boolean()),
    requestId: Type.Optional(Type.String()),
    properties: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
  },
  { title: 'AnalyticsPayload', description: 'Something that has happened, without personal data.' },
);

const EVENT_DATA = {
  event: 'aurora_products_shown',
  at: '2026-08-20T15:04:00.000Z',
  source: 'service',
  sessionId: '7c9e6679-7425-40de-944b-e07fc1f90ae7',
  success: true,
  requestId: '6f9619ff-8b86-4d01-b42d-00cf4fc964ff',
  properties: { count: 3, readyToShipCount: 1 },
};

/**
 * An event is passed on, together with others of the moment. There are many events: one is enqueued only where someone takes them
 * (`forwardsEvents`).
 */
export const ANALYTICS_EVENT = deliveriesOf<AnalyticsEvent & WithDeliveries, unknown>(['event', 'createdAt'])(
  {
    to: 'analytics',
    kind: 'analytics.event',
    label: 'Event',
    event: {
      summary: 'Something has happened',
      description:
        'To the queue of the analytics service: one message an event, whose id is its attribute `id`. A webhook gets several at once, as `analytics.events`.',
      data: AnalyticsPayload,
      example: EVENT_DATA,
    },
    handle: ({ document, ...attempt }, _tools, analytics) =>
      analytics.send(eventOf('analytics.event', AnalyticsPayload, document), attempt),
  },
);

/** Several of them, as one call of a webhook. */
export const ANALYTICS_EVENTS: EventDescription = {
  summary: 'Some things have happened',
  description:
    'To the webhook of the analytics service, up to 20 at once. Each event keeps its `id` over all attempts, with whichever others it comes.',
  data: Type.Object({
    events: Type.Array(
      Type.Object(
        {
          id: text('What a repeat of the event is known by.'),
          type: Type.Literal('analytics.event'),
          timestamp: moment('When it was reported'),
          data: AnalyticsPayload,
        },
        { title: 'AnalyticsPayloadEvent' },
      ),
      { minItems: 1 },
    ),
  }),
  example: {
    events: [
      {
        id: '0d4f1c1e-6f0a-4c0a-9f57-7d8f1a6f2b11',
        type: 'analytics.event',
        timestamp: '2026-08-20T15:04:01.000Z',
        data: EVENT_DATA,
      },
    ],
  },
};
