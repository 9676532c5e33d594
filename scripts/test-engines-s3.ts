/*
 * Runs the operations that are asked of the embedded S3 against other servers, to see whether they are right.
 *
 *   npx tsx scripts/test-engines-s3.ts      moto from PyPI and versitygw from the Go proxy, kept in node_modules/.cache
 *   TEST_S3_ENDPOINT=… S3_ACCESS_KEY_ID=… S3_SECRET_ACCESS_KEY=… npx tsx scripts/test-engines-s3.ts     any S3
 *
 * What is known to differ, and why, stands in embedded/test/s3/differences.ts.
 */
import { S3_DIFFERENCES } from '../embedded/test/s3/differences.js';
import { runS3Operations, type S3Result } from '../embedded/test/s3/operations.js';
import type { S3Target } from '../embedded/test/s3/target.js';
import { CREDENTIALS, type Engine, MOTO, startEngine, VERSITYGW } from './outside/engines.js';
import { isMain } from './run.js';

/** Whether every other S3 that can be had here agrees, but for the differences that are known. */
export async function testS3Engines(): Promise<boolean> {
  const endpoint = process.env.TEST_S3_ENDPOINT;
  if (endpoint) return compare('the S3 given', targetFromEnvironment(endpoint));
  let isFine = true;
  for (const program of [MOTO, VERSITYGW]) {
    const engine = await startEngine(program);
    if (engine) isFine = (await testEngine(engine)) && isFine;
  }
  return isFine;
}

function targetFromEnvironment(endpoint: string): S3Target {
  return {
    endpoint,
    region: process.env.S3_REGION || CREDENTIALS.region,
    accessKeyId: process.env.S3_ACCESS_KEY_ID ?? '',
    secretAccessKey: process.env.S3_SECRET_ACCESS_KEY ?? '',
  };
}

async function testEngine({ name, port, stop }: Engine): Promise<boolean> {
  try {
    return await compare(name, { endpoint: `http://127.0.0.1:${port}`, ...CREDENTIALS });
  } catch (error) {
    console.log(`${name} cannot be used: ${error instanceof Error ? error.message : error}`);
    return false;
  } finally {
    await stop();
  }
}

async function compare(name: string, target: S3Target): Promise<boolean> {
  const results = await runS3Operations(target);
  const failed = results.filter(({ error }) => error !== null);
  const known = S3_DIFFERENCES[name] ?? [];
  const isKnown = (result: S3Result) => known.some(({ cases }) => cases.test(result.name));
  const unknown = failed.filter((result) => !isKnown(result));
  console.log(
    `${name}: ${results.length - failed.length} cases as expected, ` +
      `${failed.length - unknown.length} known differences, ${unknown.length} new ones.`,
  );
  for (const { cases, reason } of known) {
    const names = failed.map((result) => result.name).filter((one) => cases.test(one));
    if (names.length > 0) console.log(`  known: ${reason}\n    ${names.join('\n    ')}`);
  }
  for (const { part, name, error } of unknown) console.log(`  DIFFERENCE: ${part}: ${name}\n    ${error}`);
  return unknown.length === 0;
}

if (isMain(import.meta.url)) process.exitCode = (await testS3Engines()) ? 0 : 1;
