import { Type } from '@sinclair/typebox';
import { parseSchedule } from '../outbox/next-attempt.js';
import type { Values } from './read-setting.js';

/** Some vendors are asked what they have before they are told. */
const CALLS_OF_AN_ATTEMPT = 2;

/** How what is enqueued is delivered. */
export const Deliveries = {
  DISPATCHER: Type.String({
    default: 'inline',
    pattern: '^(inline|off)$',
    description:
      'inline: the service also delivers what requests have enqueued; off: that is left to `npm run worker`.',
  }),
  DELIVERY_SCHEDULE: Type.String({
    default: '5s 1m 5m 30m 2h 5h 10h 10h 24h 24h',
    description:
      'The longest wait from each failed attempt of a delivery to the next, such as `5s 1m 2h`; after the last one it is dead.',
  }),
  DELIVERY_POLL_MS: Type.Integer({
    default: 200,
    minimum: 10,
    maximum: 60000,
    description:
      'How often a dispatcher with nothing to do looks for work, in milliseconds. Where it finds none again and again, it looks less often, down to an eighth.',
  }),
  DELIVERIES_AT_ONCE: Type.Integer({
    default: 64,
    minimum: 1,
    maximum: 1000,
    description: 'Documents whose deliveries one process works on at once.',
  }),
  WORKER_PORT: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: 65535,
      description:
        'Where `npm run worker` answers `/health/…` and, to a key with `metrics:read`, `/metrics`; left out, it listens nowhere.',
    }),
  ),
};

export function readDeliverySettings(
  env: Values<typeof Deliveries> & { CONNECTOR_TIMEOUT_MS: number; WEBHOOK_TIMEOUT_MS: number },
  problems: string[],
) {
  const schedule = parseSchedule(env.DELIVERY_SCHEDULE);
  if (!schedule) problems.push('DELIVERY_SCHEDULE is not valid. It is a list of times such as `5s 1m 2h`.');
  return {
    dispatcher: {
      inline: env.DISPATCHER === 'inline',
      schedule: schedule ?? [],
      timeoutMs: Math.max(CALLS_OF_AN_ATTEMPT * env.CONNECTOR_TIMEOUT_MS, 1.25 * env.WEBHOOK_TIMEOUT_MS),
      pollMs: env.DELIVERY_POLL_MS,
      concurrency: env.DELIVERIES_AT_ONCE,
    },
    worker: { port: env.WORKER_PORT },
  };
}
