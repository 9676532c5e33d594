import rateLimit, { type FastifyRateLimitStore, type FastifyRateLimitStoreCtor } from '@fastify/rate-limit';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import type { Config } from '../../src/config/load.js';
import { customerAddress, type Trust } from '../../src/platform/http/client-address.js';
import {
  type Arrival,
  type Count,
  type Counter,
  createMemoryCounter,
  type Hit,
} from '../../src/platform/limits/memory-counter.js';
import {
  type LimitedCaller,
  type Policies,
  type Policy,
  policiesOf,
  type RouteLimit,
} from '../../src/platform/limits/policies.js';
import { headersOf, type Standing, tooMany } from '../../src/platform/limits/rate-limit-headers.js';
import { createRedisCounter } from '../../src/platform/limits/redis-counter.js';
import { hookRoute } from './request-id.js';

/** The counter as the store of @fastify/rate-limit, whose own one for Redis counts nothing while Redis is away. Its keys are names of limits. */
function storeOn(counter: Counter): FastifyRateLimitStoreCtor {
  return class Store implements FastifyRateLimitStore {
    incr(key: string, callback: Parameters<FastifyRateLimitStore['incr']>[1], windowMs: number): void {
      const [limit = '', ...of] = key.split(' ');
      const counted = counter.count([{ limit, of: of.join(' '), windowMs, amount: 1 }]);
      const answer = ([count]: Count[]) =>
        callback(null, { current: count?.count ?? 0, ttl: count?.leftMs ?? windowMs });
      if (counted instanceof Promise) counted.then(answer, callback);
      else answer(counted);
    }

    child(): FastifyRateLimitStore {
      return this;
    }
  };
}

/** What a call is about, beyond who makes it. */
export type Subject = Pick<LimitedCaller, 'order' | 'email' | 'destination'>;

declare module 'fastify' {
  interface FastifyInstance {
    policies: Policies;
    limitCounter: Counter;
    /** For whom a request is counted. */
    callerOf: (request: FastifyRequest, subject?: Subject) => LimitedCaller;
    /**
     * Counts a request against the policies that apply, in one look-up, and says where the caller stands: at once where limits count in memory.
     * @throws ApiError 429 when it is beyond one of them.
     */
    countAgainst: (
      request: FastifyRequest,
      policies: readonly Policy[],
      subject?: Subject,
    ) => Standing[] | Promise<Standing[]>;
    /** Takes back what was counted: it has turned out to be none of what is limited. */
    uncount: (request: FastifyRequest, policies: readonly Policy[], subject?: Subject) => Promise<void>;
  }
  interface FastifyContextConfig {
    /** Limits of its own, in place of those of every call. */
    limit?: RouteLimit;
  }
}

interface LimitsOptions {
  limits: Config['limits'];
  /** Who is believed when they say for whom they call; undefined when nobody is. */
  trust: Trust | undefined;
}

