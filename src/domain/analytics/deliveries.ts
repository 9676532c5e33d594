import { picked } from '../../connectors/webhooks/event.js';
import { AnalyticsPayload, fieldsOf } from '../../connectors/webhooks/payloads.js';
import { deliveriesOf } from '../../outbox/delivery-kind.js';
import type { WithDeliveries } from '../../outbox/enqueue.js';
import type { AnalyticsEvent } from './analytics-event.js';

/**
 * An event is passed on, together with others of the moment. There are many events: one is enqueued only where someone takes them
 * (`forwardsEvents`).
 */
export const ANALYTICS_EVENT = deliveriesOf<AnalyticsEvent & WithDeliveries, unknown>(['event', 'createdAt'])(
  {
    to: 'analytics',
    kind: 'analytics.event',
    label: 'Event',
    handle: ({ document, ...attempt }, _tools, analytics) =>
      analytics.send(
        {
          type: 'analytics.event',
          at: document.createdAt,
          data: picked(document, fieldsOf(AnalyticsPayload)),
        },
        attempt,
      ),
  },
);
