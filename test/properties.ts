// What tests draw at random comes from one seed, so that a red suite says something of the change and not of the draw. Another
// seed looks further: `TEST_SEED=random npx tap test/catalog/values.test.ts`, and what it finds becomes a row of a table.
import fc from 'fast-check';

const { TEST_SEED = '20261129' } = process.env;

export const SEED = TEST_SEED === 'random' ? Date.now() % 2 ** 31 : Number(TEST_SEED);
if (!Number.isInteger(SEED)) throw new Error(`TEST_SEED is a whole number, or "random", not ${TEST_SEED}`);
fc.configureGlobal({ seed: SEED });

export default fc;
