import rateLimit, { type FastifyRateLimitStore, type FastifyRateLimitStoreCtor } from '@fastify/rate-limit';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import type { Config } from '../../src/config/load.js';
import { customerAddress, type Trust } from '../../src/platform/http/client-address.js';
import { type Count, type Counter, createMemoryCounter } from '../../src/platform/limits/memory-counter.js';
import {
  type LimitedCaller,
  type Policies,
  type Policy,
  policiesOf,
  type RouteLimit,
} from '../../src/platform/limits/policies.js';
import { headersOf, type Standing, tooMany } from '../../src/platform/limits/rate-limit-headers.js';
import { createRedisCounter } from '../../src/platform/limits/redis-counter.js';

type Answer = Parameters<FastifyRateLimitStore['incr']>[1];

/** The counter as the store of @fastify/rate-limit, whose own one for Redis counts nothing while Redis is away. */
function storeOn(counter: Counter): FastifyRateLimitStoreCtor {
  const answer = (counted: Count | Promise<Count>, callback: Answer): void => {
    if (counted instanceof Promise) void counted.then((late) => answer(late, callback), callback);
    else callback(null, { current: counted.count, ttl: counted.leftMs });
  };
  return class Store implements FastifyRateLimitStore {
    incr(key: string, callback: Answer, windowMs: number): void {
      answer(counter.count({ key, windowMs, amount: 1 }), callback);
    }

    // keys begin with the name of their policy: all of them can share one counter
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
    /** What limits count with; its keys begin with the name of a policy and a space. */
    limitCounter: Counter;
    /** For whom a request is counted. */
    callerOf: (request: FastifyRequest, subject?: Subject) => LimitedCaller;
    /** Counts a request against the policies that apply; throws when it is beyond one of them, and else says where the caller stands. */
    countAgainst: (
      request: FastifyRequest,
      policies: readonly Policy[],
      subject?: Subject,
    ) => Promise<Standing[]>;
    /** Takes back what was counted: it has turned out to be none of what is limited. */
    uncount: (request: FastifyRequest, policies: readonly Policy[], subject?: Subject) => Promise<void>;
  }
  interface FastifyRequest {
    /** For whom it is being counted; null while it is not. */
    limitCaller: LimitedCaller | null;
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
      ...subject,
      session: sessionId?.slice(0, 128),
      address:
        trust && customerAddress(raw.socket.remoteAddress, String(headers['x-forwarded-for'] ?? ''), trust),
      key: clientId,
    }));

    await app.register(rateLimit, { global: false, store: storeOn(counter) });
    app.decorateRequest('limitCaller', null);
    const checks = new Map<Policy, ReturnType<FastifyInstance['createRateLimit']>>();
    function checkOf(policy: Policy) {
      const { max, windowMs: timeWindow } = policy;
      const keyGenerator = ({ limitCaller }: FastifyRequest) => counterKey(policy, limitCaller ?? {}) ?? '';
      const check = checks.get(policy) ?? app.createRateLimit({ max, timeWindow, keyGenerator });
      checks.set(policy, check);
      return check;
    }

    async function standingOf(
      request: FastifyRequest,
      policy: Policy,
      caller: LimitedCaller,
    ): Promise<Standing> {
      const { max, windowMs } = policy;
      const member = policy.memberOf?.(caller);
      if (member !== undefined) {
        const key = counterKey(policy, caller) ?? '';
        const { isAdmitted, count, leftMs } = await counter.admit({ key, member, max, windowMs });
        return { policy, remaining: max - count, leftMs, isExceeded: !isAdmitted };
      }
      const result = await checkOf(policy)(request);
      // there is no list of those who are always allowed
      if (result.isAllowed) return { policy, remaining: max, leftMs: windowMs, isExceeded: false };
      return { policy, remaining: result.remaining, leftMs: result.ttl, isExceeded: result.isExceeded };
    }

    app.decorate('countAgainst', async (request, policies, subject) => {
      if (policies.length === 0) return [];
      const caller = app.callerOf(request, subject);
      request.limitCaller = caller;
      const applying = policies.filter((policy) => policy.keyOf(caller) !== undefined);
      // all are asked at once; the keys are made before any of them is waited for
      const standings = await Promise.all(applying.map((policy) => standingOf(request, policy, caller)));
      const exceeded = standings.filter(({ isExceeded }) => isExceeded);
      if (exceeded.length === 0) return standings;
      for (const { policy } of exceeded) app.metrics.rateLimited.inc({ limit: policy.name });
      throw tooMany(exceeded, standings);
    });

    app.decorate('uncount', async (request, policies, subject) => {
      const caller = app.callerOf(request, subject);
      const given = policies.map((policy) => {
        const key = counterKey(policy, caller);
        return key && counter.count({ key, windowMs: policy.windowMs, amount: -1 });
      });
      // what is counted in memory is known at once
      if (given.some((one) => one instanceof Promise)) await Promise.all(given);
    });
  },
  { name: 'count-requests', fastify: '5.x', dependencies: ['clock', 'measure-requests', 'session-id'] },
);

/** Under which a policy counts a caller; undefined when it does not. */
function counterKey({ name, keyOf }: Policy, caller: LimitedCaller): string | undefined {
  const key = keyOf(caller);
  return key === undefined ? undefined : `${name} ${key}`;
}

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
    // the session stands in the body, so the limits come after it has been read and before it is checked
    app.addHook('preValidation', async (request, reply) => {
      const { limit } = request.routeOptions.config;
      const policies = limit ? ofRoutes[limit] : everyCall;
      if (policies.length > 0) reply.headers(headersOf(await app.countAgainst(request, policies)));
    });
  },
  { name: 'limit-calls', fastify: '5.x', dependencies: ['auth', 'count-requests'] },
);
