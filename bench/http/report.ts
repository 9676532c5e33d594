import { execFileSync } from 'node:child_process';
import { cpus, release, totalmem } from 'node:os';
import type { Ablation } from './ablation.js';
import type { Comparison, Load, ToolCost } from './compare.js';
import type { Crowd, Growth } from './growth.js';
import { CONNECTIONS } from './load.js';
import type { Memory } from './memory.js';
import { IS_PINNED } from './servers.js';
import type { Played } from './sessions.js';
import { IDLE_SECONDS, type Start } from './start.js';
import type { HookTime } from './time-hooks.js';

/** What each part of the benchmark finds out, in the order in which they are taken and told. */
export interface Parts {
  start: Start;
  compare: Comparison[];
  load: Load[];
  connections: Crowd[];
  tools: ToolCost[];
  hooks: HookTime[];
  ablation: Ablation[];
  sessions: Played & { count: number };
  growth: { pieces: Growth[]; orders: Growth[] };
  memory: Memory;
}

/** The figures of a part, and when, on what and of which commit they were taken. */
interface Taken<Figures> {
  takenAt: string;
  seconds: number;
  machine: ReturnType<typeof machine>;
  figures: Figures;
}

/** A part that was not taken again keeps what it found before. */
export type Results = { [Part in keyof Parts]?: Taken<Parts[Part]> };

