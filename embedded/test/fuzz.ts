/*
 * Compares the embedded MongoDB with a plain model of it, on random filters and random updates.
 *
 *   npm run fuzz:embedded                          50,000 cases of each, from a new seed
 *   npm run fuzz:embedded -- <seed>                the same cases again
 *   npm run fuzz:embedded -- filters <seed> <n>    the one round of filters, or case of updates, that failed
 */
import { randomBytes } from 'node:crypto';
import { fuzz } from './mongodb/fuzz/run.js';

const CASES = 50_000;
const [first, second, third] = process.argv.slice(2);

if (first === 'filters' || first === 'updates') {
  fuzz(first, second ?? '', CASES, third === undefined ? undefined : Number(third));
  console.log('The case passes.');
} else {
  const seed = first ?? randomBytes(6).toString('hex');
  console.log(`seed ${seed}`);
  for (const fuzzer of ['filters', 'updates'] as const) {
    const started = performance.now();
    const cases = fuzz(fuzzer, seed, CASES);
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    console.log(`${fuzzer}: ${cases} cases as the model has it, in ${seconds} s`);
  }
}
