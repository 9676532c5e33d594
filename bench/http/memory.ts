import { CALLS, type CallName } from './data.js';
import { closedLoop, connect, openLoop } from './load.js';
import { residentMb, startService } from './servers.js';

const SAMPLE_MS = 5000;
/** Until then caches fill and the engine compiles: what is there after it ought to stay. */
const SETTLED_PART = 0.3;
const NAMES = Object.keys(CALLS) as CallName[];

export interface Memory {
  minutes: number;
  perSecond: number;
  /** At the ends of the time in which the slope is measured, and the most at any time. */
  startMb: number;
  endMb: number;
  maxMb: number;
  /** Of the line through all samples of that time, in MB a minute. */
  slope: number;
  calls: number;
  failed: number;
}

/** Resident memory of a service that is asked all four calls in turn, half as often as it could answer them. */
export async function watchMemory(env: NodeJS.ProcessEnv, minutes: number): Promise<Memory> {
  const service = await startService('memory', env);
  try {
    let seconds = 0;
    for (const name of NAMES)
      seconds += 1 / (await closedLoop(service, CALLS[name], { seconds: 2 })).perSecond;
    const perSecond = NAMES.length / seconds / 2;
    const samples: [minute: number, mb: number][] = [];
    const started = performance.now();
    const timer = setInterval(
      () => samples.push([(performance.now() - started) / 60_000, residentMb(service) ?? Number.NaN]),
      SAMPLE_MS,
    );
    let nth = 0;
    const next = () => CALLS[NAMES[nth++ % NAMES.length] ?? 'products'];
    const pool = connect(service);
    const { calls, failed } = await openLoop(pool, next, perSecond, minutes * 60);
    await pool.close();
    clearInterval(timer);
    const settled = samples.filter(([minute]) => minute >= minutes * SETTLED_PART);
    const of = (at: number) => settled.at(at)?.[1] ?? Number.NaN;
    const maxMb = Math.max(...samples.map(([, mb]) => mb));
    return {
      minutes,
      perSecond,
      startMb: of(0),
      endMb: of(-1),
      maxMb,
      slope: slopeOf(settled),
      calls,
      failed,
    };
  } finally {
    await service.stop();
  }
}

/** By least squares. */
function slopeOf(points: [x: number, y: number][]): number {
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [x, y] = [mean(points.map(([at]) => at)), mean(points.map(([, value]) => value))];
  const product = mean(points.map(([at, value]) => (at - x) * (value - y)));
  return product / mean(points.map(([at]) => (at - x) ** 2));
}
