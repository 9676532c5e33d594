import type { Destination } from './enqueue.js';

export interface DestinationStats {
  attempts: number;
  delivered: number;
  retried: number;
  dead: number;
  skipped: number;
  superseded: number;
}

export type DispatcherStats = Partial<Record<Destination, DestinationStats>>;

/** Counts what one process has done, by destination. */
export function createStats() {
  const counts: DispatcherStats = {};
  const count = (to: Destination, what: keyof DestinationStats): void => {
    counts[to] ??= { attempts: 0, delivered: 0, retried: 0, dead: 0, skipped: 0, superseded: 0 };
    counts[to][what] += 1;
  };
  return { count, read: (): DispatcherStats => structuredClone(counts) };
}

export type Stats = ReturnType<typeof createStats>;
