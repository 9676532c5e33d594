import { setTimeout as sleep } from 'node:timers/promises';
import { median } from './load.js';
import { processorMs, residentMb, type Server, startService } from './servers.js';

const STARTS = 5;
/** After which memory is looked at. */
export const IDLE_SECONDS = 5;

export interface Start {
  /** From the start of the process until it says that it is ready; the median of five. */
  msToReady: number;
  /** Of that, what the processor has worked. */
  processorMs?: number;
  /** Resident memory of a process that has had nothing to do for IDLE_SECONDS, in MB; undefined where the system does not tell. */
  idleMb: number | undefined;
}

/** Starts the service a few times, and looks at the last one when it has had nothing to do for a while. */
export async function measureStarts(env: NodeJS.ProcessEnv): Promise<Start> {
  const times: number[] = [];
  const processor: number[] = [];
  const start = async (): Promise<Server> => {
    const began = performance.now();
    const server = await startService('idle', { ...env, DISPATCHER: 'off' });
    const { status } = await fetch(`${server.address}/health/ready`);
    if (status !== 200) throw new Error(`The service says ${status} when it is asked whether it is ready`);
    times.push(performance.now() - began);
    processor.push(processorMs(server));
    return server;
  };
  while (times.length < STARTS - 1) await (await start()).stop();
  const idle = await start();
  await sleep(IDLE_SECONDS * 1000);
  const idleMb = residentMb(idle);
  await idle.stop();
  return { msToReady: median(times), processorMs: median(processor), idleMb };
}
