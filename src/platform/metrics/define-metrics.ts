import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { BoundCounter, BoundHistogram } from './bound.js';

/** Around what is promised: products 300 ms, orders and returns 400 ms, stylist 500 ms. */
const REQUEST_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 1, 2.5, 5, 10];

/** A call of the database or the object store is a matter of milliseconds. */
const CALL_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

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
    requestDuration: new BoundHistogram({
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
    requestsByKey: new BoundCounter({
      name: 'http_requests_by_key_total',
      help: 'Requests by the id of the key that they came with.',
      labelNames: ['key', 'status'] as const,
      registers,
    }),
    databaseDuration: new BoundHistogram({
      name: 'mongodb_call_duration_seconds',
      help: 'Time that a call of the database takes, waiting for a connection included.',
      labelNames: ['operation'] as const,
      buckets: CALL_SECONDS,
      registers,
    }),
    databaseFailures: new Counter({
      name: 'mongodb_call_failures_total',
      help: 'Calls that the database has refused or not answered.',
      labelNames: ['operation'] as const,
      registers,
    }),
    databaseConnections: new Gauge({
      name: 'mongodb_pool_connections',
      help: 'Connections that are open or in use, and calls that wait for one.',
      labelNames: ['state'] as const,
      registers,
    }),
    storageDuration: new Histogram({
      name: 'storage_duration_seconds',
      help: 'Time that a call of the object store takes.',
      labelNames: ['operation', 'outcome'] as const,
      buckets: CALL_SECONDS,
      registers,
    }),
    ready: new Gauge({
      name: 'concierge_ready',
      help: 'Whether the service was ready (1) when it was last asked.',
      registers,
    }),
    uploadsInProgress: new Gauge({
      name: 'uploads_in_progress',
      help: 'Images that are being taken in.',
      registers,
    }),
    shed: new Counter({
      name: 'concierge_shed_total',
      help: 'Requests that were refused at once because of overload.',
      labelNames: ['why'] as const,
      registers,
    }),
    rateLimited: new Counter({
      name: 'rate_limit_hits_total',
      help: 'Requests that were refused, by the limit that they were beyond.',
      labelNames: ['limit'] as const,
      registers,
    }),
    orderMisses: new Counter({
      name: 'concierge_order_misses_total',
      help: 'Orders that were asked for and are not there, or whose email or postal code was wrong.',
      registers,
    }),
    redisAway: new Gauge({
      name: 'concierge_redis_away',
      help: 'Whether a Redis is configured and away (1), so that the limits count in each process.',
      registers,
    }),
    messages: new Counter({
      name: 'concierge_messages_total',
      help: 'Messages to customers of which a vendor has said what became of them: delivered, failed or suppressed.',
      labelNames: ['vendor', 'state'] as const,
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
