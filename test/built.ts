// The service, the worker and the command as they are deployed, for tests that start them: to load a bundle takes a quarter of the
// processor time that loading the sources one by one does. `npm test` makes it beside the checks.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isMain } from '../scripts/run.js';

export const ROOT = fileURLToPath(new URL('..', import.meta.url));
const CACHE = join(ROOT, 'node_modules/.cache/built');
/** All that goes into it. */
const SOURCES = ['src', 'plugins', 'schemas', 'scripts', 'package-lock.json', 'tsconfig.json'];
const KEPT_MS = 24 * 3_600_000;

let folder: string | undefined;

/** The path of one of them. It is made of the sources as they are when this process asks for the first time, unless it is there. */
export function built(entry: 'src/server' | 'src/worker' | 'scripts/cli'): string {
  folder ??= make();
  return join(folder, `${entry}.js`);
}

function make(): string {
  const hash = createHash('sha256');
  for (const source of SOURCES)
    for (const file of filesIn(join(ROOT, source))) hash.update(file).update(readFileSync(file));
  const wanted = join(CACHE, hash.digest('hex').slice(0, 16));
  if (existsSync(wanted)) return wanted;
  const made = `${wanted}.${process.pid}`;
  execFileSync(process.execPath, ['--import', 'tsx', 'scripts/bundle.ts', made], { cwd: ROOT });
  try {
    // as a whole, or another process was faster
    renameSync(made, wanted);
  } catch {
    rmSync(made, { recursive: true });
  }
  // another process may be clearing away the same
  for (const old of readdirSync(CACHE).map((name) => join(CACHE, name)))
    if ((statSync(old, { throwIfNoEntry: false })?.mtimeMs ?? Date.now()) < Date.now() - KEPT_MS)
      rmSync(old, { recursive: true, force: true });
  return wanted;
}

const filesIn = (path: string): string[] =>
  statSync(path).isDirectory()
    ? readdirSync(path)
        .toSorted()
        .flatMap((name) => filesIn(join(path, name)))
    : [path];

if (isMain(import.meta.url)) built('src/server');
