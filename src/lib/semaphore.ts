export interface Semaphore {
  /** Resolves when there is room; first come, first served. Rejects with the signal's reason, and takes nothing, when it is aborted first. */
  acquire(signal?: AbortSignal): Promise<void>;
  release(): void;
  waiting(): number;
}

/** Lets so many at once. A place that is freed goes to the one that has waited longest. */
export function createSemaphore(concurrency: number): Semaphore {
  const queue = new Set<() => void>();
  let taken = 0;

  async function acquire(signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    if (taken < concurrency) {
      taken += 1;
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const leave = () => {
        queue.delete(enter);
        reject(signal?.reason);
      };
      const enter = () => {
        signal?.removeEventListener('abort', leave);
        resolve();
      };
      queue.add(enter);
      signal?.addEventListener('abort', leave, { once: true });
    });
  }

  function release(): void {
    const [next] = queue;
    if (!next) {
      taken -= 1;
      return;
    }
    queue.delete(next);
    next();
  }

  return { acquire, release, waiting: () => queue.size };
}

/** What some work comes to; rejects with the signal's reason, without waiting for it, when that is aborted first. */
export function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const leave = () => reject(signal.reason);
    if (signal.aborted) leave();
    else signal.addEventListener('abort', leave, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', leave));
  });
}
