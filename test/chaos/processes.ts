// The processes of a small production: a database, two services, a worker, and what else this machine has.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** The machine may be busy: with less patience a slow start would look like a failure. */
const START_MS = 60_000;

export interface Program {
  name: string;
  start(): Promise<void>;
  /** Resolves when the process has ended. */
  end(signal: NodeJS.Signals): Promise<void>;
  /** What it has written, each time that it has ended without having been told to. */
  crashes: string[];
}

interface ProgramOptions {
  name: string;
  command: string;
  args: string[];
  env?: NodeJS.ProcessEnv;
  /** Resolves once it does its work. */
  ready: () => Promise<boolean>;
}

const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

function program({ name, command, args, env = {}, ready }: ProgramOptions): Program {
  let child: ChildProcess | undefined;
  let isTold = false;
  let output = '';
  const crashes: string[] = [];

  async function start(): Promise<void> {
    output = '';
    isTold = false;
    const { PATH, HOME } = process.env;
    const started = spawn(command, args, { cwd: ROOT, env: { PATH, HOME, ...env } });
    child = started;
    running.add(started);
    started.once('exit', (code, signal) => {
      running.delete(started);
      if (!isTold) crashes.push(`${name} ended by itself with ${code ?? signal}:\n${output}`);
    });
    for (const stream of [started.stdout, started.stderr])
      stream?.on('data', (chunk) => {
        output = `${output}${chunk}`.slice(-4000);
      });
    const deadline = Date.now() + START_MS;
    while (!(await ready().catch(() => false))) {
      if (started.exitCode !== null || Date.now() > deadline)
        throw new Error(`${name} did not start:\n${output}`);
      await sleep(25);
    }
  }

  async function end(signal: NodeJS.Signals): Promise<void> {
    const ending = child;
    if (!ending || ending.exitCode !== null || ending.signalCode !== null) return;
    isTold = true;
    const ended = new Promise((resolve) => ending.once('exit', resolve));
    ending.kill(signal);
    await ended;
  }

  return { name, start, end, crashes };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('No port is free');
  return address.port;
}

export const isInstalled = (command: string): boolean =>
  spawnSync(command, ['-v'], { stdio: 'ignore' }).error === undefined;

const answersAt = (url: string) => async () => (await fetch(url)).ok;

interface Database extends Program {
  env: NodeJS.ProcessEnv;
}

/** The embedded MongoDB and S3 in a process of their own, at addresses that outlive a restart. */
export async function database(folder: string): Promise<Database> {
  const [mongodbPort, s3Port] = [await freePort(), await freePort()];
  const env = {
    MONGODB_URI: `mongodb://127.0.0.1:${mongodbPort}/`,
    MONGODB_DB: 'chaos',
    S3_ENDPOINT: `http://127.0.0.1:${s3Port}`,
    S3_BUCKET: 'concierge-inspiration',
    S3_ACCESS_KEY_ID: 'local-development',
    S3_SECRET_ACCESS_KEY: 'local-development-secret',
    S3_FORCE_PATH_STYLE: 'true',
  };
  const settings = {
    DATA_DIR: join(folder, 'data'),
    EMBEDDED_MONGODB_PORT: String(mongodbPort),
    EMBEDDED_S3_PORT: String(s3Port),
  };
  const listens = () => fetch(env.S3_ENDPOINT).then(() => canConnect(mongodbPort));
  const args = ['--import', 'tsx', 'scripts/embedded.ts'];
  return {
    ...program({ name: 'the database', command: process.execPath, args, env: settings, ready: listens }),
    env,
  };
}

// Over HTTP, as a person would who has mistaken the port: the answer, of whatever kind, shows that it listens.
const canConnect = (port: number): Promise<boolean> =>
  fetch(`http://127.0.0.1:${port}`).then(
    () => true,
    (error: Error) => !String(error.cause).includes('ECONNREFUSED'),
  );

interface Service extends Program {
  port: number;
  address: string;
}

/** The built service, in production mode. */
export async function service(name: string, env: NodeJS.ProcessEnv): Promise<Service> {
  const port = await freePort();
  const address = `http://127.0.0.1:${port}`;
  return {
    ...program({
      name,
      command: process.execPath,
      args: ['dist/src/server.js'],
      env: { ...env, PORT: String(port), HOST: '127.0.0.1', NODE_ENV: 'production' },
      ready: answersAt(`${address}/health/ready`),
    }),
    port,
    address,
  };
}

export async function worker(env: NodeJS.ProcessEnv): Promise<Program> {
  const port = await freePort();
  return program({
    name: 'the worker',
    command: process.execPath,
    args: ['dist/src/worker.js'],
    env: { ...env, WORKER_PORT: String(port), HOST: '127.0.0.1', NODE_ENV: 'production' },
    ready: answersAt(`http://127.0.0.1:${port}/health/ready`),
  });
}

export async function redis(folder: string): Promise<Program & { url: string }> {
  const port = await freePort();
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--dir', folder];
  const ready = () => canConnect(port);
  return {
    ...program({ name: 'Redis', command: 'redis-server', args, ready }),
    url: `redis://127.0.0.1:${port}`,
  };
}

/** nginx in front of the services, with the settings that `deploy/nginx/concierge.conf` has. */
export async function balancer(folder: string, services: Service[]): Promise<Service> {
  const port = await freePort();
  const address = `http://127.0.0.1:${port}`;
  const home = join(folder, 'nginx');
  mkdirSync(home, { recursive: true });
  const file = join(home, 'nginx.conf');
  writeFileSync(file, nginxConfig(home, port, services));
  const args = ['-p', home, '-c', file, '-g', 'daemon off;'];
  return {
    ...program({ name: 'nginx', command: 'nginx', args, ready: answersAt(`${address}/health/live`) }),
    port,
    address,
  };
}

function nginxConfig(home: string, port: number, services: Service[]): string {
  const servers = services.map((one) => `server 127.0.0.1:${one.port} max_fails=0;`);
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  return `
# one process, which can be ended as a whole
master_process off;
pid ${home}/nginx.pid;
error_log ${home}/error.log;
events { worker_connections 1024; }
http {
  access_log off;
${temporary.map((name) => `  ${name}_temp_path ${home}/${name};`).join('\n')}
  upstream concierge {
    ${servers.join('\n    ')}
  }
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass http://concierge;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_connect_timeout 1s;
      proxy_next_upstream error timeout non_idempotent;
    }
  }
}
`;
}
