import type { TSchema } from '@sinclair/typebox';
import { WebhookHeaders } from '../../../schemas/webhooks.js';
import { CRM_EVENTS } from '../../../src/connectors/crm/crm-webhook.js';
import { VENDOR_BODIES } from '../../../src/connectors/vendor-bodies.js';
import { type EventDescription, outgoingBody } from '../../../src/connectors/webhooks/event.js';
import { ANALYTICS_EVENTS } from '../../../src/domain/analytics/deliveries.js';
import { DELIVERY_KINDS } from '../../../src/domain/deliveries.js';

/** `return.initiated` → `returnInitiated` */
const operationIdOf = (type: string): string =>
  type.replace(/[._](\w)/g, (_, letter) => letter.toUpperCase());

const PARAMETERS = Object.entries(WebhookHeaders.properties).map(([name, { description, ...schema }]) => ({
  name,
  in: 'header',
  required: true,
  description,
  schema,
}));

const RESPONSES = {
  '2XX': { description: 'It has been taken, now or before.' },
  '409': { description: 'It was taken before: the same as 2XX.' },
  '429': {
    description: 'Not now: it is sent again, not before `Retry-After`. So are 408, 425 and every 5xx.',
  },
  '4XX': { description: 'It is refused for good; 401, 403, 404, 405 and 410 pause the receiver instead.' },
};

const VENDOR_RESPONSES = {
  '2XX': { description: 'It has been taken.' },
  '4XX': { description: 'What each answer comes to: docs/deliveries.md.' },
};

/** Every event of ours, by its type. */
export const EVENTS: Record<string, EventDescription> = {
  ...Object.fromEntries(DELIVERY_KINDS.flatMap(({ kind, event }) => (event ? [[kind, event]] : []))),
  ...CRM_EVENTS,
  'analytics.events': ANALYTICS_EVENTS,
};

/** What the service sends, for the section `webhooks`: its own events, signed, and what vendors take in their own form. */
export const outgoingSection = () => ({
  ...Object.fromEntries(
    Object.entries(EVENTS).map(([type, { data, example, ...said }]) => {
      const value = { type, timestamp: '2026-08-20T15:04:00.000Z', data: example };
      const call = { parameters: PARAMETERS, responses: RESPONSES };
      return [type, { post: { ...operationOf(type, said, outgoingBody(type, data), value), ...call } }];
    }),
  ),
  ...Object.fromEntries(
    Object.entries(VENDOR_BODIES).map(([name, { body, example, ...said }]) => [
      name,
      { post: { ...operationOf(name, said, body, example), responses: VENDOR_RESPONSES } },
    ]),
  ),
});

const operationOf = (
  name: string,
  said: { summary: string; description: string },
  schema: TSchema,
  value: object,
) => ({
  operationId: operationIdOf(name),
  ...said,
  tags: ['Webhooks'],
  security: [],
  requestBody: {
    required: true,
    content: {
      'application/json': { schema, examples: { [operationIdOf(name)]: { summary: said.summary, value } } },
    },
  },
});
