import { createHash } from 'node:crypto';
import type { Redis } from 'ioredis';
import type { Count, Counter, Hit } from './counter.js';

/** No request waits longer than this for Redis. */
export const REDIS_TIMEOUT_MS = 50;
/** After a failure it is left alone for so long: what is down is not asked by every request. */
const PAUSE_MS = 1000;
const CONNECT_TIMEOUT_MS = 1000;
const MAX_RECONNECT_MS = 2000;
/** A connection on which an answer is owed for so long is given up. */
const SILENCE_MS = 5000;
const PREFIX = 'concierge:limit:';

export interface RedisCounterOptions {
  url: string;
  /** Counts while Redis is away: then each process counts for itself. */
  meanwhile: Counter;
  now: () => Date;
  onChange: (isUp: boolean, error?: Error) => void;
}

/** Counts across processes, and in this process while Redis is away. It never waits for a connection. */
export async function createRedisCounter({
  url,
  meanwhile,
  now,
  onChange,
}: RedisCounterOptions): Promise<Counter> {
  // nobody without a Redis pays for its client
  const { Redis } = await import('ioredis');
  const redis = new Redis(url, {
    lazyConnect: true,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    connectTimeout: CONNECT_TIMEOUT_MS,
    socketTimeout: SILENCE_MS,
    retryStrategy: (times) => Math.min(times * 100, MAX_RECONNECT_MS),
  });
  let isUp = true;
  let pausedUntil = 0;
  // each failure also reaches a call, or is followed by an attempt to connect again
  redis.on('error', () => {});
  await redis.connect().catch(() => {});

  async function count(hit: Hit): Promise<Count> {
    if (now().getTime() < pausedUntil) return meanwhile.count(hit);
    try {
      const counted = await countInRedis(redis, hit);
      if (!isUp) onChange(true);
      isUp = true;
      return counted;
    } catch (error) {
      pausedUntil = now().getTime() + PAUSE_MS;
      if (isUp) onChange(false, error as Error);
      isUp = false;
      return meanwhile.count(hit);
    }
  }

  return {
    count,
    close() {
      redis.disconnect();
      meanwhile.close();
    },
  };
}

// A window is a key that ends by itself. Whoever comes first begins it; all that follow only add.
async function countInRedis(redis: Redis, { key, windowMs, amount }: Hit): Promise<Count> {
  const name = nameOf(key, windowMs);
  const pipeline = redis.pipeline();
  if (amount > 0) pipeline.set(name, 0, 'PX', windowMs, 'NX').incr(name).pttl(name);
  else pipeline.exists(name).get(name).pttl(name);
  const [, count, left] = (await inTime(pipeline.exec())) ?? [];
  if (!count || !left) throw new Error('Redis has not answered all of it');
  if (count[0] || left[0]) throw count[0] ?? left[0];
  const leftMs = Number(left[1]);
  return { count: Number(count[1] ?? 0), leftMs: leftMs > 0 ? leftMs : windowMs };
}

async function inTime<T>(answer: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`No answer within ${REDIS_TIMEOUT_MS} ms`)), REDIS_TIMEOUT_MS);
  });
  return Promise.race([answer, late]).finally(() => clearTimeout(timer));
}

// Sessions, addresses and telephone numbers do not leave the service.
const nameOf = (key: string, windowMs: number): string =>
  `${PREFIX}${windowMs}:${createHash('sha256').update(key).digest('base64url').slice(0, 22)}`;
