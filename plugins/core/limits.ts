import rateLimit from '@fastify/rate-limit';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import type { Config } from '../../src/config/load.js';
import { createMemoryCounter } from '../../src/platform/limits/counter.js';
import { type Caller, type Policy, policiesOf } from '../../src/platform/limits/policies.js';
import { createRedisCounter } from '../../src/platform/limits/redis-counter.js';
import { type Standing, tooMany } from '../../src/platform/limits/standing.js';
import { storeOn } from '../../src/platform/limits/store.js';

declare module 'fastify' {
  interface FastifyInstance {
    policies: ReturnType<typeof policiesOf>;
    /** Counts a request against policies; throws when it is beyond one of them, and else says where the caller stands. */
    countAgainst: (request: FastifyRequest, policies: readonly Policy[]) => Promise<Standing[]>;
    /** Looks an order up unless the caller has missed too often; a look-up that finds nothing counts as a miss. */
    limitMisses: <T>(request: FastifyRequest, lookUp: () => Promise<T | null>) => Promise<T | null>;
  }
}

export interface LimitsOptions {
  limits: Config['limits'];
  trustProxy: boolean;
}

/** What may be asked for how often, counted in this process or, with a Redis, across processes. */
export default fp<LimitsOptions>(
  async (app, { limits, trustProxy }) => {
    const memory = createMemoryCounter(app.now);
    const counter = limits.redisUrl
      ? await createRedisCounter({
          url: limits.redisUrl,
          meanwhile: memory,
          now: app.now,
          onChange(isUp, err) {
            app.metrics.redisAway.set(isUp ? 0 : 1);
            if (isUp) app.log.info('Redis is back: limits count across processes');
            else app.log.warn({ err }, 'Redis is away: limits count in each process');
          },
        })
      : memory;
    app.addHook('onClose', async () => counter.close());
    await app.register(rateLimit, { global: false, store: storeOn(counter) });
    const policies = policiesOf(limits);
    app.decorate('policies', policies);

    const callerOf = ({ sessionId, ip, clientId }: FastifyRequest): Caller => ({
      session: sessionId?.slice(0, 128),
      address: trustProxy ? ip : undefined,
      key: clientId,
    });
    const keys = new WeakMap<FastifyRequest, Map<string, string>>();
    const checks = new Map<string, ReturnType<FastifyInstance['createRateLimit']>>();
    function checkOf({ name, max, windowMs: timeWindow }: Policy) {
      const keyGenerator = (request: FastifyRequest) => keys.get(request)?.get(name) ?? name;
      const check = checks.get(name) ?? app.createRateLimit({ max, timeWindow, keyGenerator });
      checks.set(name, check);
      return check;
    }

    /** Where the caller stands with the policies that apply; all are asked at once. */
    async function standingsOf(
      request: FastifyRequest,
      some: readonly Policy[],
      increment: boolean,
    ): Promise<Standing[]> {
      const caller = callerOf(request);
      const applying = some.flatMap((policy) => {
        const key = policy.keyOf(caller);
        return key === undefined ? [] : [{ policy, key: `${policy.name} ${key}` }];
      });
      keys.set(request, new Map(applying.map(({ policy, key }) => [policy.name, key])));
      const results = await Promise.all(
        applying.map(async ({ policy, key }) => {
          const result = await checkOf(policy)(request, { increment });
          // there is no list of those who are always allowed
          if (result.isAllowed) return [];
          const { remaining, ttl, isExceeded } = result;
          return [{ policy, key, remaining, leftMs: ttl, isExceeded }];
        }),
      );
      return results.flat();
    }

    const refuse = (standings: Standing[], isExceeded: (standing: Standing) => boolean): void => {
      const exceeded = standings.filter(isExceeded);
      if (exceeded.length === 0) return;
      for (const { policy } of exceeded) app.metrics.rateLimited.inc({ limit: policy.name });
      throw tooMany(exceeded, standings);
    };

    async function countAgainst(request: FastifyRequest, some: readonly Policy[]): Promise<Standing[]> {
      const standings = await standingsOf(request, some, true);
      refuse(standings, ({ isExceeded }) => isExceeded);
      return standings;
    }
    app.decorate('countAgainst', countAgainst);

    // What is under way counts as a miss until it has been found not to be: many guesses at once are no way around a limit.
    const underWay = new Map<string, number>();
    app.decorate('limitMisses', async <T>(request: FastifyRequest, lookUp: () => Promise<T | null>) => {
      const standings = await standingsOf(request, policies.misses, false);
      refuse(
        standings,
        ({ key, remaining, isExceeded }) => isExceeded || (underWay.get(key) ?? 0) > remaining,
      );
      for (const { key } of standings) underWay.set(key, (underWay.get(key) ?? 0) + 1);
      try {
        const found = await lookUp();
        if (found === null) await countAgainst(request, policies.misses);
        return found;
      } finally {
        for (const { key } of standings) countDown(underWay, key);
      }
    });
  },
  { name: 'limits', fastify: '5.x', dependencies: ['clock', 'metrics', 'session-id'] },
);

function countDown(counts: Map<string, number>, key: string): void {
  const left = (counts.get(key) ?? 1) - 1;
  if (left > 0) counts.set(key, left);
  else counts.delete(key);
}
