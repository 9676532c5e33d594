/*
 * The tables of the stand-ins and the tests of the service, run against engines of others:
 *
 *   npm run test:engines -- [mongo-java-server versitygw secantusdb moto minio] [--write] [--only=table,service] [--tests=test/a.test.ts,…]
 *
 * Without names it is mongo-java-server and versitygw, which CI has. An engine is installed below .cache, started on a
 * free port and stopped again. `--write` puts what came out into docs/compatibility.md.
 *
 * It ends with 0 when all was run and agreed but for the known differences, with 1 when something differs anew, and with 2
 * when an engine could not be had; CI says so by `--absent-is-fine`, since its machine may lack Java or Go.
 */
import '../../scripts/help.js';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { CREDENTIALS, PROGRAMS, type Program, startEngine } from './engines.js';
import { Absent } from './install.js';
import { runMongodbTable } from './mongodb-table.js';
import { printResult, type Result, writeTable } from './report.js';
import { runS3Table } from './s3-operations.js';
import { runServiceTests, serviceFiles } from './service-tests.js';

const IN_CI = ['mongo-java-server', 'versitygw'];
const BUCKET = 'concierge-inspiration';
/** The tests in which objects are kept. */
const WITH_OBJECTS = /inspiration|storage|widget|returns\.test/;

const args = process.argv.slice(2);
const option = (name: string) => args.find((arg) => arg.startsWith(`--${name}=`))?.slice(name.length + 3);
const names = args.filter((arg) => !arg.startsWith('--'));
const only = option('only')?.split(',') ?? ['table', 'service'];
const tests = option('tests')?.split(',');

const unknown = names.find((name) => !PROGRAMS.some((program) => program.name === name));
if (unknown !== undefined) {
  console.error(`${unknown} is none of ${PROGRAMS.map(({ name }) => name).join(', ')}`);
  process.exit(2);
}
const wanted = PROGRAMS.filter(({ name }) => (names.length > 0 ? names : IN_CI).includes(name));

const results: Result[] = [];
for (const program of wanted) results.push(...(await runEngine(program)));
if (args.includes('--write')) writeTable(results, new Date());
const fresh = results.reduce((n, result) => n + result.fresh.length, 0);
const absent = results.filter(({ notRun }) => notRun !== undefined);
const agreed = results.reduce((n, result) => n + result.agreed, 0);
console.log(`In all: ${agreed} agreed, ${fresh} differ anew, ${absent.length} parts not run.`);
if (fresh > 0) process.exitCode = 1;
else if (absent.length > 0 && !args.includes('--absent-is-fine')) process.exitCode = 2;

async function runEngine(program: Program): Promise<Result[]> {
  const { name: engine, version, about } = program;
  const label = { engine, version: `${version} (${about})` };
  const nothing = { ...label, agreed: 0, known: [], fresh: [] };
  console.log(`${engine} ${version}`);
  let running: Awaited<ReturnType<typeof startEngine>>;
  try {
    running = await startEngine(program);
  } catch (error) {
    if (!(error instanceof Absent)) throw error;
    const result = { ...nothing, part: only.join(' and '), notRun: error.message };
    printResult(result);
    return [result];
  }
  const found: Result[] = [];
  const note = (result: Result) => {
    printResult({ ...result, version });
    found.push({ ...result, ...label });
  };
  try {
    const { port } = running;
    if (program.kind === 'mongodb') {
      const uri = `mongodb://127.0.0.1:${port}/`;
      if (only.includes('table')) note(await runMongodbTable(uri, engine, version));
      const env = { TEST_MONGODB_URI: uri };
      const files = tests ?? serviceFiles();
      if (only.includes('service'))
        note(await runServiceTests({ engine, version, part: partOf(), files, env }));
    } else {
      const endpoint = `http://127.0.0.1:${port}`;
      if (only.includes('table')) note(await runS3Table({ endpoint, ...CREDENTIALS }, engine, version));
      await createBucket(endpoint);
      const files = (tests ?? serviceFiles()).filter((file) => WITH_OBJECTS.test(file));
      const env = s3Environment(endpoint, program.encryption);
      if (only.includes('service') && files.length > 0) {
        note(await runServiceTests({ engine, version, part: partOf(), files, env }));
      }
    }
  } finally {
    await running.stop();
  }
  return found;
}

function partOf(): string {
  return tests ? `tests of the service (${tests.length} files)` : 'tests of the service';
}

function s3Environment(endpoint: string, encryption = 'AES256'): NodeJS.ProcessEnv {
  return {
    TEST_S3_ENDPOINT: endpoint,
    TEST_S3_ENCRYPTION: encryption,
    TEST_S3_BUCKET: BUCKET,
    TEST_S3_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
    TEST_S3_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
  };
}

async function createBucket(endpoint: string): Promise<void> {
  const { region, ...credentials } = CREDENTIALS;
  const client = new S3Client({ endpoint, region, credentials, forcePathStyle: true });
  await client.send(new CreateBucketCommand({ Bucket: BUCKET }));
  client.destroy();
}
