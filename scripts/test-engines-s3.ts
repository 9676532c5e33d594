/*
 * Runs the operations that are asked of the embedded S3 against other servers, to see whether they are right.
 *
 *   npx tsx scripts/test-engines-s3.ts      moto from PyPI and versitygw from the Go proxy, kept in node_modules/.cache
 *   TEST_S3_ENDPOINT=… S3_ACCESS_KEY_ID=… S3_SECRET_ACCESS_KEY=… npx tsx scripts/test-engines-s3.ts     any S3
 *
 * What is known to differ, and why, stands in test/embedded/s3/differences.ts.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { S3_DIFFERENCES } from '../test/embedded/s3/differences.js';
import { runS3Operations, type S3Result } from '../test/embedded/s3/operations.js';
import type { S3Target } from '../test/embedded/s3/target.js';
import { isMain } from './run.js';

const CACHE = resolve('node_modules/.cache/engines');
const INSTALL_MS = 240_000;
const START_MS = 30_000;
const CREDENTIALS = { region: 'us-east-1', accessKeyId: 'test-key', secretAccessKey: 'test-secret' };

interface Step {
  command: string;
  args: string[];
  env?: NodeJS.ProcessEnv;
}

interface Engine {
  name: string;
  needs: string;
  /** The file that is there once it is installed. */
  program: string;
  install: Step[];
  run(port: number, folder: string): Step;
}

const MOTO = join(CACHE, 'moto');
const VERSITYGW = join(CACHE, 'versitygw');
const ENGINES: readonly Engine[] = [
  {
    name: 'moto',
    needs: 'python3 with venv and pip, and access to PyPI',
    program: join(MOTO, 'bin/moto_server'),
    install: [
      { command: 'python3', args: ['-m', 'venv', MOTO] },
      { command: join(MOTO, 'bin/pip'), args: ['install', '--quiet', 'moto[s3,server]==5.2.5'] },
    ],
    run: (port) => ({
      command: join(MOTO, 'bin/moto_server'),
      args: ['-H', '127.0.0.1', '-p', String(port)],
    }),
  },
  {
    name: 'versitygw',
    needs: 'go, and access to its module proxy',
    program: join(VERSITYGW, 'versitygw'),
    install: [
      {
        command: 'go',
        args: ['install', '-modcacherw', 'github.com/versity/versitygw/cmd/versitygw@v1.8.0'],
        env: { GOBIN: VERSITYGW },
      },
    ],
    run: (port, folder) => ({
      command: join(VERSITYGW, 'versitygw'),
      args: ['--port', `127.0.0.1:${port}`, '--region', CREDENTIALS.region, '--quiet', 'posix', folder],
      env: { ROOT_ACCESS_KEY: CREDENTIALS.accessKeyId, ROOT_SECRET_KEY: CREDENTIALS.secretAccessKey },
    }),
  },
];

/** Whether every other S3 that can be had here agrees, but for the differences that are known. */
export async function testS3Engines(): Promise<boolean> {
  const endpoint = process.env.TEST_S3_ENDPOINT;
  if (endpoint) return compare('the S3 given', targetFromEnvironment(endpoint));
  let isFine = true;
  for (const engine of ENGINES) {
    if (install(engine)) isFine = (await testEngine(engine)) && isFine;
    else console.log(`Skipped ${engine.name}, which needs ${engine.needs}.`);
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

function install({ program, install }: Engine): boolean {
  if (existsSync(program)) return true;
  mkdirSync(CACHE, { recursive: true });
  for (const { command, args, env } of install) {
    const options = { encoding: 'utf8', timeout: INSTALL_MS, env: { ...process.env, ...env } } as const;
    const { status, error, stderr } = spawnSync(command, args, options);
    if (status === 0) continue;
    console.log(`${command} ${args.join(' ')} failed: ${error?.message ?? stderr.trim().split('\n').at(-1)}`);
    return false;
  }
  return existsSync(program);
}

async function testEngine({ name, run }: Engine): Promise<boolean> {
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), `${name}-`));
  const { command, args, env } = run(port, folder);
  const child = spawn(command, args, { stdio: 'ignore', env: { ...process.env, ...env } });
  const ended = new Promise((done) => child.once('close', done));
  const endpoint = `http://127.0.0.1:${port}`;
  try {
    await answering(endpoint, child);
    return await compare(name, { endpoint, ...CREDENTIALS });
  } catch (error) {
    console.log(`${name} cannot be used: ${error instanceof Error ? error.message : error}`);
    return false;
  } finally {
    child.kill();
    await ended;
    rmSync(folder, { recursive: true, force: true });
  }
}

function freePort(): Promise<number> {
  return new Promise((done) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => done(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

async function answering(endpoint: string, child: ChildProcess): Promise<void> {
  for (const deadline = Date.now() + START_MS; Date.now() < deadline; await sleep(100)) {
    if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}`);
    const response = await fetch(endpoint).catch(() => null);
    await response?.arrayBuffer();
    if (response) return;
  }
  throw new Error(`it did not answer within ${START_MS / 1000} s`);
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
