import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { type EventBody, EventsRequest, EventsResponse } from '../../schemas/analytics.js';
import type { ReportedEvent } from '../../src/domain/analytics/analytics-event.js';
import { present } from '../../src/lib/values/text.js';
import { readDate } from '../../src/platform/mongodb/read.js';

const schema = {
  operationId: 'reportEvents',
  summary: 'Report what has happened in the widget',
  description:
    'One event, or up to 100. Names start with `aurora_`. Personal data is not kept: order numbers are hashed, and of the other fields only those that are known and hold a word or a number stay. The same event of the same request is counted once.',
  tags: ['Shop'],
  body: EventsRequest,
  response: { 200: { ...EventsResponse, description: 'The events are kept.' } },
};

/** The widget's `trackEvent`. */
const reportedEvents: FastifyPluginAsyncTypebox = async (app) => {
  app.post(
    '/api/analytics/events',
    { schema, config: { scope: 'events:write', limit: 'events' } },
    async ({ body }) => {
      const now = app.now();
      const reported = [body].flat().map((one) => readEvent(one, now));
      return { ok: true as const, ...(await app.analytics.report(reported)) };
    },
  );
};

export default reportedEvents;

// Whatever stands beside the known fields is a property.
function readEvent(body: EventBody, now: Date): ReportedEvent {
  const { event, sessionId, intent, success, requestId, timestamp, properties, ...others } = body;
  return {
    event,
    at: readDate(timestamp) ?? now,
    sessionId: present(sessionId),
    intent: present(intent),
    success,
    requestId: present(requestId),
    properties: { ...others, ...properties },
  };
}