/** What may be asked for how often, counted in this process or, with a Redis, across processes. */
export default fp<LimitsOptions>(
  async (app, { limits, trust }) => {
    const counter = await createCounter(app, limits.redisUrl);
    app.addHook('onClose', async () => counter.close());
    app.decorate('limitCounter', counter);
    app.decorate('policies', policiesOf(limits));

    app.decorate('callerOf', ({ sessionId, raw, headers, clientId }, subject) => ({
      session: sessionId?.slice(0, 128),
      address:
        trust && customerAddress(raw.socket.remoteAddress, String(headers['x-forwarded-for'] ?? ''), trust),
      key: clientId,
      order: subject?.order,
      email: subject?.email,
      destination: subject?.destination,
    }));

    await app.register(rateLimit, { global: false, store: storeOn(counter) });
    // it counts one key a call, which is right for what is limited by that alone
    const { wrongKeys, smsBrake } = app.policies;
    const alone = new Map(
      [wrongKeys, smsBrake.proved, smsBrake.unproved].flat().map((policy) => {
        const { max, windowMs: timeWindow } = policy;
        const keyGenerator = (request: FastifyRequest) =>
          `${policy.name} ${policy.keyOf(app.callerOf(request))}`;
        return [policy, app.createRateLimit({ max, timeWindow, keyGenerator })];
      }),
    );

    async function countAlone(request: FastifyRequest, policy: Policy): Promise<Standing[]> {
      const result = await alone.get(policy)?.(request);
      // there is no list of those who are always allowed
      if (!result || result.isAllowed) return [];
      return [{ policy, remaining: result.remaining, leftMs: result.ttl, isExceeded: result.isExceeded }];
    }

    function decide(standings: Standing[]): Standing[] {
      if (!standings.some(({ isExceeded }) => isExceeded)) return standings;
      const exceeded = standings.filter(({ isExceeded }) => isExceeded);
      for (const { policy } of exceeded) app.metrics.rateLimited.inc({ limit: policy.name });
      throw tooMany(exceeded, standings);
    }

    app.decorate('countAgainst', (request, policies, subject) => {
      const [first] = policies;
      if (first && alone.has(first)) return countAlone(request, first).then(decide);
      const caller = app.callerOf(request, subject);
      const applying: Policy[] = [];
      const asked: (Hit | Arrival)[] = [];
      for (const policy of policies) {
        const of = policy.keyOf(caller);
        if (of === undefined) continue;
        applying.push(policy);
        asked.push(askedOf(policy, of, policy.memberOf?.(caller)));
      }
      if (asked.length === 0) return [];
      const counted = counter.count(asked);
      const standing = (counts: Count[]) =>
        decide(applying.map((policy, index) => standingOf(policy, counts[index] as Count)));
      return counted instanceof Promise ? counted.then(standing) : standing(counted);
    });

    app.decorate('uncount', async (request, policies, subject) => {
      const caller = app.callerOf(request, subject);
      await counter.count(
        policies.flatMap(({ name: limit, windowMs, keyOf }) => {
          const of = keyOf(caller);
          return of === undefined ? [] : [{ limit, of, windowMs, amount: -1 }];
        }),
      );
    });
  },
  { name: 'count-requests', fastify: '5.x', dependencies: ['clock', 'measure-requests', 'session-id'] },
);

const askedOf = ({ name: limit, windowMs, max }: Policy, of: string, member: string | undefined) =>
  member === undefined ? { limit, of, windowMs, amount: 1 as const } : { limit, of, windowMs, member, max };

const standingOf = (policy: Policy, { count, leftMs, isAdmitted }: Count): Standing => ({
  policy,
  remaining: Math.max(0, policy.max - count),
  leftMs,
  isExceeded: !isAdmitted || count > policy.max,
});

async function createCounter(app: FastifyInstance, redisUrl: string | undefined): Promise<Counter> {
  const memory = createMemoryCounter(app.now);
  if (!redisUrl) return memory;
  return createRedisCounter({
    url: redisUrl,
    meanwhile: memory,
    now: app.now,
    onChange(isUp, err) {
      app.metrics.redisAway.set(isUp ? 0 : 1);
      if (isUp) app.log.info('Redis connected: limits count across processes');
      else app.log.warn({ err }, 'Redis disconnected: limits count in each process');
    },
  });
}

/** Limits by session, by key and, where it is known, by the customer's address, and tells the client where it stands. */
export const limitCalls = fp(
  async (app) => {
    const { everyCall, ofRoutes } = app.policies;
    app.addHook('onRoute', (route) => {
      const limit = route.config?.limit;
      const policies = limit ? ofRoutes[limit] : everyCall;
      if (policies.length === 0) return;
      // the session stands in the body, so the limits come after it has been read and before it is checked
      hookRoute(route, 'preValidation', (request, reply, done) => {
        const tell = (standings: Standing[]) => {
          reply.headers(headersOf(standings));
          done();
        };
        const standings = app.countAgainst(request, policies);
        if (standings instanceof Promise) standings.then(tell, done);
        else tell(standings);
      });
    });
  },
  { name: 'limit-calls', fastify: '5.x', dependencies: ['auth', 'count-requests'] },
);
