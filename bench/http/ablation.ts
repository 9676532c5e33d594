import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CALLS } from './data.js';
import { closedLoop, median } from './load.js';
import { type Server, startModules, startSilentService, startTimed } from './servers.js';
import type { HookTime } from './time-hooks.js';

export interface Ablation {
  without: string;
  /** Processor time for a call without it, against that with everything. */
  ratio: number;
  failed: number;
}

interface Variant {
  without: string;
  stub?: string;
  isSilent?: true;
  env?: NodeJS.ProcessEnv;
}

const WARM_UPS = 3;
const NO_LIMITS = { RATE_LIMIT_PER_SESSION: '0', RATE_LIMIT_PER_KEY: '0', RATE_LIMIT_BURST: '0' };
const VARIANTS: Variant[] = [
  { without: 'nothing (a second copy of the whole)' },
  { without: 'keys', stub: 'auth' },
  { without: 'limits', env: NO_LIMITS },
  { without: 'logging', isSilent: true },
  { without: 'metrics', stub: 'measure-requests' },
  { without: 'own events', stub: 'events' },
  { without: 'idempotency', stub: 'idempotency' },
  { without: 'session touch', stub: 'sessions' },
];

/** Each feature off in turn, on the call that has them all: a shortlist with an idempotency key. */
export async function ablate(env: NodeJS.ProcessEnv, rounds: number, seconds: number): Promise<Ablation[]> {
  const results: Ablation[] = [];
  for (const { without, stub, isSilent, env: more } of VARIANTS) {
    const settings = { ...env, ...more };
    const variant = isSilent
      ? await startSilentService(without, settings)
      : await startModules(without, settings, stub);
    // a fresh one each time: the longer a server has run, the better the engine knows its code
    const whole = await startModules('whole', env);
    results.push({ without, ...(await compareWith(whole, variant, rounds, seconds)) });
    await Promise.all([variant.stop(), whole.stop()]);
  }
  return results;
}

/** What each hook takes of such a call, of those that most calls pass. */
export async function timeHooks(env: NodeJS.ProcessEnv, seconds: number): Promise<HookTime[]> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-hooks-'));
  const file = join(folder, 'hooks.json');
  const server = await startTimed('hooks', env, file);
  await closedLoop(server, CALLS.shortlist, { seconds: 10 * seconds, keyed: true });
  await server.stop();
  const hooks: HookTime[] = JSON.parse(readFileSync(file, 'utf8'));
  rmSync(folder, { recursive: true });
  const most = Math.max(...hooks.map(({ calls }) => calls));
  return hooks.filter(({ calls }) => calls > most / 2);
}

async function compareWith(whole: Server, variant: Server, rounds: number, seconds: number) {
  const ratios: number[] = [];
  let failed = 0;
  const run = async (server: Server) => {
    const result = await closedLoop(server, CALLS.shortlist, { seconds, keyed: true });
    failed += result.failed;
    return result.processorUs;
  };
  for (let n = 0; n < WARM_UPS; n++) for (const server of [whole, variant]) await run(server);
  for (let round = 0; round < rounds; round++) {
    const isFirst = round % 2 === 0;
    const first = await run(isFirst ? whole : variant);
    const second = await run(isFirst ? variant : whole);
    ratios.push(isFirst ? second / first : first / second);
  }
  return { ratio: median(ratios), failed };
}
