export interface Slots {
  /** Resolves when there is room; first come, first served. */
  take(): Promise<void>;
  free(): void;
  waiting(): number;
}

/** Lets so many at once. A slot that is freed goes to the one that has waited longest. */
export function createSlots(most: number): Slots {
  const queue: (() => void)[] = [];
  let taken = 0;
  return {
    async take() {
      if (taken >= most) return new Promise<void>((resolve) => queue.push(resolve));
      taken += 1;
    },
    free() {
      const next = queue.shift();
      if (next) next();
      else taken -= 1;
    },
    waiting: () => queue.length,
  };
}
