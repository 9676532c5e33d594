// What tests draw at random comes from one seed, so that a red suite says something of the change and not of the draw. Another
// seed looks further: `TEST_SEED=random npx tap test/catalog/values.test.ts`, and what it finds becomes a row of a table.
import fc from 'fast-check';

const { TEST_SEED = '20261129' } = process.env;

export const SEED = TEST_SEED === 'random' ? Date.now() % 2 ** 31 : Number(TEST_SEED);
if (!Number.isInteger(SEED)) throw new Error(`TEST_SEED is a whole number, or "random", not ${TEST_SEED}`);
fc.configureGlobal({ seed: SEED });

const codePoint = fc.oneof(fc.integer({ min: 0, max: 0xd7ff }), fc.integer({ min: 0xe000, max: 0x10ffff }));

/** Text of any characters. fast-check's own, `unit: 'binary'`, first makes a table of all 1.1 million, which stays in memory. */
export const anyText = (maxLength: number): fc.Arbitrary<string> =>
  fc.array(codePoint, { maxLength }).map((points) => String.fromCodePoint(...points));

export default fc;
