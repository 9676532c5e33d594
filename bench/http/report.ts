import { execFileSync } from 'node:child_process';
import { cpus, release, totalmem } from 'node:os';
import type { Ablation } from './ablation.js';
import type { Comparison, Load, ToolCost } from './compare.js';
import type { Growth } from './growth.js';
import type { Played } from './sessions.js';
import type { Start } from './start.js';

export interface Results {
  takenAt: string;
  machine: ReturnType<typeof machine>;
  seconds: number;
  start: Start | undefined;
  comparisons: Comparison[];
  loads: Load[];
  tools: ToolCost[];
  ablation: Ablation[];
  sessions: Played & { count: number };
  growth: { products: Growth[]; orders: Growth[] };
}

export const machine = () => ({
  cpu: cpus()[0]?.model ?? 'unknown',
  cores: cpus().length,
  memoryGb: Math.round(totalmem() / 2 ** 30),
  kernel: release(),
  node: process.version,
  commit: execFileSync('git', ['describe', '--always', '--dirty'], { encoding: 'utf8' }).trim(),
});

// figures are cut, not rounded up
const cut = (value: number, digits: number): string => {
  const scale = 10 ** digits;
  return (Math.floor(value * scale) / scale).toFixed(digits);
};
const whole = (value: number): string => Math.floor(value).toLocaleString('en');
const ms = (value: number): string => (Math.ceil(value * 100) / 100).toFixed(2);

const METHOD = `A is a Fastify handler that asks the database the same, each question by itself, with the service's rules and the same response schema and nothing around it; A′ is a second copy of it, and shows the noise;
B is the service as deployed, its limits counted but out of reach; C is Express 5 with zod doing what A does; D is C as a team would deploy it for the same job: helmet, express-rate-limit, pino-http, prom-client, a key, the
session's life and an event written behind the answer. Pieces are asked of the database by A, C and D; B has them in memory. Each server is a process of its own with the same flags, pool and data, and all of them are there all the
time; the database (the embedded one), the servers and the load share the machine's cores. A pause between two servers, another order each round, medians of the ratios of each round after a warm-up. Processor
time is the server process's own for a call, as the kernel counts it (/proc), and holds on a busy machine; requests a second do not. A table is void when the processor time of A′ is off by more than 5 % after all rounds, or an answer was not 2xx.`;

/** The report for people, of the parts that were taken; the figures behind it stand in the JSON beside it. */
export function markdown({ machine: m, ...results }: Results): string {
  const parts: [isTaken: boolean, section: () => string][] = [
    [
      results.loads.length > 0,
      () => `## Latency in open loop, in milliseconds

At a fixed rate, counted from when each request was due.

${table(
  [
    'call',
    "of A's peak",
    'requests/s',
    'A p50',
    'A p95',
    'A p99',
    'B p50',
    'B p95',
    'B p99',
    'added p95',
    'not 2xx',
  ],
  results.loads.map(({ call, part, perSecond, isWithinPeak, a, service: b }) => [
    call,
    `${part * 100} %`,
    whole(perSecond),
    ...[a.p50, a.p95, a.p99, b.p50, b.p95, b.p99].map(ms),
    isWithinPeak ? ms(b.p95 - a.p95) : 'beyond its peak',
    String(a.failed + b.failed),
  ]),
)}`,
    ],
    [
      results.tools.length > 0,
      () => `## Tools of assistants

Processor time of the service for a call of a tool and for a call of its route, in microseconds; eight connections.

${table(
  ['tool', 'route', 'tool', 'ratio', 'not 2xx'],
  results.tools.map(({ tool, routeUs, toolUs, ratio, failed }) => [
    ...[tool, whole(routeUs), whole(toolUs), cut(ratio, 2), String(failed)],
  ]),
)}`,
    ],
    [
      results.ablation.length > 0,
      () => `## What each feature costs

A shortlist with an idempotency key; the throughput without the feature against that with everything, both servers started for it. What the second copy of the whole is off by is noise.

${table(
  ['without', 'ratio', 'not 2xx'],
  results.ablation.map(({ without, ratio, failed }) => [without, cut(ratio, 2), String(failed)]),
)}`,
    ],
    [
      results.sessions.calls > 0,
      () => `## ${results.sessions.count} customers at once

Each goes through the journeys, thinking 2 s on average before each call: ${whole(results.sessions.calls)} calls, p50 ${ms(results.sessions.p50)} ms, p95 ${ms(results.sessions.p95)} ms, p99 ${ms(results.sessions.p99)} ms, ${results.sessions.refused} holds refused because others have the piece, ${results.sessions.failed} failed.`,
    ],
    [
      results.growth.orders.length > 0,
      () => `## Growth

One call after the other, in milliseconds.

${table(
  ['pieces', 'products'],
  results.growth.products.map(({ size, msPerCall }) => [whole(size), ms(msPerCall)]),
)}

${table(
  ['orders', 'order status'],
  results.growth.orders.map(({ size, msPerCall }) => [whole(size), ms(msPerCall)]),
)}`,
    ],
  ];
  const taken = parts.filter(([isTaken]) => isTaken).map(([, section]) => section());
  return `# Figures of the service

Taken ${results.takenAt} at ${m.commit} by \`npm run bench\` in ${Math.round(results.seconds)} s: ${m.cpu}, ${m.cores} cores, ${m.memoryGb} GB, Linux ${m.kernel}, Node ${m.node}.

${METHOD}

## Start and memory

${started(results.start)}

## Processor time for a call, in microseconds

${comparison(results.comparisons, 'processorUs', 'processor')}

## Requests per second

${comparison(results.comparisons, 'perSecond', 'requests')}

${taken.join('\n\n')}
`;
}

const comparison = (
  comparisons: Comparison[],
  figure: 'processorUs' | 'perSecond',
  ratios: 'processor' | 'requests',
): string =>
  table(
    ['call', 'connections', 'A', 'A′', 'B', 'C', 'D', 'A′/A', 'B/A', 'B/C', 'B/D', 'rounds', ''],
    comparisons.map(({ call, connections, [figure]: f, [ratios]: r, rounds, void: reason }) => [
      call,
      String(connections),
      ...[f.a, f.copy, f.service, f.express, f.team].map(whole),
      ...[r.noise, r.bare, r.express, r.team].map((ratio) => cut(ratio, 2)),
      String(rounds),
      reason ? `**void**: ${reason}` : '',
    ]),
  );

const started = (start: Start | undefined): string => {
  if (!start) return 'Not measured.';
  const memory = start.idleMb ? `${Math.ceil(start.idleMb)} MB` : 'not told by this system';
  return `From the start of the process to ready: ${Math.ceil(start.msToReady)} ms. Resident memory of a service that has had nothing to do for minutes: ${memory}.`;
};

const table = (head: string[], rows: string[][]): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
