import { WebhookHeaders } from '../../../schemas/webhooks.js';
import {
  OUTGOING,
  type OutgoingDescription,
  outgoingBody,
} from '../../../src/connectors/webhooks/payloads.js';

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

/** What the service sends, for the section `webhooks`. */
export const outgoingSection = () =>
  Object.fromEntries(
    Object.entries<OutgoingDescription>(OUTGOING).map(([type, outgoing]) => [
      type,
      { post: operationOf(type, outgoing) },
    ]),
  );

function operationOf(type: string, { summary, description, data, example }: OutgoingDescription) {
  const value = { type, timestamp: '2026-08-20T15:04:00.000Z', data: example };
  return {
    operationId: operationIdOf(type),
    summary,
    description,
    tags: ['Webhooks'],
    security: [],
    parameters: PARAMETERS,
    requestBody: {
      required: true,
      content: {
        'application/json': {
          schema: outgoingBody(type, data),
          examples: { [operationIdOf(type)]: { summary, value } },
        },
      },
    },
    responses: RESPONSES,
  };
}
