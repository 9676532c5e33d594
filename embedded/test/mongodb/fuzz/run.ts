// Runs the fuzzers. Every case can be had again from the seed that a failure names.
import { CASES_PER_ROUND, filterRound } from './filters.js';
import { updateCase } from './updates.js';

type Fuzzer = 'filters' | 'updates';

/** Runs this many cases, or a few more; `only` is the round of filters or the case of updates to run alone. */
export function fuzz(fuzzer: Fuzzer, seed: string, cases: number, only?: number): number {
  const run = fuzzer === 'filters' ? filterRound : updateCase;
  const each = fuzzer === 'filters' ? CASES_PER_ROUND : 1;
  const rounds = Math.ceil(cases / each);
  for (let i = only ?? 0; i < (only === undefined ? rounds : only + 1); i++) {
    try {
      run(`${fuzzer}-${seed}-${i}`);
    } catch (error) {
      const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
      throw new Error(`again: npm run fuzz:embedded -- ${fuzzer} ${seed} ${i}\n${message}`);
    }
  }
  return rounds * each;
}
