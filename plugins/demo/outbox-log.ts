import type { Unsent } from '../../src/connectors/preview.js';

export interface Kept extends Unsent {
  number: number;
  at: Date;
}

/** As many as someone looks through; a restart begins anew. */
const MAX_KEPT = 300;

/** What would have been sent since the start, the newest first. */
export function createOutboxLog(now: () => Date = () => new Date()) {
  let kept: Kept[] = [];
  let count = 0;
  return {
    /** Another attempt at the same delivery takes the place of the one before. */
    keep(unsent: Unsent): void {
      count += 1;
      const others = kept.filter(({ id }) => id !== unsent.id);
      kept = [{ ...unsent, number: count, at: now() }, ...others].slice(0, MAX_KEPT);
    },
    list: (): readonly Kept[] => kept,
    find: (number: number): Kept | undefined => kept.find((one) => one.number === number),
  };
}

export type OutboxLog = ReturnType<typeof createOutboxLog>;
