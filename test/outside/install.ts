import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** Programs of others, each in a folder of its own that is kept from one run to the next. */
const CACHE = resolve('.cache/engines');
/** A Go program is compiled with all that it needs: six to twelve minutes on two quiet cores. */
const INSTALL_MS = Number(process.env.INSTALL_MINUTES || 30) * 60_000;
const PROGRESS_MS = 20_000;

/** Why a program cannot be had here, in a sentence. */
export class Absent extends Error {}

interface Step {
  command: string;
  args: string[];
  env?: NodeJS.ProcessEnv;
}

/** Runs the steps unless `program` is there from an earlier run. Throws `Absent` when it cannot be had. */
export async function install(
  name: string,
  program: string,
  steps: (folder: string) => Step[],
): Promise<string> {
  const folder = join(CACHE, name);
  const path = join(folder, program);
  if (existsSync(path)) return path;
  mkdirSync(folder, { recursive: true });
  const started = Date.now();
  const seconds = () => `${Math.round((Date.now() - started) / 1000)} s`;
  const progress = setInterval(() => console.log(`${name}: installing, ${seconds()}`), PROGRESS_MS);
  try {
    for (const step of steps(folder)) await run(step);
    if (!existsSync(path)) throw new Absent(`${program} is not in what was installed`);
    console.log(`${name}: installed in ${seconds()}`);
    return path;
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  } finally {
    clearInterval(progress);
  }
}

async function run({ command, args, env }: Step): Promise<void> {
  const child = spawn(command, args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: INSTALL_MS,
  });
  let output = '';
  const keep = (chunk: Buffer) => {
    output = (output + chunk).slice(-4000);
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const failure = await new Promise<string | undefined>((done) => {
    child.on('error', (error) =>
      done('code' in error && error.code === 'ENOENT' ? 'is not on this machine' : error.message),
    );
    child.on('close', (code, signal) => {
      if (code === 0) done(undefined);
      else
        done(
          signal ? `was not done within ${INSTALL_MS / 60_000} minutes` : output.trim().split('\n').at(-1),
        );
    });
  });
  if (failure !== undefined) throw new Absent(`${command} ${args.slice(0, 2).join(' ')}: ${failure}`);
}

/** A program of a package from PyPI, with what else it needs. */
export const fromPypi = (name: string, requirements: string[], program: string) =>
  install(name, join('bin', program), (folder) => [
    { command: 'python3', args: ['-m', 'venv', folder] },
    {
      command: join(folder, 'bin/pip'),
      args: ['install', '--quiet', '--disable-pip-version-check', ...requirements],
    },
  ]);

/** A program of a Go module. */
export const fromGo = (name: string, module: string, program: string) =>
  install(name, program, (folder) => [
    { command: 'go', args: ['install', '-modcacherw', module], env: { GOBIN: folder } },
  ]);

/** The jars of a Maven project and what they need; the path is that of one of them. */
export const fromMaven = (name: string, pom: string, jar: string) =>
  install(name, join('lib', jar), (folder) => [
    { command: 'java', args: ['-version'] },
    {
      command: 'mvn',
      args: [
        '-q',
        '-B',
        '-f',
        pom,
        'dependency:copy-dependencies',
        `-DoutputDirectory=${join(folder, 'lib')}`,
      ],
    },
  ]);

/** A package from npm, unpacked without being installed. */
export const fromNpm = (name: string, specifier: string, program: string) =>
  install(name, join('package', program), (folder) => [
    { command: 'npm', args: ['pack', '--silent', '--pack-destination', folder, specifier] },
    { command: 'sh', args: ['-c', 'tar -xzf "$0"/*.tgz -C "$0" && rm "$0"/*.tgz', folder] },
  ]);