export const machine = () => ({
  cpu: cpus()[0]?.model ?? 'unknown',
  cores: cpus().length,
  memoryGb: Math.round(totalmem() / 2 ** 30),
  kernel: release(),
  node: process.version,
  commit: execFileSync('git', ['describe', '--always', '--dirty'], { encoding: 'utf8' }).trim(),
  database: IS_PINNED ? 'on two cores of its own' : 'on the same cores as the servers and the load',
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
time; where there are four cores, the database (the embedded one) has two of its own. A pause between two servers, another order each round, medians of the ratios of each round after a warm-up. Processor
time is the server process's own for a call, as the kernel counts it (/proc), and holds on a busy machine; requests a second do not. A table is void when the processor time of A′ is off by more than 5 % after all rounds, or an answer was not 2xx.`;

/** The report for people; the figures behind it stand in the JSON beside it. */
export function markdown(results: Results): string {
  const names = Object.keys(SECTIONS) as (keyof Parts)[];
  const sections = names.flatMap((name) => (results[name] ? [section(name, results[name] as never)] : []));
  const missing = names.filter((name) => !results[name]);
  return `# Figures of the service

Taken by \`npm run bench\`; each part says when, and at which commit.${missing.length > 0 ? ` Not taken yet: ${missing.join(', ')}.` : ''} ${toldVoid(results)}

${METHOD}

${sections.join('\n\n')}
`;
}

function section<Part extends keyof Parts>(part: Part, taken: Taken<Parts[Part]>): string {
  const { machine: m, takenAt, seconds, figures } = taken;
  const [title, tell] = SECTIONS[part];
  return `## ${title}

${takenAt.slice(0, 16).replace('T', ' ')} UTC at ${m.commit}, in ${Math.round(seconds)} s: ${m.cpu}, ${m.cores} cores, ${m.memoryGb} GB, Linux ${m.kernel}, Node ${m.node}, the database ${m.database}.

${tell(figures)}`;
}

/** What does not count, in a sentence. */
function toldVoid({ compare, load, connections, growth, memory, sessions }: Results): string {
  const failing = (name: string, parts: { call: string; failed: number }[] = []) =>
    parts
      .filter(({ failed }) => failed > 0)
      .map(({ call, failed }) => `${name} of ${call} (${failed} not answered with 2xx)`);
  const reasons = [
    ...(compare?.figures ?? []).flatMap(({ call, connections, void: reason }) =>
      reason ? [`${call} at ${connections} connections (${reason})`] : [],
    ),
    ...failing(
      'latency',
      load?.figures.map((one) => ({ call: one.call, failed: one.a.failed + one.service.failed })),
    ),
    ...failing('connections', connections?.figures),
    ...failing('growth', [...(growth?.figures.pieces ?? []), ...(growth?.figures.orders ?? [])]),
    ...failing('memory', memory && [{ call: 'all calls', failed: memory.figures.failed }]),
    ...failing('customers', sessions && [{ call: 'all calls', failed: sessions.figures.failed }]),
  ];
  return reasons.length > 0 ? `**Void: ${reasons.join('; ')}.**` : 'Nothing of it is void.';
}

type Section<Part extends keyof Parts> = [title: string, tell: (figures: Parts[Part]) => string];

const SECTIONS: { [Part in keyof Parts]: Section<Part> } = {
  start: [
    'Start and memory',
    ({ msToReady, processorMs, idleMb }) =>
      `From the start of the process to ready: ${Math.ceil(msToReady)} ms${processorMs ? `, of which ${Math.ceil(processorMs)} ms of processor time` : ''}. Resident memory of a service that has had nothing to do for ${IDLE_SECONDS} seconds after it: ${idleMb ? `${Math.ceil(idleMb)} MB` : 'not told by this system'}.`,
  ],
  compare: [
    'Against bare Fastify and Express',
    (comparisons) => `### Processor time for a call, in microseconds

${comparison(comparisons, 'processorUs', 'processor')}

${ofDatabase(comparisons)}### Requests per second

${comparison(comparisons, 'perSecond', 'requests')}`,
  ],
  load: [
    'Latency in open loop, in milliseconds',
    (
      loads,
    ) => `At a fixed rate, counted from when each request was due; A and the service in turn, the medians of the rounds.

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
  loads.map(({ call, part, perSecond, isWithinPeak, a, service: b, addedP95 }) => [
    call,
    `${part * 100} %`,
    whole(perSecond),
    ...[a.p50, a.p95, a.p99, b.p50, b.p95, b.p99].map(ms),
    isWithinPeak ? ms(addedP95) : 'beyond its peak',
    String(a.failed + b.failed),
  ]),
)}`,
  ],
  connections: [
    'By connections',
    (
      crowds,
    ) => `Processor time for a call in microseconds, and requests per second: what is asked at once is asked of the database together.

${table(
  ['call', 'connections', 'A µs', 'B µs', 'B/A', 'A/s', 'B/s', 'B/A', 'not 2xx'],
  crowds.map(({ call, connections, a, service: b, failed }) => [
    ...[call, String(connections), whole(a.processorUs), whole(b.processorUs)],
    cut(b.processorUs / a.processorUs, 2),
    ...[whole(a.perSecond), whole(b.perSecond), cut(b.perSecond / a.perSecond, 2), String(failed)],
  ]),
)}`,
  ],
  tools: [
    'Tools of assistants',
    (
      tools,
    ) => `Processor time of the service for a call of a tool and for a call of its route, in microseconds; eight connections.

${table(
  ['tool', 'route', 'tool', 'ratio', 'not 2xx'],
  tools.map(({ tool, routeUs, toolUs, ratio, failed }) => [
    ...[tool, whole(routeUs), whole(toolUs), cut(ratio, 2), String(failed)],
  ]),
)}`,
  ],
  hooks: [
    'What each hook takes',
    (
      hooks,
    ) => `Of a shortlist with an idempotency key, ${CONNECTIONS} connections: the median of what a hook takes until it hands over to the next one, in microseconds; what it waits for is not in it. In all ${hooks.reduce((sum, { us }) => sum + us, 0).toFixed(1)}.

${table(
  ['hook', 'plugin', 'µs'],
  hooks.map(({ hook, plugin, us }) => [hook, plugin, us.toFixed(2)]),
)}`,
  ],
  ablation: [
    'What each feature costs',
    (
      ablation,
    ) => `A shortlist with an idempotency key; the processor time for a call without the feature against that with everything, both servers started for it, from single modules. What the second copy of the whole is off by is noise.

${table(
  ['without', 'ratio', 'not 2xx'],
  ablation.map(({ without, ratio, failed }) => [without, cut(ratio, 2), String(failed)]),
)}`,
  ],
  sessions: [
    'Customers at once',
    ({ count, calls, p50, p95, p99, refused, failed }) =>
      `${count} go through the journeys, each thinking 2 s on average before each call: ${whole(calls)} calls, p50 ${ms(p50)} ms, p95 ${ms(p95)} ms, p99 ${ms(p99)} ms, ${refused} holds refused because others have the piece, ${failed} failed.`,
  ],
  growth: [
    'Growth',
    ({ pieces, orders }) => `One call after the other, beside a worker that does what follows.

${grown('pieces', pieces)}

${grown('orders', orders)}`,
  ],
  memory: [
    'Memory over time',
    ({ minutes, perSecond, startMb, endMb, maxMb, slope, calls, failed }) =>
      `All four calls in turn at half of what the service can answer, ${whole(perSecond)} a second for ${minutes} minutes: ${whole(calls)} calls, ${failed} failed. After the first third resident memory went from ${Math.ceil(startMb)} to ${Math.ceil(endMb)} MB, by ${slope.toFixed(2)} MB a minute; ${Math.ceil(maxMb)} MB at most.`,
  ],
};

// what was measured earlier has no figure of it
function ofDatabase(comparisons: Comparison[]): string {
  const rows = comparisons.flatMap(({ call, connections, databaseUs: f }) =>
    f ? [[call, String(connections), ...[f.a, f.copy, f.service, f.express, f.team].map(whole)]] : [],
  );
  if (rows.length === 0) return '';
  return `### Processor time of the database for a call, in microseconds

With what is written behind the answers.

${table(['call', 'connections', 'A', 'A′', 'B', 'C', 'D'], rows)}

`;
}

const grown = (what: string, sizes: Growth[]): string =>
  table(
    [what, 'call', 'ms', 'processor µs', 'not 2xx'],
    sizes.map(({ size, call, msPerCall, processorUs, failed }) => [
      ...[whole(size), call, ms(msPerCall), whole(processorUs), String(failed)],
    ]),
  );

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

const table = (head: string[], rows: string[][]): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
