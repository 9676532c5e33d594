import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fromGo, fromMaven, fromPypi } from './install.js';

export const CREDENTIALS = {
  region: 'us-east-1',
  accessKeyId: 'test-key',
  secretAccessKey: 'test-secret',
};

const START_MS = 60_000;
const STOP_MS = 5_000;
const JAVA = 'test/outside/mongo-java-server';

export interface Program {
  kind: 'mongodb' | 's3';
  name: string;
  version: string;
  /** What it is made of, for the table. */
  about: string;
  /** The program, from `.cache` or installed there. */
  find(): Promise<string>;
  command?(program: string): [command: string, ...args: string[]];
  args(port: number, folder: string): string[];
  env?: NodeJS.ProcessEnv;
  /** `none` for a store that has no keys. */
  encryption?: string;
}

const at = (name: string, version: string) => `${name}@${version}`;

/** Servers of others. The first of each kind runs in CI, where there is what it needs. */
export const PROGRAMS: readonly Program[] = [
  {
    kind: 'mongodb',
    name: 'mongo-java-server',
    version: '1.47.0',
    about: 'Maven, Java 17',
    find: () =>
      fromMaven(at('mongo-java-server', '1.47.0'), `${JAVA}/pom.xml`, 'mongo-java-server-1.47.0.jar'),
    command: (jar) => ['java', '-cp', `${dirname(jar)}/*`, `${JAVA}/Serve.java`],
    args: (port) => [String(port)],
  },
  {
    kind: 's3',
    name: 'versitygw',
    version: '1.8.0',
    about: 'Go',
    find: () =>
      fromGo(at('versitygw', '1.8.0'), 'github.com/versity/versitygw/cmd/versitygw@v1.8.0', 'versitygw'),
    args: (port, folder) => [
      ...['--port', `127.0.0.1:${port}`, '--region', CREDENTIALS.region],
      ...['--quiet', 'posix', folder],
    ],
    encryption: 'none',
    env: { ROOT_ACCESS_KEY: CREDENTIALS.accessKeyId, ROOT_SECRET_KEY: CREDENTIALS.secretAccessKey },
  },
  {
    kind: 'mongodb',
    name: 'secantusdb',
    version: '0.7.0b3',
    about: 'PyPI; over WiredTiger',
    find: () => fromPypi(at('secantusdb', '0.7.0b3'), ['secantusdb==0.7.0b3'], 'secantusd-py'),
    args: (port, folder) => [
      ...['--standalone', '--host', '127.0.0.1', '--port', String(port)],
      ...['--storage-path', folder, '--log-level', 'ERROR'],
    ],
  },
  {
    kind: 's3',
    name: 'moto',
    version: '5.2.5',
    about: 'PyPI',
    find: () => fromPypi(at('moto', '5.2.5'), ['moto[s3,server]==5.2.5'], 'moto_server'),
    args: (port) => ['-H', '127.0.0.1', '-p', String(port)],
  },
  {
    kind: 's3',
    name: 'minio',
    // the last of its main branch: a module has no versions by MinIO's own names of releases
    version: '2026-02-12',
    about: 'Go; with a KMS key',
    find: () =>
      fromGo(at('minio', '2026-02-12'), 'github.com/minio/minio@v0.0.0-20260212201848-7aac2a2c5b7c', 'minio'),
    args: (port, folder) => [
      ...['server', '--quiet', '--address', `127.0.0.1:${port}`, '--console-address', '127.0.0.1:0', folder],
    ],
    env: {
      MINIO_ROOT_USER: CREDENTIALS.accessKeyId,
      MINIO_ROOT_PASSWORD: CREDENTIALS.secretAccessKey,
      // a key of this test alone, so that the store can encrypt
      MINIO_KMS_SECRET_KEY: `test:${Buffer.alloc(32, 7).toString('base64')}`,
    },
  },
];

/** A server of others, started in a process and a folder of its own. */
interface Engine {
  port: number;
  stop(): Promise<void>;
}

/** Starts it on a free port. Throws `Absent` when it cannot be had here. */
export async function startEngine({ name, find, command, args, env }: Program): Promise<Engine> {
  const program = await find();
  const [executable, ...before] = command?.(program) ?? [program];
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), 'engine-'));
  const child = spawn(executable, [...before, ...args(port, folder)], {
    stdio: 'ignore',
    env: { ...process.env, ...env },
  });
  const ended = new Promise<void>((done) => child.once('close', () => done()));
  const last = () => child.kill('SIGKILL');
  process.once('exit', last);
  const stop = async () => {
    child.kill();
    const killer = setTimeout(last, STOP_MS);
    await ended;
    clearTimeout(killer);
    process.off('exit', last);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await listening(name, port, child);
    return { port, stop };
  } catch (error) {
    await stop();
    throw error;
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

async function listening(name: string, port: number, child: ChildProcess): Promise<void> {
  for (const deadline = Date.now() + START_MS; Date.now() < deadline; await sleep(100)) {
    if (child.exitCode !== null) throw new Error(`${name} ended with ${child.exitCode} when it was started`);
    const isOpen = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => resolve(true)).on('error', () => resolve(false));
      socket.on('connect', () => socket.destroy());
    });
    if (isOpen) return;
  }
  throw new Error(`${name} did not answer within ${START_MS / 1000} s`);
}
