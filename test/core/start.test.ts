import { spawn } from 'node:child_process';
import { getHeapSpaceStatistics } from 'node:v8';
import t, { type Test } from 'tap';
import { releaseMemoryWhenIdle } from '../../src/lib/release-memory.js';
import { MAX_WAITING_MS } from '../../src/platform/mongodb/client.js';
import { build, call, database, environment } from '../helper.js';
import { between, built, clean, ROOT, startService } from '../processes.js';

/** Longer than Fastify gives a plugin by itself. */
const LONG_MS = 10_500;

const NOBODY_LISTENS = 'mongodb://shop:s3cret-w0rd@127.0.0.1:1/?authSource=admin';
/** What needs the database: how it is started, and what else it has to be told. */
const COMMANDS: Record<string, [args: string[], env?: NodeJS.ProcessEnv]> = {
  'npm start': [[built('src/server')]],
  'npm run worker': [[built('src/worker')]],
  'npm run dev': [['scripts/start-dev.mjs'], { S3_BUCKET: 'none' }],
  'npm run indexes': [[built('scripts/cli'), 'indexes', '--check']],
  'npm run seed': [[built('scripts/cli'), 'seed']],
  'npm run deliveries': [[built('scripts/cli'), 'deliveries', 'list']],
  'npm run catalogue:report': [[built('scripts/cli'), 'catalogue', 'report']],
};

async function run(args: string[], env: NodeJS.ProcessEnv): Promise<{ code: number | null; output: string }> {
  const child = spawn(process.execPath, args, { cwd: ROOT, env: clean(env) });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => {
      output += chunk;
    });
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { code, output };
}

t.test(
  'start: a database that cannot be reached is named, with the reason and without credentials',
  async (t) => {
    const settings = await environment(await database(t), { MONGODB_URI: NOBODY_LISTENS });
    await Promise.all(
      Object.entries(COMMANDS).map(async ([name, [args, more]]) => {
        const { code, output } = await run(args, {
          ...settings,
          DATA_DIR: t.testdirName,
          PORT: '0',
          ...more,
        });
        t.equal(code, 1, `${name}: ends with 1`);
        t.match(output, /127\.0\.0\.1:1 .*MONGODB_URI.*cannot be reached.*ECONNREFUSED/, name);
        t.notMatch(output, /s3cret|shop:/, `${name}: no credentials`);
        t.notMatch(output, /\n +at /, `${name}: no stack`);
      }),
    );
    t.ok(MAX_WAITING_MS <= 5000, 'within seconds');
  },
);

t.test('start: an address of a database that is none is named without credentials', async (t) => {
  const settings = await environment(await database(t), { MONGODB_URI: 'mongodb://shop:s3cret@@host:x/y' });
  const { code, output } = await run([built('src/server')], settings);
  t.equal(code, 1);
  t.match(output, /MONGODB_URI is not valid/);
  t.notMatch(output, /s3cret/);
});

/** A proxy in front of the database that keeps each answer to such a command back for a while. */
async function slowProxy(t: Test, uri: string, commands: string[], ms: number) {
  const delayed: string[] = [];
  const proxy = await between(t, uri, (client, database) => {
    let due = Promise.resolve();
    client.on('data', (chunk) => {
      const command = commands.find((name) => chunk.includes(`${name}\0`));
      if (command) {
        delayed.push(command);
        due = due.then(() => new Promise((resolve) => setTimeout(resolve, ms)));
      }
      database.write(chunk);
    });
    database.on('data', (chunk) => {
      due = due.then(() => void client.write(chunk));
    });
  });
  return { uri: proxy.uri, delayed };
}

t.test(
  'start: the start waits for a long index build, and for a long reading of the catalogue',
  async (t) => {
    const db = await database(t);
    await db
      .collection('products')
      .insertOne({ name: 'Ring', pricing: { basePrice: 1 }, inventory: { sku: 'R' } });
    const settings = await environment(db);
    const { uri, delayed } = await slowProxy(
      t,
      settings.MONGODB_URI ?? '',
      ['createIndexes\0\x09\0\0\0products', 'find\0\x0a\0\0\0materials'],
      LONG_MS,
    );
    const { address } = await startService(t, { ...settings, MONGODB_URI: uri });
    t.equal((await fetch(`${address}/health/ready`)).status, 200);
    t.equal(delayed.length, 2, 'both have been kept back');
  },
);

t.test(
  'start: an object store that cannot be reached is one clear warning, and the start goes on',
  async (t) => {
    const lines: string[] = [];
    const stream = { write: (line: string) => void lines.push(line) };
    const { app } = await build(t, {
      env: { S3_ENDPOINT: 'http://127.0.0.1:1', S3_TIMEOUT_MS: '1000' },
      logger: { level: 'warn', stream },
    });
    t.equal((await call(app, '/api/concierge/shortlist', { sessionId: 's', items: [] })).statusCode, 200);
    const told = (what: string) => lines.filter((line) => line.includes(what));
    while (told('object store').length === 0) await app.storage.ping().catch(() => {});
    t.match(
      told('SMTP_URL'),
      [/codes and links that prove an order.* cannot be sent/],
      'without a mail server',
    );
    t.equal(lines.length, 2);
    t.match(JSON.parse(told('object store')[0] ?? '{}'), {
      endpoint: 'http://127.0.0.1:1',
      msg: /object store.*cannot be reached/,
    });
  },
);

t.test(
  'start: what it needed is given back by a process that has nothing to do, which goes on',
  async (t) => {
    const youngBytes = () =>
      getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space')?.space_size ?? 0;
    // the young generation grows with what survives in it
    const kept = Array.from({ length: 1_000_000 }, (_, n) => ({ n }));
    const before = youngBytes();
    const alive = setInterval(() => {}, 1000);
    t.teardown(() => clearInterval(alive));
    await releaseMemoryWhenIdle();
    t.ok(youngBytes() < before, `${youngBytes()} bytes of ${before}, beside ${kept.length} objects`);
    const { app } = await build(t);
    t.equal((await app.inject('/health/ready')).statusCode, 200);
  },
);
