const LOOK_EVERY_MS = 1000;
/** V8 does by itself after a minute what is done here. */
const MAX_LOOKS = 30;
/** A process that has worked for less of a second has been asked for next to nothing. */
const IDLE_SHARE = 0.1;

/**
 * Gives back what the start needed and nothing uses any more, a quarter of the process's memory, in the first second in which there is next
 * to nothing to do: the process stands still for some 50 ms. One that is busy from the first keeps it: its young generation, which grew with
 * the start, would grow again. Resolves when it is done, or will not be.
 */
export function releaseMemoryWhenIdle(): Promise<void> {
  let before = performance.eventLoopUtilization();
  let looks = 0;
  return new Promise((resolve) => {
    const timer = setInterval(() => {
      const isIdle = performance.eventLoopUtilization(before).utilization < IDLE_SHARE;
      before = performance.eventLoopUtilization();
      looks++;
      if (!isIdle && looks < MAX_LOOKS) return;
      clearInterval(timer);
      resolve(isIdle ? release() : undefined);
    }, LOOK_EVERY_MS).unref();
  });
}

// The only documented way to have V8 reduce its memory at once. Not every Node has it, or lets a process use it: then V8 does it in its time.
async function release(): Promise<void> {
  const { Session } = await import('node:inspector').catch(() => ({ Session: undefined }));
  if (!Session) return;
  const session = new Session();
  try {
    session.connect();
  } catch {
    return;
  }
  await new Promise((resolve) => session.post('HeapProfiler.collectGarbage', resolve));
  // one that is closed while it answers keeps the process from going on
  setImmediate(() => session.disconnect());
}
