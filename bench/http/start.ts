import { median } from './load.js';
import { processorMs, residentMb, type Server, startService } from './servers.js';

const STARTS = 5;

export interface Start {
  /** From the start of the process until it says that it is ready; the median of five. */
  msToReady: number;
  /** Of that, what the processor has worked. */
  processorMs?: number;
  /** Resident memory of a process that has nothing to do, in MB; undefined where the system does not tell. */
  idleMb: number | undefined;
}

/** Starts the service a few times, and leaves the last one to itself until `read` is called. */
export async function measureStarts(env: NodeJS.ProcessEnv) {
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

  async function read(): Promise<Start> {
    const idleMb = residentMb(idle);
    await idle.stop();
    return { msToReady: median(times), processorMs: median(processor), idleMb };
  }

  return { read };
}
