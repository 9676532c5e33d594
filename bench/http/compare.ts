import { setTimeout as sleep } from 'node:timers/promises';
import { CALLS, type CallName } from './data.js';
import { closedLoop, type Latencies, median, openLoop } from './load.js';
import type { Server } from './servers.js';

/** A and a copy of it, the service, and Express with zod. */
export interface Arms {
  a: Server;
  copy: Server;
  service: Server;
  express: Server;
}

export interface Comparison {
  call: CallName;
  /** Requests per second, the median of the rounds. */
  perSecond: Record<keyof Arms, number>;
  /** Medians of the ratios of each round. */
  noise: number;
  againstBare: number;
  againstExpress: number;
  failed: number;
  /** Why the figures do not count, if they do not. */
  void?: string;
  rounds: Record<keyof Arms, number>[];
}

const NAMES = ['a', 'copy', 'service', 'express'] as const;
const MAX_NOISE = 0.05;
const MAX_STALLED = 4;
/** Of the length of a round: the service has much code that the engine has to come to know. */
const WARM_UP_FACTOR = 3;

/** The arms in an order in which, over four rounds, each is first, second, third and last once, and follows each of the others once within a round. */
const ORDERS = [
  ['a', 'copy', 'express', 'service'],
  ['copy', 'service', 'a', 'express'],
  ['service', 'express', 'copy', 'a'],
  ['express', 'a', 'service', 'copy'],
] as const;

/** The arms one after the other, so that what drifts, and what one leaves behind, meets all of them alike. */
export async function compare(
  arms: Arms,
  call: CallName,
  rounds: number,
  seconds: number,
): Promise<Comparison> {
  let failed = 0;
  for (const name of NAMES) {
    const warmUp = await closedLoop(arms[name], CALLS[call], { seconds: WARM_UP_FACTOR * seconds });
    if (!(warmUp.perSecond > 0)) throw new Error(`${name} answers no call of ${call} with 2xx`);
    failed += warmUp.failed;
  }
  const results: Comparison['rounds'] = [];
  let stalled = 0;
  for (let round = 0; round < rounds; round++) {
    const result = { a: 0, copy: 0, service: 0, express: 0 };
    for (const name of ORDERS[round % ORDERS.length] ?? NAMES) {
      await settled();
      const { perSecond, failed: more } = await closedLoop(arms[name], CALLS[call], { seconds });
      result[name] = perSecond;
      failed += more;
    }
    // the database of a benchmark stops now and then for longer than a round: such a round says nothing
    if (NAMES.some((name) => result[name] === 0) && ++stalled <= MAX_STALLED) round--;
    else results.push(result);
  }
  const ratio = (one: keyof Arms, other: keyof Arms) => median(results.map((r) => r[one] / r[other]));
  const noise = ratio('copy', 'a');
  const reason =
    failed > 0
      ? `${failed} answers were not 2xx`
      : stalled > MAX_STALLED
        ? 'in several rounds nothing was answered'
        : Math.abs(noise - 1) > MAX_NOISE
          ? `the copy of A is off by ${Math.abs((noise - 1) * 100).toFixed(1)} %`
          : undefined;
  return {
    call,
    perSecond: Object.fromEntries(
      NAMES.map((name) => [name, median(results.map((r) => r[name]))]),
    ) as Comparison['perSecond'],
    noise,
    againstBare: ratio('service', 'a'),
    againstExpress: ratio('service', 'express'),
    failed,
    ...(reason && { void: reason }),
    rounds: results,
  };
}

/** What a server writes behind its answers does not burden the next one. */
const settled = () => sleep(300);

export interface Load {
  call: CallName;
  /** Of what A can do at most. */
  part: number;
  perSecond: number;
  /** Whether the service can answer as many at all; if not, its latencies are the length of a queue. */
  isWithinPeak: boolean;
  a: Latencies;
  service: Latencies;
}

export async function underLoad(
  arms: Arms,
  { call, perSecond }: Comparison,
  part: number,
  seconds: number,
): Promise<Load> {
  const rate = perSecond.a * part;
  const run = async (name: 'a' | 'service') => {
    await settled();
    return openLoop(arms[name], CALLS[call], rate, seconds);
  };
  const a = await run('a');
  const service = await run('service');
  return { call, part, perSecond: rate, isWithinPeak: rate < perSecond.service, a, service };
}
