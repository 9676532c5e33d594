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

    app.decorate('limitMisses', async <T>(request: FastifyRequest, lookUp: () => Promise<T | null>) => {
      await enforce(misses, request, false);
      const found = await lookUp();
      if (found === null) await enforce(misses, request, true);
      return found;
    });
  },
  { name: 'rate-limit', fastify: '5.x', dependencies: ['auth'] },
);

async function enforce(limits: Limit[], request: FastifyRequest, increment: boolean): Promise<void> {
  for (const { keyOf, check } of limits) {
    if (keyOf(request) === undefined) continue;
    const result = await check(request, { increment });
    if (!result.isAllowed && result.isExceeded)
      throw new ApiError(
        'rate_limit.exceeded',
        `Too many requests. Please try again in ${result.ttlInSeconds} s.`,
        {
          headers: { 'retry-after': String(result.ttlInSeconds) },
        },
      );
  }
}

function sessionOf({ body }: FastifyRequest): string | undefined {
  const sessionId = (body as { sessionId?: unknown } | undefined | null)?.sessionId;
  return typeof sessionId === 'string' && sessionId !== '' ? `session ${sessionId.slice(0, 128)}` : undefined;
}
