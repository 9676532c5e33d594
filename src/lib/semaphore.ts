export interface Semaphore {
  /** Resolves when there is room; first come, first served. */
  acquire(): Promise<void>;
  release(): void;
  waiting(): number;
}

/** Lets so many at once. A slot that is freed goes to the one that has waited longest. */
export function createSemaphore(most: number): Semaphore {
  const queue: (() => void)[] = [];
  let taken = 0;
  return {
    async acquire() {
      if (taken >= most) return new Promise<void>((resolve) => queue.push(resolve));
      taken += 1;
    },
    release() {
      const next = queue.shift();
      if (next) next();
      else taken -= 1;
    },
    waiting: () => queue.length,
  };
}
