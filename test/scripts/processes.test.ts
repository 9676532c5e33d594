import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import t from 'tap';
import { database, environment, KEY } from '../helper.js';
import { clean, ended, ROOT, start } from '../processes.js';

const run = promisify(execFile);
const DEV = ['--import', 'tsx', 'scripts/dev.ts'];

const post = (address: string, path: string, body: object) =>
  fetch(`${address}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

/** Every script that a process has loaded, from its V8 coverage. */
async function loadedScripts(directory: string): Promise<string[]> {
  const files = await readdir(directory);
  const reports = await Promise.all(files.map((file) => readFile(join(directory, file), 'utf8')));
  return reports.flatMap((report) => JSON.parse(report).result.map(({ url }: { url: string }) => url));
}

t.test('the built service serves, ends in order on SIGTERM, and never loads the stand-ins', async (t) => {
  await run(
    process.execPath,
    [join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', 'tsconfig.build.json', '--noCheck'],
    {
      cwd: ROOT,
    },
  );
  const coverage = t.testdir();
  const db = await database(t);
  const env = await environment(db, { NODE_ENV: 'production', PORT: '0', NODE_V8_COVERAGE: coverage });
  const { child, match } = await start(
    t,
    ['dist/src/server.js'],
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
    scripts.some((url) => url.endsWith('/dist/src/app.js')),
    'it is the built service that ran',
  );
  t.same(
    scripts.filter((url) => /embedded/.test(url)),
    [],
  );
});

t.test('the built service names every setting that is missing', async (t) => {
  const failure = await run(process.execPath, ['dist/src/server.js'], {
    cwd: ROOT,
    env: clean({ NODE_ENV: 'production' }),
  }).catch((error) => error);
  t.equal(failure.code, 1);
  for (const name of ['CONCIERGE_API_KEY', 'MONGODB_URI', 'S3_BUCKET', 'ANALYTICS_SALT'])
    t.match(failure.stderr, `${name} is missing`);
});

t.test('development: it seeds, answers, and keeps its data through kill -9', async (t) => {
  const env = { DATA_DIR: join(t.testdir(), 'data'), PORT: '0', CONCIERGE_API_KEY: KEY };
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
  second.child.kill('SIGINT');
});

t.test('the block for the widget', async (t) => {
  const print = (...args: string[]) =>
    run(process.execPath, ['--import', 'tsx', 'scripts/cli.ts', 'widget-env', ...args], {
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
