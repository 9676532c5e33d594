import type { FastifyRateLimitStore, FastifyRateLimitStoreCtor } from '@fastify/rate-limit';
import type { Count, Counter } from './count-in-memory.js';

type Answer = Parameters<FastifyRateLimitStore['incr']>[1];

/** The counter as the store of @fastify/rate-limit, whose own one for Redis counts nothing while Redis is away. */
export function storeOn(counter: Counter): FastifyRateLimitStoreCtor {
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
