/*
 * Runs the service's integration tests against a MongoDB-compatible server and an S3 of others: part of npm run test:engines.
 *
 *   npx tsx scripts/test-engines-service.ts [test/order-status.test.ts …]
 *
 * What is known to differ, and why, stands in test/engine-differences.ts.
 */
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { SERVICE_DIFFERENCES } from '../test/engine-differences.js';
import { CREDENTIALS, MOTO, SECANTUSDB, startEngine } from './outside/engines.js';
import { isMain } from './run.js';

const BUCKET = 'concierge-inspiration';
/** Tests of the stand-ins themselves, and of processes with time limits that a slower server cannot keep. */
const NOT_OF_THE_SERVICE = /^test\/(embedded|scripts)\//;

/** Whether the service's tests pass against both, but for the differences that are known. */
export async function testServiceEngines(files = filesWith('helper.js')): Promise<boolean> {
  const mongodb = await startEngine(SECANTUSDB);
  let isFine = true;
  if (mongodb) {
    const env = { TEST_MONGODB_URI: `mongodb://127.0.0.1:${mongodb.port}/` };
    isFine = await compare('secantusdb', files, env).finally(mongodb.stop);
  }
  const s3 = await startEngine(MOTO);
  if (s3) {
    const endpoint = `http://127.0.0.1:${s3.port}`;
    const stored = files.filter((file) => /inspiration|storage|http\.test|widget|returns\.test/.test(file));
    const run = createBucket(endpoint).then(() => compare('moto', stored, s3Environment(endpoint)));
    isFine = (await run.finally(s3.stop)) && isFine;
  }
  return isFine;
}

const s3Environment = (endpoint: string) => ({
  TEST_S3_ENDPOINT: endpoint,
  TEST_S3_BUCKET: BUCKET,
  TEST_S3_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
  TEST_S3_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
});

async function createBucket(endpoint: string): Promise<void> {
  const { region, ...credentials } = CREDENTIALS;
  const client = new S3Client({ endpoint, region, credentials, forcePathStyle: true });
  await client.send(new CreateBucketCommand({ Bucket: BUCKET }));
  client.destroy();
}

function filesWith(text: string): string[] {
  const all = readdirSync('test', { recursive: true, encoding: 'utf8' }).map((name) => `test/${name}`);
  return all
    .filter((name) => name.endsWith('.test.ts') && !NOT_OF_THE_SERVICE.test(name))
    .filter((name) => readFileSync(name, 'utf8').includes(text))
    .sort();
}

async function compare(engine: string, files: string[], env: NodeJS.ProcessEnv): Promise<boolean> {
  const { failed, passed } = await runTap(files, env);
  const known = SERVICE_DIFFERENCES[engine] ?? [];
  const unknown = failed.filter((name) => !known.some(({ tests }) => tests.test(name)));
  console.log(
    `${engine}: ${files.length} test files, ${passed} tests pass, ${failed.length - unknown.length} known differences, ${unknown.length} new ones.`,
  );
  for (const { tests, reason } of known) {
    const names = failed.filter((name) => tests.test(name));
    if (names.length > 0) console.log(`  known: ${reason}\n    ${names.join('\n    ')}`);
  }
  for (const name of unknown) console.log(`  DIFFERENCE: ${name}`);
  return unknown.length === 0;
}

/** The tests at the top of each file, by `file: title`. */
async function runTap(
  files: string[],
  env: NodeJS.ProcessEnv,
): Promise<{ failed: string[]; passed: number }> {
  const args = [
    'node_modules/.bin/tap',
    '--disable-coverage',
    '--jobs=1',
    '--timeout=600',
    '--reporter=tap',
    ...files,
  ];
  const child = spawn(process.execPath, args, { env: { ...process.env, ...env } });
  let output = '';
  child.stdout.on('data', (chunk) => {
    output += chunk;
  });
  await new Promise((done) => child.on('close', done));
  const failed: string[] = [];
  let passed = 0;
  let file = '';
  for (const line of output.split('\n')) {
    file = /^# Subtest: (.+)$/.exec(line)?.[1] ?? file;
    const [, verdict, title = ''] = /^ {4}(ok|not ok) \d+ - (.+?)(?: # .*| \{)?$/.exec(line) ?? [];
    if (verdict === 'ok') passed++;
    if (verdict === 'not ok') failed.push(`${file}: ${title}`);
  }
  if (passed + failed.length === 0) throw new Error(`no test was run:\n${output}`);
  return { failed, passed };
}

if (isMain(import.meta.url)) {
  const files = process.argv.slice(2);
  process.exitCode = (await testServiceEngines(files.length > 0 ? files : undefined)) ? 0 : 1;
}
