import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** Programs of others that the service is tried against; each in a folder of its own, kept from one run to the next. */
const CACHE = resolve('node_modules/.cache/engines');
const INSTALL_MS = 240_000;

interface Step {
  command: string;
  args: string[];
  env?: NodeJS.ProcessEnv;
}

/** A program of a package from PyPI, such as `moto[s3,server]==5.2.5`; undefined, and why in a line, when it cannot be had. */
export function fromPypi(requirement: string, program: string): string | undefined {
  const folder = join(CACHE, requirement.replace(/[^\w.=-]/g, '_'));
  return install(folder, join(folder, 'bin', program), [
    { command: 'python3', args: ['-m', 'venv', folder] },
    {
      command: join(folder, 'bin/pip'),
      args: ['install', '--quiet', '--disable-pip-version-check', requirement],
    },
  ]);
}

/** A program of a Go module, such as `github.com/versity/versitygw/cmd/versitygw@v1.8.0`. */
export function fromGo(module: string, program: string): string | undefined {
  const folder = join(CACHE, program);
  return install(folder, join(folder, program), [
    { command: 'go', args: ['install', '-modcacherw', module], env: { GOBIN: folder } },
  ]);
}

function install(folder: string, program: string, steps: Step[]): string | undefined {
  if (existsSync(program)) return program;
  mkdirSync(CACHE, { recursive: true });
  for (const { command, args, env } of steps) {
    const options = { encoding: 'utf8', timeout: INSTALL_MS, env: { ...process.env, ...env } } as const;
    const { status, error, stderr } = spawnSync(command, args, options);
    if (status === 0) continue;
    const why = error?.message ?? stderr.trim().split('\n').at(-1);
    console.log(`${command} ${args.join(' ')} failed: ${why}`);
    rmSync(folder, { recursive: true, force: true });
    return undefined;
  }
  return existsSync(program) ? program : undefined;
}
