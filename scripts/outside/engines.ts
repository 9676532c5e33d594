import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fromGo, fromPypi } from './install.js';

export const CREDENTIALS = {
  region: 'us-east-1',
  accessKeyId: 'test-key',
  secretAccessKey: 'test-secret',
};

const START_MS = 30_000;

/** A server of others, started in a process and a folder of its own. */
export interface Engine {
  name: string;
  port: number;
  stop(): Promise<void>;
}

interface Program {
  name: string;
  needs: string;
  find(): string | undefined;
  args(port: number, folder: string): string[];
  env?: NodeJS.ProcessEnv;
}

export const SECANTUSDB: Program = {
  name: 'secantusdb==0.7.0b3',
  needs: 'python3 with venv and pip, and access to PyPI',
  find: () => fromPypi('secantusdb==0.7.0b3', 'secantusd-py'),
  args: (port, folder) => [
    ...['--standalone', '--host', '127.0.0.1', '--port', String(port)],
    ...['--storage-path', folder, '--log-level', 'ERROR'],
  ],
};

export const MOTO: Program = {
  name: 'moto',
  needs: 'python3 with venv and pip, and access to PyPI',
  find: () => fromPypi('moto[s3,server]==5.2.5', 'moto_server'),
  args: (port) => ['-H', '127.0.0.1', '-p', String(port)],
};

export const VERSITYGW: Program = {
  name: 'versitygw',
  needs: 'go, and access to its module proxy',
  find: () => fromGo('github.com/versity/versitygw/cmd/versitygw@v1.8.0', 'versitygw'),
  args: (port, folder) => [
    ...['--port', `127.0.0.1:${port}`, '--region', CREDENTIALS.region],
    ...['--quiet', 'posix', folder],
  ],
  env: { ROOT_ACCESS_KEY: CREDENTIALS.accessKeyId, ROOT_SECRET_KEY: CREDENTIALS.secretAccessKey },
};

/** Starts it; undefined, which is said, when it cannot be had here. */
export async function startEngine({ name, needs, find, args, env }: Program): Promise<Engine | undefined> {
  const program = find();
  if (!program) {
    console.log(`Skipped ${name}, which needs ${needs}.`);
    return undefined;
  }
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), 'engine-'));
  const child = spawn(program, args(port, folder), { stdio: 'ignore', env: { ...process.env, ...env } });
  const ended = new Promise((done) => child.once('close', done));
  const stop = async () => {
    child.kill();
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await listening(port, child);
  } catch (error) {
    await stop();
    throw error;
  }
  return { name, port, stop };
}

function freePort(): Promise<number> {
  return new Promise((done) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => done(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

async function listening(port: number, child: ChildProcess): Promise<void> {
  for (const deadline = Date.now() + START_MS; Date.now() < deadline; await sleep(100)) {
    if (child.exitCode !== null) throw new Error(`the engine ended with ${child.exitCode}`);
    const isOpen = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => resolve(true)).on('error', () => resolve(false));
      socket.on('connect', () => socket.destroy());
    });
    if (isOpen) return;
  }
  throw new Error(`the engine did not answer within ${START_MS / 1000} s`);
}
