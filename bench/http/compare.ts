import { setTimeout as sleep } from 'node:timers/promises';
import { CALLS, type Call, type CallName, toolCall } from './data.js';
import {
  CONNECTIONS,
  closedLoop,
  connect,
  type Latencies,
  median,
  openLoop,
  type Throughput,
} from './load.js';
import { processorMs, type Server } from './servers.js';

/** A and a copy of it, the service, Express with zod, and Express as a team would deploy it. */
export interface Arms {
  a: Server;
  copy: Server;
  service: Server;
  express: Server;
  team: Server;
}

type Figures = Record<keyof Arms, number>;
type Measured = Throughput & { databaseUs: number };

export interface Comparison {
  call: CallName;
  connections: number;
  /** The medians of the rounds. */
  perSecond: Figures;
  processorUs: Figures;
  /** Of the database's process for a call, with what is written behind the answers. */
  databaseUs?: Figures;
  /** Medians of the ratios of each round: of the copy, of the service to each of the others; by processor time for a call, and by requests. */
  processor: Ratios;
  requests: Ratios;
  rounds: number;
  failed: number;
  /** Why the figures do not count, if they do not. */
  void?: string;
}

/** The copy of A, and the service, against A; the service against Express with zod and against what a team would deploy. */
export interface Ratios {
  noise: number;
  bare: number;
  express: number;
  team: number;
}

const NAMES = ['a', 'copy', 'service', 'express', 'team'] as const;
const MAX_NOISE = 0.05;
const MAX_STALLED = 4;
/** Of the length of a round: the service has much code that the engine has to come to know. */
export const WARM_UP_FACTOR = 3;

/** The arms in an order in which, over five rounds, each is once at each place. */
const orderOf = (round: number) => NAMES.map((_, place) => NAMES[(place + round) % NAMES.length] ?? 'a');

export interface Rounds {
  connections?: number;
  /** As many at least; as long as the noise is too large, more. */
  rounds: number;
  maxRounds: number;
  /** Whether there is time for more. */
  mayGoOn(): boolean;
  seconds: number;
  /** Its process. */
  database: { pid: number };
}

