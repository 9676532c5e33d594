import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export const BUILT = 'dist-bench';
/** In it, the service as it is deployed; beside it each module by itself, so that one of them can be left out. */
export const DEPLOYED = 'deployed';
export const KEY = 'bench-key-of-the-widget';

/** A server in a process of its own. */
export interface Server {
  name: string;
  pid: number;
  address: string;
  stop(): Promise<void>;
}

/** Settings of the service: as deployed, but for limits that no benchmark could keep to. They are counted all the same. */
const SERVICE = {
  CONCIERGE_API_KEY: KEY,
  ANALYTICS_SALT: 'salt-of-the-benchmark',
  PORT: '0',
  MCP_ENABLED: 'true',
  RATE_LIMIT_PER_SESSION: '100000000',
  RATE_LIMIT_PER_KEY: '100000000',
  RATE_LIMIT_BURST: '100000000',
  // few sessions ask for all orders
  RATE_LIMIT_ORDERS: '0',
};

export const startBare = (name: string, env: NodeJS.ProcessEnv) =>
  start(name, ['bench/http/arm.js', 'bare'], env);
export const startExpress = (name: string, env: NodeJS.ProcessEnv) =>
  start(name, ['bench/http/arm.js', 'express'], env);
export const startTeam = (name: string, env: NodeJS.ProcessEnv) =>
  start(name, ['bench/http/arm.js', 'team'], env);

/** With fewer cores a database of its own cores would leave the servers and the load none. */
const MIN_PINNED_CORES = 4;
const CORES = availableParallelism();
/** Whether the database runs on the first two cores, and the servers on the others. */
export const IS_PINNED = CORES >= MIN_PINNED_CORES && spawnSync('taskset', ['--version']).status === 0;

const node = (cores: string, args: string[], options: object): ChildProcess =>
  IS_PINNED
    ? spawn('taskset', ['-c', cores, process.execPath, ...args], options)
    : spawn(process.execPath, args, options);
const DATABASE_CORES = '0-1';
const SERVER_CORES = `2-${CORES - 1}`;

/** A tick of the kernel's accounts (`getconf CLK_TCK` is 100 on every Linux that Node runs on). */
const TICK_MS = 10;

/** The processor time that a process has taken so far, in milliseconds; NaN where the system does not tell. */
export function processorMs({ pid }: Pick<Server, 'pid'>): number {
  try {
    // proc(5): utime and stime are the 14th and 15th fields; the name, which may have blanks, ends with the last parenthesis
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
  } catch {
    return Number.NaN;
  }
}

/** The service as it is deployed. */
export const startService = (name: string, env: NodeJS.ProcessEnv): Promise<Server> =>
  start(name, [join(DEPLOYED, 'src/server.js')], { ...SERVICE, ...env });

/** The service by its modules; `without` names a plugin that a stub stands in for. */
export function startModules(name: string, env: NodeJS.ProcessEnv, without = ''): Promise<Server> {
  const loader = ['--import', `./${BUILT}/bench/http/without.js`];
  return start(name, ['src/server.js'], { ...SERVICE, ...env, BENCH_WITHOUT: without }, loader);
}

/** The service by its modules, which writes into a file what each hook of a request takes, when it ends. */
export const startTimed = (name: string, env: NodeJS.ProcessEnv, file: string): Promise<Server> =>
  start(name, ['src/server.js'], { ...SERVICE, ...env, BENCH_HOOKS: file }, [
    '--import',
    `./${BUILT}/bench/http/time-hooks.js`,
  ]);

/** Resident memory of a process, in MB; undefined where the system does not tell. */
export function residentMb({ pid }: Pick<Server, 'pid'>): number | undefined {
  try {
    const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return kilobytes ? Number(kilobytes) / 1024 : undefined;
  } catch {
    return undefined;
  }
}

/** The service without its log, and so without the line that says where it listens. */
export async function startSilentService(name: string, env: NodeJS.ProcessEnv): Promise<Server> {
  const port = await freePort();
  const settings = {
    ...environment,
    NODE_ENV: 'production',
    ...SERVICE,
    ...env,
    PORT: String(port),
    LOG_LEVEL: 'silent',
  };
  const child = node(SERVER_CORES, [join(BUILT, 'src/server.js')], { env: settings, stdio: 'ignore' });
  const address = `http://127.0.0.1:${port}`;
  while (!(await isReady(address))) {
    if (child.exitCode !== null) throw new Error(`${name} ended with ${child.exitCode}`);
    await sleep(50);
  }
  return { name, pid: child.pid ?? 0, address, stop: () => end(child) };
}

const isReady = (address: string): Promise<boolean> =>
  fetch(`${address}/health/ready`).then(
    ({ ok }) => ok,
    () => false,
  );

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address ? address.port : 0;
}

/** The embedded MongoDB and S3 in a process of their own, with flags of Node's. */
export async function startDatabase(
  dataDir: string,
  flags: string[] = [],
): Promise<{ settings: NodeJS.ProcessEnv; pid: number; stop(): Promise<void> }> {
  const env = { ...environment, DATA_DIR: dataDir };
  const child = node(DATABASE_CORES, [...flags, '--import', 'tsx', 'scripts/embedded.ts'], { env });
  const output = await written(child, /Try: /);
  const settings = Object.fromEntries(
    [...output.matchAll(/^(\w+)=(.*)$/gm)].map(([, name = '', value]) => [name, value]),
  );
  return { settings, pid: child.pid ?? 0, stop: () => end(child) };
}

const environment: NodeJS.ProcessEnv = {
  PATH: process.env.PATH,
  HOME: process.env.HOME,
  AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
};

async function start(
  name: string,
  [file = '', ...args]: string[],
  env: NodeJS.ProcessEnv,
  flags: string[] = [],
): Promise<Server> {
  const command = [...flags, join(BUILT, file), ...args];
  const child = node(SERVER_CORES, command, { env: { ...environment, NODE_ENV: 'production', ...env } });
  const output = await written(child, /listening at http:\/\/127\.0\.0\.1:\d+/);
  const address = /http:\/\/127\.0\.0\.1:\d+/.exec(output)?.[0] ?? '';
  return { name, pid: child.pid ?? 0, address, stop: () => end(child) };
}

function written(child: ChildProcess, text: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = '';
    const read = (chunk: Buffer) => {
      if (text.test(output)) return;
      output += chunk;
      if (text.test(output)) resolve(output);
    };
    child.stdout?.on('data', read);
    child.stderr?.on('data', read);
    child.on('exit', (code) => reject(new Error(`ended with ${code}: ${output}`)));
  });
}

function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return Promise.resolve();
  const ended = new Promise<void>((done) => child.once('exit', () => done()));
  child.kill('SIGTERM');
  return ended;
}
