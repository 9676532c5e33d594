import { createHash } from 'node:crypto';
import type { ChainableCommander, Redis } from 'ioredis';
import type { Arrival, Count, Counter, Hit } from './memory-counter.js';

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

  return {
    /** Asks Redis; else the memory, at once while Redis is left alone. */
    async count(asked) {
      if (now().getTime() < pausedUntil) return meanwhile.count(asked);
      try {
        const answer = await inTime(countInRedis(redis, asked));
        if (!isUp) onChange(true);
        isUp = true;
        return answer;
      } catch (error) {
        pausedUntil = now().getTime() + PAUSE_MS;
        if (isUp) onChange(false, error as Error);
        isUp = false;
        return meanwhile.count(asked);
      }
    },
    close() {
      redis.disconnect();
      meanwhile.close();
    },
  };
}

const COMMANDS_OF_A_HIT = 3;

// A window is a key that ends by itself. Whoever comes first begins it; all that follow only add.
async function countInRedis(redis: Redis, asked: readonly (Hit | Arrival)[]): Promise<Count[]> {
  const pipeline = redis.pipeline();
  for (const one of asked) ask(pipeline, nameOf(one), one);
  const answers = (await pipeline.exec()) ?? [];
  if (answers.length !== pipeline.length) throw new Error('Redis has not answered all of it');
  for (const [error] of answers) if (error) throw error;
  let at = 0;
  return asked.map((one) => {
    const isArrival = 'member' in one;
    const own = answers.slice(at, at + (isArrival ? 1 : COMMANDS_OF_A_HIT)).map(([, answer]) => answer);
    at += own.length;
    const [done, count, left] = isArrival ? (own[0] as number[]) : own;
    const leftMs = Number(left);
    return {
      isAdmitted: !isArrival || done === 1,
      count: Number(count ?? 0),
      leftMs: leftMs > 0 ? leftMs : one.windowMs,
    };
  });
}

function ask(pipeline: ChainableCommander, name: string, one: Hit | Arrival): void {
  if ('member' in one) pipeline.eval(ADMIT, 1, name, hashed(one.member), one.max, one.windowMs);
  else if (one.amount > 0) pipeline.set(name, 0, 'PX', one.windowMs, 'NX').incr(name).pttl(name);
  else if (one.amount < 0) pipeline.eval(GIVE_BACK, 1, name).get(name).pttl(name);
  else pipeline.exists(name).get(name).pttl(name);
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

async function inTime<T>(answer: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`No answer within ${REDIS_TIMEOUT_MS} ms`)), REDIS_TIMEOUT_MS);
  });
  return Promise.race([answer, late]).finally(() => clearTimeout(timer));
}

// Sessions, addresses, order and telephone numbers do not leave the service.
const hashed = (text: string): string => createHash('sha256').update(text).digest('base64url').slice(0, 22);

const nameOf = ({ limit, of, windowMs }: Hit | Arrival): string =>
  `${PREFIX}${windowMs}:${hashed(`${limit} ${of}`)}`;
