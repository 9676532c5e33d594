import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** Around what is promised: products 300 ms, orders and returns 400 ms, stylist 500 ms. */
const REQUEST_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 1, 2.5, 5, 10];

export type Metrics = ReturnType<typeof createMetrics>;

/**
 * What the service counts and measures. No label takes its values from a caller: routes are templates, keys are ids, and what a
 * route counts it declares.
 */
export function createMetrics() {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  return {
    registry,
    requestDuration: new Histogram({
      name: 'http_request_duration_seconds',
      help: 'Time from the arrival of a request to its answer.',
      labelNames: ['route', 'method', 'status'] as const,
      buckets: REQUEST_SECONDS,
      registers,
    }),
    inFlight: new Gauge({
      name: 'http_requests_in_flight',
      help: 'Requests that have come and have not been answered.',
      registers,
    }),
    requestsByKey: new Counter({
      name: 'http_requests_by_key_total',
      help: 'Requests by the id of the key that they came with.',
      labelNames: ['key', 'status'] as const,
      registers,
    }),
    rateLimited: new Counter({
      name: 'concierge_rate_limited_total',
      help: 'Requests that were refused, by the limit that they were beyond.',
      labelNames: ['policy'] as const,
      registers,
    }),
    redisAway: new Gauge({
      name: 'concierge_redis_away',
      help: 'Whether a Redis is configured and away (1), so that the limits count in each process.',
      registers,
    }),
    accepted: new Counter({
      name: 'concierge_accepted_total',
      help: 'What customers and staff have had done: returns, tickets, holds, ratings and the like. Status 201 is new, 200 repeats or replaces.',
      labelNames: ['what', 'kind', 'status'] as const,
      registers,
    }),
  };
}
