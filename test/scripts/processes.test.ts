import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import t from 'tap';
import { database, environment, KEY } from '../helper.js';
import { built, clean, ended, PATIENCE, ROOT, start } from '../processes.js';

const run = promisify(execFile);
const DEV = ['scripts/start-dev.mjs'];

const post = (address: string, path: string, body: object) =>
  fetch(`${address}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

/** How a process ends that ends by itself, and all that it says. */
const outcome = (args: string[], env: NodeJS.ProcessEnv): Promise<{ code: number; output: string }> =>
  run(process.execPath, args, { cwd: ROOT, env: clean(env) }).then(
    ({ stdout, stderr }) => ({ code: 0, output: stdout + stderr }),
    ({ code, stdout, stderr }) => ({ code, output: stdout + stderr }),
  );

/** Every script that a process has loaded, from its V8 coverage. */
async function loadedScripts(directory: string): Promise<string[]> {
  const files = await readdir(directory);
  const reports = await Promise.all(files.map((file) => readFile(join(directory, file), 'utf8')));
  return reports.flatMap((report) => JSON.parse(report).result.map(({ url }: { url: string }) => url));
}

t.test(
  'scripts: the built service serves, ends in order on SIGTERM, and never loads the stand-ins',
  async (t) => {
    const coverage = t.testdir();
    const db = await database(t);
    const env = await environment(db, { NODE_ENV: 'production', PORT: '0', NODE_V8_COVERAGE: coverage });
    const { child, match } = await start(
      t,
      [built('src/server')],
      env,
      /listening at (http:\/\/127\.0\.0\.1:\d+)/,
    );
    const address = match[1] ?? '';
    t.equal((await fetch(`${address}/health/ready`)).status, 200);
    t.equal(
      (await post(address, '/api/concierge/shortlist', { sessionId: 'buffered', items: [] })).status,
      200,
    );

    const end = ended(child);
    child.kill('SIGTERM');
    t.equal(await end, 0, 'it ends in order');
    const session = await db.collection('widgetSessions').findOne({ sessionId: 'buffered' });
    t.ok(session, 'what was buffered has been written');
    const scripts = await loadedScripts(coverage);
    t.ok(
      scripts.some((url) => url === pathToFileURL(built('src/server')).href),
      'it is the built service that ran',
    );
    const folder = new URL('../', pathToFileURL(built('src/server'))).href;
    const files = scripts.filter((url) => url.startsWith(folder));
    const maps = await Promise.all(files.map((url) => readFile(new URL(`${url}.map`), 'utf8')));
    const sources = maps.flatMap((map): string[] => JSON.parse(map).sources);
    t.match(sources.join('\n'), /\/src\/app\.ts$/m, 'its map names what is in a file');
    t.notMatch(sources.join('\n'), /\/(embedded|plugins\/demo)\//m);
    // one character beyond Latin-1, and the text of a whole file takes twice the memory
    const texts = await Promise.all(files.map((url) => readFile(new URL(url), 'utf8')));
    t.notMatch(texts.join(''), /[\u0100-\uffff]/, 'each character takes a byte of memory');
    t.same(
      scripts.filter((url) => /embedded/.test(url)),
      [],
    );
  },
);

t.test('scripts: the built service names every setting that is missing', async (t) => {
  const failure = await run(process.execPath, [built('src/server')], {
    cwd: ROOT,
    env: clean({ NODE_ENV: 'production' }),
  }).catch((error) => error);
  t.equal(failure.code, 1);
  for (const name of ['CONCIERGE_API_KEY', 'MONGODB_URI', 'S3_BUCKET', 'ANALYTICS_SALT'])
    t.match(failure.stderr, `${name} is missing`);
});

t.test('scripts: a taken port, and a folder that cannot be written, are told in one sentence', async (t) => {
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
  t.teardown(() => taken.close());
  const PORT = String((taken.address() as AddressInfo).port);
  const db = await database(t);
  const settings = await environment(db, { LOG_LEVEL: 'silent' });
  const file = join(t.testdir({ file: '' }), 'file');
  const cases: [name: string, args: string[], env: NodeJS.ProcessEnv, told: RegExp][] = [
    ['start', [built('src/server')], { PORT }, /^Port \d+ is taken.* Set PORT to a free one\.\n$/],
    [
      'worker',
      [built('src/worker')],
      { WORKER_PORT: PORT },
      /^Port \d+ .* Set WORKER_PORT to a free one\.\n$/,
    ],
    ['dev', DEV, { PORT }, /^Port \d+ is taken.* Set PORT to a free one\.\n$/],
    [
      'dev in production',
      DEV,
      { NODE_ENV: 'production' },
      /^`npm run dev` has keys that everyone knows.*\n$/,
    ],
    [
      'dev, no folder',
      DEV,
      { MONGODB_URI: '', S3_ENDPOINT: '', S3_BUCKET: '', DATA_DIR: file },
      /^\S+file\S* cannot be written \(ENOTDIR\)\. .*\n$/,
    ],
  ];
  await Promise.all(
    cases.map(async ([name, args, env, told]) => {
      const { code, output } = await outcome(args, { ...settings, ...env });
      t.equal(code, 1, `${name}: ends with 1`);
      t.match(output, told, name);
    }),
  );
  t.equal(await db.collection('products').countDocuments(), 0, 'what cannot listen has put nothing in');
});

t.test('scripts: a Node that is too old is told before it meets what it cannot read', async (t) => {
  const { engines } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8'));
  t.equal(engines.node, '>=20.19');
  const pretend = join(t.testdir({ 'node.cjs': PRETEND }), 'node.cjs');
  for (const [version, isRefused] of [
    ['16.20.2', true],
    ['18.20.8', true],
    ['20.9.0', true],
    ['20.18.3', true],
    ['20.19.0', false],
    ['22.4.1', false],
    ['100.0.0', false],
  ] as const) {
    const { code, output } = await outcome(['--require', pretend, 'scripts/require-node.cjs'], {
      NODE_VERSION: version,
    });
    t.equal(code, isRefused ? 1 : 0, version);
    t.equal(output, isRefused ? `Node 20.19 or later is needed, and this is ${version}.\n` : '', version);
  }
});

const PRETEND =
  "Object.defineProperty(process, 'versions', { value: { ...process.versions, node: process.env.NODE_VERSION } });";

t.test('development: it seeds, answers, and keeps its data through kill -9', async (t) => {
  const env = { ...PATIENCE, DATA_DIR: join(t.testdir(), 'data'), PORT: '0', CONCIERGE_API_KEY: KEY };
  const listening = /listens at\s+(http:\/\/\S+)[\s\S]*curl/;
  const first = await start(t, DEV, env, listening);
  const made = await post(first.match[1] ?? '', '/api/concierge/orders/returns', {
    option: 'return',
    orderNumber: 'GG-12006',
  });
  t.equal(made.status, 201);
  const { rmaId } = (await made.json()) as { rmaId: string };
  const end = ended(first.child);
  first.child.kill('SIGKILL');
  await end;

  const second = await start(t, DEV, env, listening);
  t.notMatch(second.match[0], 'have been put in', 'it is not seeded again');
  const again = await post(second.match[1] ?? '', '/api/concierge/orders/returns', {
    option: 'return',
    orderNumber: 'GG-12006',
  });
  t.match(await again.json(), { rmaId, duplicate: true });
  // its folder is removed with the test
  const over = ended(second.child);
  second.child.kill('SIGINT');
  await over;
});

t.test('scripts: the block for the widget', async (t) => {
  const print = (...args: string[]) =>
    run(process.execPath, [built('scripts/cli'), 'widget-env', ...args], {
      cwd: ROOT,
      env: clean({}),
    });
  const { stdout } = await print('https://concierge.example/');
  const lines = stdout.trim().split('\n');
  const endpoints = lines.filter((line) => /_ENDPOINT=https/.test(line));
  t.equal(endpoints.length, 9);
  t.ok(lines.includes('CONCIERGE_DATA_MODE=remote'), 'otherwise none of them is called');
  t.ok(lines.includes('CONCIERGE_API_KEY='), 'a key of production is never guessed');
  t.match((await print('http://127.0.0.1:4400')).stdout, /^CONCIERGE_API_KEY=dev-concierge-key$/m);
  const document = await readFile(join(ROOT, 'openapi.yaml'), 'utf8');
  for (const line of endpoints) t.ok(document.includes(`  ${line.replace(/^.*example/, '')}:`), line);
  t.match(await print('concierge').catch((error) => error), { code: 2, stderr: /no address/ });
});

t.test("scripts: the end of CI's log tells what failed, not what failed by it", async (t) => {
  const RAN = `TAP version 14
# Subtest: test/a.test.ts
    # Subtest: orders: late
        ok 1 - told
        not ok 2 - in one sentence
          ---
          diff: |
            -2
            +1
          source: |
            t.equal(1, 2);
          ...
        not ok 3 - later # TODO
    not ok 1 - orders: late # time=12.8ms
      ---
      at:
        lineNumber: 3
      ...
not ok 1 - test/a.test.ts # time=54ms
# Subtest: test/b.test.ts
    ok 1 - fine
    1..1
not ok 2 - test/b.test.ts # time=30000ms
  ---
  exitCode: 1
  ...
`;
  const folder = t.testdir({ 'test.tap': RAN, 'lint.log': 'first\nlast\n' });
  const told = async (step: string) =>
    (await outcome(['.ci/failures.mjs', step, join(folder, `${step}.log`), join(folder, `${step}.tap`)], {}))
      .output;
  t.equal(
    await told('test'),
    `
== test failed:
test/a.test.ts > orders: late > in one sentence
  diff: |
    -2
    +1

== test failed:
test/b.test.ts
  exitCode: 1
`,
  );
  t.equal(await told('lint'), '\n== lint failed; the end of what it said:\nfirst\nlast\n');
});
