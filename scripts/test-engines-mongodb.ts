/*
 * Runs the semantics table of the embedded MongoDB against another server, to see whether the table itself is right.
 *
 *   npm run test:engines                 SecantusDB, from PyPI, in a folder of its own below node_modules/.cache
 *   TEST_ENGINE_URI=mongodb://… npm run test:engines     any server; it gets a database that is dropped afterwards
 *
 * What is known to differ, and why, stands in test/embedded/mongodb/differences.ts.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type Db, MongoClient } from 'mongodb';
import { type Case, outcome, textOf } from '../test/embedded/mongodb/case.js';
import { differences } from '../test/embedded/mongodb/differences.js';
import { TABLE } from '../test/embedded/mongodb/table.js';

const CACHE = resolve('node_modules/.cache/engines');
const SECANTUS = 'secantusdb==0.7.0b3';
const START_MS = 30_000;

interface Engine {
  name: string;
  uri: string;
  stop(): Promise<void>;
}

/** Whether an outside engine answers as the table says; true also when none can be had, which is said. */
export async function testMongodbEngine(): Promise<boolean> {
  const engine = await anEngine();
  if (!engine) return true;
  try {
    return await compare(engine);
  } finally {
    await engine.stop();
  }
}

async function anEngine(): Promise<Engine | undefined> {
  const uri = process.env.TEST_ENGINE_URI;
  if (uri) return { name: 'given', uri, stop: async () => {} };
  const program = installSecantus();
  if (program) return startSecantus(program);
  console.log(
    'Skipped: no other MongoDB-compatible server can be had here. SecantusDB needs python3 with venv and pip,',
  );
  console.log('and access to PyPI; or name a running server in TEST_ENGINE_URI.');
  return undefined;
}

function installSecantus(): string | undefined {
  const folder = join(CACHE, 'secantusdb');
  const program = join(folder, 'bin/secantusd-py');
  if (existsSync(program)) return program;
  mkdirSync(CACHE, { recursive: true });
  const steps: [string, string[]][] = [
    ['python3', ['-m', 'venv', folder]],
    [join(folder, 'bin/pip'), ['install', '--quiet', '--disable-pip-version-check', SECANTUS]],
  ];
  for (const [command, args] of steps) {
    const { status, stderr, error } = spawnSync(command, args, { encoding: 'utf8' });
    if (status === 0) continue;
    console.log(`${command} ${args.join(' ')} failed: ${error?.message ?? stderr.trim()}`);
    rmSync(folder, { recursive: true, force: true });
    return undefined;
  }
  return program;
}

async function startSecantus(program: string): Promise<Engine> {
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), 'secantusdb-'));
  const args = ['--standalone', '--host', '127.0.0.1', '--port', String(port), '--storage-path', folder];
  const child = spawn(program, [...args, '--log-level', 'ERROR'], { stdio: ['ignore', 'ignore', 'inherit'] });
  const ended = new Promise((done) => child.once('exit', done));
  const stop = async () => {
    child.kill();
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  const uri = `mongodb://127.0.0.1:${port}/`;
  try {
    await answering(uri, child);
  } catch (error) {
    await stop();
    throw error;
  }
  return { name: SECANTUS, uri, stop };
}

function freePort(): Promise<number> {
  return new Promise((done) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => done(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

async function answering(uri: string, child: ChildProcess): Promise<void> {
  const client = new MongoClient(uri, { serverSelectionTimeoutMS: START_MS });
  const ended = new Promise((_, reject) =>
    child.once('exit', (n) => reject(new Error(`the engine ended with ${n}`))),
  );
  try {
    await Promise.race([client.db().command({ ping: 1 }), ended]);
  } finally {
    await client.close();
  }
}

async function compare({ name, uri }: Engine): Promise<boolean> {
  const client = await MongoClient.connect(uri);
  const db = client.db(`table_${process.pid}`);
  const { version } = await db.command({ buildInfo: 1 });
  console.log(`${name}, which says it is ${version}`);
  const counts = { same: 0, known: 0, new: 0, outside: 0 };
  try {
    for (const { title, manual, cases } of TABLE) {
      for (const each of cases) {
        if (each.outside) counts.outside++;
        else counts[await verdict(each, title, manual, db)]++;
      }
    }
  } finally {
    await db.dropDatabase();
    await client.close();
  }
  console.log(
    `${counts.same} as the table has it, ${counts.known} known differences, ${counts.new} new ones;`,
  );
  console.log(`${counts.outside} cases outside the subset were not asked.`);
  return counts.new === 0;
}

async function verdict(each: Case, title: string, manual: string, db: Db): Promise<'same' | 'known' | 'new'> {
  const actual = await outcome(each, db, `c${randomUUID()}`).catch((error) => `${error}`);
  if (textOf(actual) === textOf(each.expected)) return 'same';
  const reason = differences[`${title}: ${each.name}`];
  console.log(`${reason ? 'known' : 'DIFFERENCE'}: ${title}: ${each.name}`);
  console.log(reason ? `  ${reason}` : `  manual ${manual}`);
  if (!reason) console.log(`  table  ${textOf(each.expected)}\n  engine ${textOf(actual)}`);
  return reason ? 'known' : 'new';
}
