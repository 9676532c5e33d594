import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Test } from 'tap';
import { createClamd } from '../../src/domain/inspiration/clamd.js';

/** The test file of the makers of scanners, in two halves: this file is not to be found by one. */
export const EICAR = ['X5O!P%@AP[4\\PZX54(P^)7CC)7}', '$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*'].join('');

type Answer = (bytes: Buffer, socket: Socket) => void;

/** A server that speaks INSTREAM: it reads to the end, then `answer` says what it does. Gives its port. */
export async function startScanner(t: Test, answer: Answer): Promise<number> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    let received = Buffer.alloc(0);
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk]);
      const bytes = readStream(received);
      if (bytes) answer(bytes, socket);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address = server.address();
  return address !== null && typeof address === 'object' ? address.port : 0;
}

/** The bytes that were streamed, once the stream has come to its end. */
function readStream(received: Buffer): Buffer | undefined {
  const command = 'zINSTREAM\0';
  if (received.length < command.length) return undefined;
  if (received.subarray(0, command.length).toString('latin1') !== command)
    throw new Error('This is not INSTREAM');
  const chunks: Buffer[] = [];
  for (let at = command.length; at + 4 <= received.length; ) {
    const length = received.readUInt32BE(at);
    if (length === 0) return Buffer.concat(chunks);
    chunks.push(received.subarray(at + 4, at + 4 + length));
    at += 4 + length;
  }
  return undefined;
}

export const hasClamd = (): boolean => spawnSync('clamd', ['--version']).error === undefined;

/** A real clamd that knows the test file and nothing else. Gives its port. */
export async function startClamd(t: Test): Promise<number> {
  const port = 20_000 + (process.pid % 10_000);
  const folder = t.testdir({
    db: { 'eicar.ndb': `Eicar-Test:0:*:${Buffer.from(EICAR).toString('hex')}\n` },
    'clamd.conf': '',
  });
  const config = join(folder, 'clamd.conf');
  const lines = [
    `DatabaseDirectory ${join(folder, 'db')}`,
    'TCPAddr 127.0.0.1',
    `TCPSocket ${port}`,
    'Foreground yes',
  ];
  await writeFile(config, `${lines.join('\n')}\n`);
  const child = spawn('clamd', ['-c', config], { stdio: 'ignore' });
  t.teardown(() => end(child));
  const scan = createClamd({ host: '127.0.0.1', port, timeoutMs: 1000 });
  while (child.exitCode === null) {
    const ready = await scan(Buffer.from('ping'), new AbortController().signal).catch(() => undefined);
    if (ready) return port;
    await wait(50);
  }
  throw new Error('clamd has not started');
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await ended;
}
