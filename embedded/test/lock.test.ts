import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { lockFolder } from '../lock.js';

const LOCK = new URL('../lock.ts', import.meta.url).href;

interface Starter {
  /** What it said about the lock: `locked`, or why it could not. */
  outcome: Promise<string>;
  kill(): Promise<void>;
}

/** Another process that tries to lock a folder at a given moment, and then stays alive. */
function startOther(folder: string, at = 0): Starter {
  const script = `
    import { lockFolder } from ${JSON.stringify(LOCK)};
    while (Date.now() < ${at});
    try { lockFolder(${JSON.stringify(folder)}); console.log('locked'); } catch (error) { console.log(error.message); }
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
  return {
    outcome: new Promise((resolve) => child.stdout.once('data', (data) => resolve(String(data).trim()))),
    kill: async () => {
      child.kill('SIGKILL');
      await closed;
    },
  };
}

/** Leaves a lock as a former process would have. */
function leaveLock(folder: string, content: string): void {
  mkdirSync(join(folder, '.lock'), { recursive: true });
  writeFileSync(join(folder, '.lock', '1'), content);
}

t.test('locks a folder that does not exist yet, once', async (t) => {
  const folder = join(t.testdir(), 'deep', 'data');
  const release = lockFolder(folder);
  t.ok(existsSync(folder));
  t.throws(() => lockFolder(folder), {
    message: `The folder ${folder} is in use by a running process (pid ${process.pid}). Stop that process first, or use another folder.`,
  });
  release();
  release();
  const again = lockFolder(folder);
  t.throws(() => lockFolder(folder));
  again();
});

t.test('does not mistake a release for one of a later lock', async (t) => {
  const folder = t.testdir();
  const first = lockFolder(folder);
  first();
  const second = lockFolder(folder);
  first();
  t.throws(() => lockFolder(folder));
  second();
});

t.test('releases a folder that is gone', async (t) => {
  const folder = join(t.testdir(), 'data');
  const release = lockFolder(folder);
  rmSync(folder, { recursive: true });
  t.doesNotThrow(release);
});

t.test('leaves one file behind', async (t) => {
  const folder = t.testdir();
  for (let i = 0; i < 5; i++) lockFolder(folder)();
  t.equal(readdirSync(join(folder, '.lock')).length, 1);
});

t.test('takes over what nobody can hold any more', async (t) => {
  const dead = 2 ** 22 + 1;
  const left = {
    'a process that is gone': JSON.stringify({ pid: dead, started: null }),
    'a pid that now belongs to another process': JSON.stringify({ pid: process.pid, started: 'long ago' }),
    'a torn file': '{"pid":',
    'a file of something else': '"what"',
  };
  for (const [name, content] of Object.entries(left)) {
    await t.test(name, async (t) => {
      const folder = t.testdir();
      leaveLock(folder, content);
      lockFolder(folder)();
    });
  }
});

t.test('respects a process about which it knows the pid only', async (t) => {
  const folder = t.testdir();
  leaveLock(folder, JSON.stringify({ pid: process.pid, started: null }));
  t.throws(() => lockFolder(folder), { message: /in use by a running process/ });
});

t.test('holds against another process until that is killed', async (t) => {
  const folder = t.testdir();
  const other = startOther(folder);
  t.equal(await other.outcome, 'locked');
  t.throws(() => lockFolder(folder), { message: /in use by a running process/ });
  await other.kill();
  lockFolder(folder)();
});

t.test('lets one of many starters take over a stale lock', async (t) => {
  const folder = t.testdir();
  leaveLock(folder, JSON.stringify({ pid: 2 ** 22 + 1, started: null }));
  const at = Date.now() + 1500;
  const starters = Array.from({ length: 5 }, () => startOther(folder, at));
  const outcomes = await Promise.all(starters.map(({ outcome }) => outcome));
  await Promise.all(starters.map(({ kill }) => kill()));
  t.equal(outcomes.filter((outcome) => outcome === 'locked').length, 1);
  t.equal(outcomes.filter((outcome) => /in use by a running process/.test(outcome)).length, 4);
});
