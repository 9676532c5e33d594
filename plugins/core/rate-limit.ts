import rateLimit, { type RateLimitOptions as LimiterOptions } from '@fastify/rate-limit';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import type { Config } from '../../src/config.js';
import { ApiError } from '../../src/errors.js';

declare module 'fastify' {
  interface FastifyInstance {
    /** Looks an order up unless the caller has missed too often; a look-up that finds nothing counts as a miss. */
    limitMisses: <T>(request: FastifyRequest, lookUp: () => Promise<T | null>) => Promise<T | null>;
  }
}

export interface RateLimitOptions {
  limits: Config['limits'];
  trustProxy: boolean;
}

/** Sessions and addresses that are counted at once; the oldest is forgotten first. */
const MOST_COUNTED = 20_000;
/** Callers that send no session share one count, which is larger. */
const SHARED_FACTOR = 10;

const NOTHING: ReadonlyMap<string, number> = new Map();

interface Limit {
  /** What is counted; undefined when the request has no such thing. */
  keyOf: (request: FastifyRequest) => string | undefined;
  check: ReturnType<FastifyInstance['createRateLimit']>;
}

/**
 * Limits by session and, behind a trusted proxy, by the customer's address. The calls of all customers come from one address, that
 * of the shop's server, so the address of the connection is never a measure.
 */
export default fp<RateLimitOptions>(
  async (app, { limits, trustProxy }) => {
    await app.register(rateLimit, { global: false });

    const limit = (keyOf: Limit['keyOf'], max: number, timeWindow: string): Limit[] => {
      if (max === 0) return [];
      const options: LimiterOptions = {
        max,
        timeWindow,
        cache: MOST_COUNTED,
        keyGenerator: (request) => keyOf(request) ?? '',
      };
      return [{ keyOf, check: app.createRateLimit(options) }];
    };
    const byAddress = (request: FastifyRequest) => (trustProxy ? request.ip : undefined);
    const withoutSession = (request: FastifyRequest) =>
      sessionOf(request) ? undefined : `key ${request.clientId}`;
    const calls = [
      ...limit(sessionOf, limits.burstPerSecond, '1 second'),
      ...limit(sessionOf, limits.perSessionPerMinute, '1 minute'),
      ...limit(byAddress, limits.perAddressPerMinute, '1 minute'),
    ];
    const misses = [
      ...limit(sessionOf, limits.orderMisses, '15 minutes'),
      ...limit(byAddress, limits.orderMisses, '15 minutes'),
      ...limit(withoutSession, limits.orderMisses * SHARED_FACTOR, '15 minutes'),
    ];

    // the session stands in the body, so the limits come after it has been read and before it is checked
    app.addHook('preValidation', async (request) => enforce(calls, request, true));

    const underWay = new Map<string, number>();
    app.decorate('limitMisses', async <T>(request: FastifyRequest, lookUp: () => Promise<T | null>) => {
      await enforce(misses, request, false, underWay);
      const keys = misses.flatMap(({ keyOf }) => keyOf(request) ?? []);
      for (const key of keys) underWay.set(key, (underWay.get(key) ?? 0) + 1);
      try {
        const found = await lookUp();
        if (found === null) await enforce(misses, request, true);
        return found;
      } finally {
        for (const key of keys) countDown(underWay, key);
      }
    });
  },
  { name: 'rate-limit', fastify: '5.x', dependencies: ['auth', 'session-id'] },
);

// What is under way counts as a miss until it has been found not to be: many guesses at once are no way around a limit.
async function enforce(
  limits: Limit[],
  request: FastifyRequest,
  increment: boolean,
  underWay = NOTHING,
): Promise<void> {
  for (const { keyOf, check } of limits) {
    const key = keyOf(request);
    if (key === undefined) continue;
    const result = await check(request, { increment });
    if (result.isAllowed) continue;
    if (result.isExceeded || (underWay.get(key) ?? 0) > result.remaining) throw tooMany(result.ttlInSeconds);
  }
}

const tooMany = (seconds: number): ApiError => {
  const wait = Math.max(1, seconds);
  return new ApiError('rate_limit.exceeded', `Too many requests. Please try again in ${wait} s.`, {
    headers: { 'retry-after': String(wait) },
  });
};

function countDown(counts: Map<string, number>, key: string): void {
  const left = (counts.get(key) ?? 1) - 1;
  if (left > 0) counts.set(key, left);
  else counts.delete(key);
}

const sessionOf = ({ sessionId }: FastifyRequest): string | undefined =>
  sessionId === undefined ? undefined : `session ${sessionId.slice(0, 128)}`;
