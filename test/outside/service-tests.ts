// The service's own tests, run with something of others in its place: a database, an object store, a runtime.
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { delimiter, dirname } from 'node:path';
import { createInterface } from 'node:readline';
import { SERVICE_DIFFERENCES } from '../engine-differences.js';
import { type Failure, type Result, sortFailures } from './report.js';

const PROGRESS_MS = 30_000;
const CAUSE_LINES = 60;
const SHOWN_LINES = 12;
/** Tests of processes with time limits that a slower server cannot keep. */
const NOT_OF_THE_SERVICE = /^test\/(scripts|embedded)/;

/** The test files that talk to a database. */
export const serviceFiles = () =>
  readdirSync('test', { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => `test/${name}`)
    .filter((file) => !NOT_OF_THE_SERVICE.test(file) && readFileSync(file, 'utf8').includes('helper.js'))
    .sort();

interface TestRun {
  engine: string;
  version: string;
  part: string;
  files: string[];
  env?: NodeJS.ProcessEnv;
  node?: string;
  jobs?: number;
}

export async function runServiceTests(run: TestRun): Promise<Result> {
  const { engine, version, part } = run;
  const { passed, failures } = await runTap(run);
  const { known, fresh } = sortFailures(failures, SERVICE_DIFFERENCES[engine] ?? []);
  if (passed + failures.length === 0) {
    return {
      engine,
      version,
      part,
      agreed: 0,
      known,
      fresh: [{ name: 'the run', cause: 'no test was run' }],
    };
  }
  return { engine, version, part, agreed: passed, known, fresh };
}

/**
 * The tests at the top of each file, by `file: title`, with the first assertion in each that fails. A suite says before its tests of which
 * file they are. Without files it is all that `npm test` runs.
 */
async function runTap({ engine, files, env, node = process.execPath, jobs = 1 }: TestRun) {
  const options = ['--disable-coverage', `--jobs=${jobs}`, '--timeout=600', '--reporter=tap'];
  // what the tests start by name, such as npm, is to find the same runtime
  const PATH = [dirname(node), process.env.PATH].join(delimiter);
  const child = spawn(node, ['node_modules/.bin/tap', ...options, ...files], {
    env: { ...process.env, PATH, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const failures: Failure[] = [];
  let passed = 0;
  let file = '';
  let failedBefore = 0;
  let cause: string[] = [];
  const started = Date.now();
  const progress = setInterval(() => {
    const minutes = ((Date.now() - started) / 60_000).toFixed(1);
    console.log(`${engine}: ${minutes} min, ${passed} tests passed, ${failures.length} not, at ${file}`);
  }, PROGRESS_MS);
  for await (const line of createInterface(child.stdout)) {
    const [, before, begun = file] = /^( {4})?# Subtest: (\S+\.ts)$/.exec(line) ?? [];
    if (begun !== file && before === undefined) failedBefore = failures.length;
    file = begun;
    const [, indent = '', verdict, title = ''] =
      /^( *)(ok|not ok) \d+ - (.+?)(?: # .*| \{)?$/.exec(line) ?? [];
    if (indent.length > 4 && verdict === 'not ok' && cause.length === 0) cause = [title];
    else if (cause.length > 0 && cause.length < CAUSE_LINES && verdict === undefined) cause.push(line.trim());
    if (indent.length === 4 && title !== file) {
      if (verdict === 'ok') passed++;
      else if (verdict === 'not ok') failures.push({ name: `${file}: ${title}`, cause: tidy(cause) });
      cause = [];
    }
    if (indent.length === 0 && verdict === 'not ok' && failures.length === failedBefore) {
      failures.push({ name: `${title}: the file as a whole`, cause: 'it did not end well' });
    }
  }
  clearInterval(progress);
  return { passed, failures };
}

/** What was seen, without the way to it. */
function tidy(lines: string[]): string {
  const way =
    /^(---|\.\.\.|(at|stack|source|tapCaught|lineNumber|columnNumber|fileName|typeName):)|:\d+:\d+\)?$|^\w+$/;
  const [title = 'it says no more', ...rest] = lines;
  return [title, ...rest.filter((line) => line !== '' && !way.test(line))].slice(0, SHOWN_LINES).join('\n');
}
