import type { ObjectName } from './upload.js';

/** When what could not be cleared away is tried again. After the last time, the bucket's lifecycle has to see to it. */
const AGAIN_MS = [250, 2_000, 10_000, 60_000, 300_000];
/** A store may perform so late what has been broken off, and after what has been asked for since. */
const LATE_MS = 10_000;

/** Clears away what failed uploads have left, also when the store is away for a while just then. */
export function createLeftovers(
  clear: (left: ObjectName) => Promise<void>,
  onGivenUp: (error: unknown) => void,
) {
  const timers = new Set<NodeJS.Timeout>();
  let closed = false;

  /** Resolves when a first attempt has been made; it never fails, so that it hides nothing of why the upload was given up. */
  async function add(left: ObjectName, nth = 0): Promise<void> {
    try {
      await clear(left);
    } catch (error) {
      const waitMs = closed ? undefined : AGAIN_MS[nth];
      if (waitMs === undefined) return onGivenUp(error);
      later(left, waitMs, nth + 1);
    }
  }

  /** Clears away once more what a request that was broken off may still make. */
  const addLate = (left: ObjectName): void => {
    if (!closed) later(left, LATE_MS, 0);
  };

  function later(left: ObjectName, waitMs: number, nth: number): void {
    const timer = setTimeout(() => {
      timers.delete(timer);
      void add(left, nth);
    }, waitMs).unref();
    timers.add(timer);
  }

  function close(): void {
    closed = true;
    for (const timer of timers) clearTimeout(timer);
  }

  return { add, addLate, close };
}
