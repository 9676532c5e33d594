import { readFileSync } from 'node:fs';
import { median } from './load.js';
import { type Server, startService } from './servers.js';

const STARTS = 5;

export interface Start {
  /** From the start of the process until it says that it is ready; the median of five. */
  msToReady: number;
  /** Resident memory of a process that has nothing to do, in MB; undefined where the system does not tell. */
  idleMb: number | undefined;
}

/** Starts the service a few times, and leaves the last one to itself until `read` is called. */
export async function measureStarts(env: NodeJS.ProcessEnv) {
  const times: number[] = [];
  const start = async (): Promise<Server> => {
    const began = performance.now();
    const server = await startService('idle', { ...env, DISPATCHER: 'off' });
    const { status } = await fetch(`${server.address}/health/ready`);
    if (status !== 200) throw new Error(`The service says ${status} when it is asked whether it is ready`);
    times.push(performance.now() - began);
    return server;
  };
  while (times.length < STARTS - 1) await (await start()).stop();
  const idle = await start();

  async function read(): Promise<Start> {
    const idleMb = residentMb(idle.pid);
    await idle.stop();
    return { msToReady: median(times), idleMb };
  }

  return { read };
}

function residentMb(pid: number): number | undefined {
  try {
    const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return kilobytes ? Number(kilobytes) / 1024 : undefined;
  } catch {
    return undefined;
  }
}