/** The arms one after the other, so that what drifts, and what one leaves behind, meets all of them alike. */
export async function compare(
  arms: Arms,
  call: CallName,
  { connections = CONNECTIONS, rounds, maxRounds, mayGoOn, seconds, database }: Rounds,
): Promise<Comparison> {
  let failed = 0;
  for (const name of NAMES) {
    const warmUp = await closedLoop(arms[name], CALLS[call], { seconds: WARM_UP_FACTOR * seconds });
    if (!(warmUp.perSecond > 0)) throw new Error(`${name} answers no call of ${call} with 2xx`);
    failed += warmUp.failed;
  }
  const all: Record<keyof Arms, Measured>[] = [];
  let stalled = 0;
  await settled();
  const ratios = (figure: 'perSecond' | 'processorUs'): Ratios => {
    const ratio = (one: keyof Arms, other: keyof Arms) =>
      median(all.map((round) => round[one][figure] / round[other][figure]));
    return {
      noise: ratio('copy', 'a'),
      bare: ratio('service', 'a'),
      express: ratio('service', 'express'),
      team: ratio('service', 'team'),
    };
  };
  const isNoisy = () => Math.abs(ratios('processorUs').noise - 1) > MAX_NOISE;
  while (all.length < rounds || (isNoisy() && all.length < maxRounds && mayGoOn())) {
    const round: Partial<Record<keyof Arms, Measured>> = {};
    for (const name of orderOf(all.length)) {
      const before = processorMs(database);
      const result = await closedLoop(arms[name], CALLS[call], { seconds, connections });
      await settled();
      const databaseUs = ((processorMs(database) - before) * 1000) / result.calls;
      round[name] = { ...result, databaseUs };
      failed += result.failed;
    }
    // the database of a benchmark stops now and then for longer than a round: such a round says nothing
    if (NAMES.some((name) => !round[name]?.perSecond) && ++stalled <= MAX_STALLED) continue;
    all.push(round as Record<keyof Arms, Measured>);
  }
  const processor = ratios('processorUs');
  const reason =
    failed > 0
      ? `${failed} answers were not 2xx`
      : stalled > MAX_STALLED
        ? 'in several rounds nothing was answered'
        : isNoisy()
          ? `the copy of A is off by ${Math.abs((processor.noise - 1) * 100).toFixed(1)} %`
          : undefined;
  const medians = (figure: 'perSecond' | 'processorUs' | 'databaseUs') =>
    Object.fromEntries(
      NAMES.map((name) => [name, median(all.map((round) => round[name][figure]))]),
    ) as Figures;
  return {
    call,
    connections,
    perSecond: medians('perSecond'),
    processorUs: medians('processorUs'),
    databaseUs: medians('databaseUs'),
    processor,
    requests: ratios('perSecond'),
    rounds: all.length,
    failed,
    ...(reason && { void: reason }),
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
  /** The medians of the rounds. */
  a: Latencies;
  service: Latencies;
  /** By how much the service's p95 is above A's in the same round, in milliseconds: the median. */
  addedP95: number;
}

/** A and the service in turn, each the first one in every other round, when both have opened their connections. */
export async function underLoad(
  arms: Arms,
  { call, perSecond }: Comparison,
  part: number,
  { rounds, seconds }: Pick<Rounds, 'rounds' | 'seconds'>,
): Promise<Load> {
  const rate = perSecond.a * part;
  const pools = { a: connect(arms.a), service: connect(arms.service) };
  const run = async (name: 'a' | 'service') => {
    await settled();
    return openLoop(pools[name], () => CALLS[call], rate, seconds);
  };
  await run('a');
  await run('service');
  const all: Record<'a' | 'service', Latencies>[] = [];
  for (let round = 0; round < rounds; round++) {
    const isFirst = round % 2 === 0;
    const first = await run(isFirst ? 'a' : 'service');
    const second = await run(isFirst ? 'service' : 'a');
    all.push(isFirst ? { a: first, service: second } : { a: second, service: first });
  }
  await Promise.all([pools.a.close(), pools.service.close()]);
  const medians = (name: 'a' | 'service'): Latencies => {
    const of = (figure: 'p50' | 'p95' | 'p99') => median(all.map((round) => round[name][figure]));
    const sum = (figure: 'calls' | 'failed') => all.reduce((total, round) => total + round[name][figure], 0);
    return { p50: of('p50'), p95: of('p95'), p99: of('p99'), calls: sum('calls'), failed: sum('failed') };
  };
  return {
    call,
    part,
    perSecond: rate,
    isWithinPeak: rate < perSecond.service,
    a: medians('a'),
    service: medians('service'),
    addedP95: median(all.map(({ a, service }) => service.p95 - a.p95)),
  };
}

/** What a tool costs of which its route costs 1, in processor time of the service; the median of the rounds. */
export interface ToolCost {
  tool: string;
  routeUs: number;
  toolUs: number;
  ratio: number;
  failed: number;
}

const TOOLS: [tool: string, call: CallName][] = [
  ['search_products', 'products'],
  ['order_status', 'order status'],
];

/** A tool between two runs of its route, so that what drifts meets both alike. */
export async function compareTools(service: Server, rounds: number, seconds: number): Promise<ToolCost[]> {
  const results: ToolCost[] = [];
  for (const [tool, name] of TOOLS) {
    const call = CALLS[name];
    let failed = 0;
    const run = async (one: Call, factor = 1) => {
      const result = await closedLoop(service, one, { seconds: factor * seconds, connections: 8 });
      failed += result.failed;
      return result.processorUs;
    };
    for (const one of [call, toolCall(tool, call)]) await run(one, WARM_UP_FACTOR);
    const all: { route: number; tool: number }[] = [];
    while (all.length < rounds) {
      const before = await run(call);
      const between = await run(toolCall(tool, call));
      all.push({ route: (before + (await run(call))) / 2, tool: between });
    }
    results.push({
      tool,
      routeUs: median(all.map((round) => round.route)),
      toolUs: median(all.map((round) => round.tool)),
      ratio: median(all.map((round) => round.tool / round.route)),
      failed,
    });
  }
  return results;
}
