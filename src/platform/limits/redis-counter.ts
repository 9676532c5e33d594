import { createHash } from 'node:crypto';
import type { Redis } from 'ioredis';
import type { Admission, Arrival, Count, Counter, Hit } from './memory-counter.js';

/** No request waits longer than this for Redis. */
const REDIS_TIMEOUT_MS = 50;
/** After a failure it is left alone for so long: what is down is not asked by every request. */
const PAUSE_MS = 1000;
const CONNECT_TIMEOUT_MS = 1000;
const MAX_RECONNECT_MS = 2000;
/** A connection on which an answer is waited for so long is given up. */
const SILENCE_MS = 5000;
const PREFIX = 'concierge:limit:';

interface RedisCounterOptions {
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

  /** Asks Redis; else the memory, at once while Redis is left alone. */
  async function ask<Answer>(inRedis: () => Promise<Answer>, inMemory: () => Answer | Promise<Answer>) {
    if (now().getTime() < pausedUntil) return inMemory();
    try {
      const answer = await inTime(inRedis());
      if (!isUp) onChange(true);
      isUp = true;
      return answer;
    } catch (error) {
      pausedUntil = now().getTime() + PAUSE_MS;
      if (isUp) onChange(false, error as Error);
      isUp = false;
      return inMemory();
    }
  }

  return {
    count: (hit) =>
      ask(
        () => countInRedis(redis, hit),
        () => meanwhile.count(hit),
      ),
    admit: (arrival) =>
      ask(
        () => admitInRedis(redis, arrival),
        () => meanwhile.admit(arrival),
      ),
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
  else if (amount < 0) pipeline.eval(GIVE_BACK, 1, name).get(name).pttl(name);
  else pipeline.exists(name).get(name).pttl(name);
  const [done, count, left] = (await pipeline.exec()) ?? [];
  if (!done || !count || !left) throw new Error('Redis has not answered all of it');
  for (const [error] of [done, count, left]) if (error) throw error;
  const leftMs = Number(left[1]);
  return { count: Number(count[1] ?? 0), leftMs: leftMs > 0 ? leftMs : windowMs };
}

// Not where the window has ended meanwhile: the next one would begin below nothing, and never end.
const GIVE_BACK = `
if tonumber(redis.call('GET', KEYS[1]) or '0') > 0 then return redis.call('DECR', KEYS[1]) end
return 0`;

const ADMIT = `
local isMember = redis.call('SISMEMBER', KEYS[1], ARGV[1])
if isMember == 0 and redis.call('SCARD', KEYS[1]) < tonumber(ARGV[2]) then
  isMember = redis.call('SADD', KEYS[1], ARGV[1])
  if redis.call('PTTL', KEYS[1]) < 0 then redis.call('PEXPIRE', KEYS[1], ARGV[3]) end
end
return { isMember, redis.call('SCARD', KEYS[1]), redis.call('PTTL', KEYS[1]) }`;

async function admitInRedis(redis: Redis, { key, windowMs, member, max }: Arrival): Promise<Admission> {
  const answer = await redis.eval(ADMIT, 1, nameOf(key, windowMs), hashed(member), max, windowMs);
  const [isMember, count, leftMs] = answer as [number, number, number];
  return { isAdmitted: isMember === 1, count, leftMs };
}

async function inTime<T>(answer: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`No answer within ${REDIS_TIMEOUT_MS} ms`)), REDIS_TIMEOUT_MS);
  });
  return Promise.race([answer, late]).finally(() => clearTimeout(timer));
}

// Sessions, addresses, order and telephone numbers do not leave the service.
const hashed = (text: string): string => createHash('sha256').update(text).digest('base64url').slice(0, 22);

const nameOf = (key: string, windowMs: number): string => `${PREFIX}${windowMs}:${hashed(key)}`;
