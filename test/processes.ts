import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Test } from 'tap';
import { built, ROOT } from './built.js';

export { built, ROOT };

/** How a process is started from TypeScript: as the tests are. */
export const TYPESCRIPT = ['--require', fileURLToPath(new URL('typescript.cjs', import.meta.url))];

/** The commands see nothing of this machine's settings, nor of an `npm run dev` that runs in this folder. */
export const clean = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv => ({
  PATH: process.env.PATH,
  HOME: process.env.HOME,
  DATA_DIR: join(ROOT, '.tap/no-data'),
  // what these processes run is not counted: tap would read it as wholly covered
  _TAPJS_PROCESSINFO_COVERAGE_: '0',
  ...env,
});

/** A busy machine is no database that is away, and no overload: only tests of these have little patience. */
export const PATIENCE = {
  MONGODB_TIMEOUT_MS: '60000',
  S3_TIMEOUT_MS: '60000',
  OVERLOAD_EVENT_LOOP_DELAY_MS: '0',
};

interface Started {
  child: ChildProcess;
  match: RegExpExecArray;
}

/** What a process may take to say what it is waited for, also on a machine that does ten other things. */
const PATIENCE_MS = 90_000;

/** Starts a Node command and waits until it has written the text. It is killed at the end of the test. */
export function start(t: Test, args: string[], env: NodeJS.ProcessEnv, text: RegExp): Promise<Started> {
  const child = spawn(process.execPath, args, { cwd: ROOT, env: clean(env) });
  t.teardown(() => child.kill('SIGKILL'));
  return new Promise((resolve, reject) => {
    let output = '';
    const patience = setTimeout(
      () => reject(new Error(`has not written ${text}, but: ${output}`)),
      PATIENCE_MS,
    );
    t.teardown(() => clearTimeout(patience));
    const read = (chunk: Buffer) => {
      output += chunk;
      const match = text.exec(output);
      if (match) resolve({ child, match });
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.on('exit', (code) => reject(new Error(`ended with ${code}: ${output}`)));
  });
}

/** Starts the service in a process of its own. */
export async function startService(
  t: Test,
  env: NodeJS.ProcessEnv,
): Promise<{ child: ChildProcess; address: string }> {
  const { child, match } = await start(
    t,
    [built('src/server')],
    { ...env, PORT: '0' },
    /listening at (http:\/\/127\.0\.0\.1:\d+)/,
  );
  return { child, address: match[1] ?? '' };
}

/** Resolves with the exit code, or the signal that ended it. */
export const ended = (child: ChildProcess): Promise<number | string | null> =>
  new Promise((resolve) => child.on('exit', (code, signal) => resolve(code ?? signal)));

/** What stands between the service and the database: `pass` hands on what either says, and when one ends, so does the other. */
export async function between(
  t: Pick<Test, 'teardown'>,
  uri: string,
  pass: (client: Socket, database: Socket) => void,
) {
  const { hostname, port } = new URL(uri);
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const database = connect(Number(port), hostname);
    for (const [one, other] of [
      [client, database],
      [database, client],
    ] as const) {
      sockets.add(one);
      one.on('error', () => {}).on('close', () => sockets.delete(one) && other.destroy());
    }
    pass(client, database);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  t.teardown(() => {
    cut();
    server.close();
  });
  return { uri: `mongodb://127.0.0.1:${(server.address() as AddressInfo).port}/`, cut };
}

/**
 * A proxy in front of the database that lets an insert into a collection through, but holds its acknowledgement back, and
 * everything after it: between the write and the answer, time stands still.
 */
export async function stoppingProxy(t: Test, uri: string, collection: string) {
  const insert = Buffer.from(
    `insert\0${String.fromCharCode(collection.length + 1)}\0\0\0${collection}\0`,
    'latin1',
  );
  let acknowledged = () => {};
  const reached = new Promise<void>((resolve) => {
    acknowledged = resolve;
  });
  const proxy = await between(t, uri, (client, database) => {
    let held = false;
    client.on('data', (chunk) => {
      held ||= chunk.includes(insert);
      database.write(chunk);
    });
    database.on('data', (chunk) => {
      if (held) acknowledged();
      else client.write(chunk);
    });
  });
  return { uri: proxy.uri, reached };
}
