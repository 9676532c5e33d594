import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { linkSync, mkdirSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/*
 * One process may use a data folder at a time, and a killed process must not lock it for ever.
 *
 * Deleting a stale lock and writing one's own is a race: two starters find the same dead holder, the first replaces
 * its lock, and the second then deletes the lock of the first. So nothing is replaced here. Locks are numbered files in
 * `.lock/`, the highest number counts, and whoever finds its holder gone tries to create the next number: a hard link
 * is created by exactly one of them, complete with its content. The highest file is never deleted (a release empties
 * it), so that numbers only grow and a starter that paused for long cannot bring an old number back to life: it sees
 * after linking that it is not the highest.
 */

interface Holder {
  pid: number;
  /** Tells two processes with the same pid apart, which in containers is the rule rather than the exception. */
  started: string | null;
}

const FOLDER = '.lock';
const ATTEMPTS = 100;

/** Locks a folder for this process, creating it if it is missing. Returns the function that releases it. */
export function lockFolder(folder: string): () => void {
  const locks = join(folder, FOLDER);
  mkdirSync(locks, { recursive: true });
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const last = highest(locks);
    const holder = last === 0 ? null : readHolder(join(locks, String(last)));
    if (holder && isRunning(holder)) {
      throw new Error(
        `The folder ${folder} is in use by a running process (pid ${holder.pid}). ` +
          'Stop that process first, or use another folder.',
      );
    }
    const mine = last + 1;
    if (claim(locks, mine)) {
      removeOthers(locks, mine);
      return once(() => release(join(locks, String(mine))));
    }
  }
  throw new Error(`The folder ${folder} could not be locked: too many processes are starting on it.`);
}

function highest(locks: string): number {
  const numbers = readdirSync(locks).filter((name) => /^\d+$/.test(name));
  return Math.max(0, ...numbers.map(Number));
}

/** An empty or torn file was released, or its writer died with the machine: nobody holds it. */
function readHolder(file: string): Holder | null {
  try {
    const parsed: unknown = JSON.parse(readFileSync(file, 'utf8'));
    return isHolder(parsed) ? parsed : null;
  } catch (error) {
    if (error instanceof SyntaxError || isMissing(error)) return null;
    throw error;
  }
}

function isHolder(value: unknown): value is Holder {
  return typeof value === 'object' && value !== null && 'pid' in value && Number.isInteger(value.pid);
}

function claim(locks: string, number: number): boolean {
  const draft = join(locks, `${randomUUID()}.draft`);
  const file = join(locks, String(number));
  const me: Holder = { pid: process.pid, started: startOf(process.pid) };
  writeFileSync(draft, JSON.stringify(me));
  try {
    linkSync(draft, file);
  } catch (error) {
    // EEXIST: another starter was faster. ENOENT: that starter has already tidied our draft away.
    if (hasCode(error, 'EEXIST') || isMissing(error)) return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
  if (highest(locks) === number) return true;
  rmSync(file, { force: true });
  return false;
}

function removeOthers(locks: string, mine: number): void {
  for (const name of readdirSync(locks)) {
    const isOlder = /^\d+$/.test(name) ? Number(name) < mine : name.endsWith('.draft');
    if (isOlder) rmSync(join(locks, name), { force: true });
  }
}

function release(file: string): void {
  try {
    truncateSync(file);
  } catch (error) {
    // Whoever deleted the whole folder has released the lock with it.
    if (!isMissing(error)) throw error;
  }
}

/** Its number may be given again one day, when it is no longer ours to release. */
function once(action: () => void): () => void {
  let isDone = false;
  return () => {
    if (!isDone) action();
    isDone = true;
  };
}

function isRunning(holder: Holder): boolean {
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    // EPERM means that the process exists and belongs to somebody else.
    if (hasCode(error, 'ESRCH')) return false;
  }
  const started = startOf(holder.pid);
  return started === null || holder.started === null || started === holder.started;
}

/** When a process began, as an opaque string; null where the system does not tell. */
function startOf(pid: number): string | null {
  return process.platform === 'linux' ? startFromProc(pid) : startFromPs(pid);
}

function startFromProc(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field is the program's name in parentheses, and may itself hold spaces and parentheses.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [state] = fields;
    const ticks = fields[19];
    if (state === 'Z' || state === 'X') return 'dead';
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return `${boot}:${ticks}`;
  } catch {
    return null;
  }
}

function startFromPs(pid: number): string | null {
  if (process.platform === 'win32') return null;
  try {
    const output = execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], {
      encoding: 'utf8',
      env: { ...process.env, LC_ALL: 'C', TZ: 'UTC' },
      timeout: 5000,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return output.trim() || null;
  } catch {
    return null;
  }
}

function isMissing(error: unknown): boolean {
  return hasCode(error, 'ENOENT');
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
