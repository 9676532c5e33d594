import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import t from 'tap';
import { openCollections } from '../../src/collections.js';
import { runningFile } from '../../src/config/development.js';
import { Environment } from '../../src/config/environment.js';
import { loadConfig } from '../../src/config/load.js';
import { misspelt, warnOfMisspelt } from '../../src/config/misspelt.js';
import { createSuppressions } from '../../src/domain/order-updates/suppressions.js';
import { createHashes } from '../../src/lib/ids.js';
import { database, environment } from '../helper.js';
import { built, clean, ROOT, TYPESCRIPT } from '../processes.js';

const CLI = [built('scripts/cli')];

interface Ended {
  code: number;
  stdout: string;
  stderr: string;
}

const concierge = (args: string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> =>
  promisify(execFile)(process.execPath, [...CLI, ...args], { cwd: ROOT, env: clean(env) }).then(
    (output) => ({ code: 0, ...output }),
    (error) => error,
  );

t.test('concierge: help is there for every command, needs no settings and does nothing', async (t) => {
  const commands = ['', 'doctor', 'keys', 'keys new', 'indexes', 'storage', 'storage setup', 'deliveries'];
  const others = ['deliveries list', 'deliveries replay', 'catalogue report', 'seed', 'widget-env'];
  await Promise.all(
    [...commands, ...others].map(async (command) => {
      const { code, stdout } = await concierge([...command.split(' ').filter(Boolean), '--help']);
      t.equal(code, 0, command);
      t.match(stdout, `Usage: concierge${command && ` ${command}`}`);
    }),
  );
});

t.test('scripts: --help says what they are for and starts nothing', async (t) => {
  const outside = ['clients', 'engines', 'node'].map((what) => `test/outside/test-${what}.ts`);
  const trials = ['test/chaos/chaos.ts', 'test/attack/attack.ts', 'test/outbox/crash.ts'];
  await Promise.all(
    ['scripts/embedded.ts', 'scripts/start-dev.mjs', ...outside, ...trials].map(async (name) => {
      const args = [...TYPESCRIPT, name, '--help'];
      const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: ROOT, env: clean({}) });
      t.match(stdout, /^[A-Z][^*]{40,}$/, name);
    }),
  );
});

t.test('concierge: a command line that is not understood ends with 2 and shows the help', async (t) => {
  const wrong = [
    ['frobnicate'],
    ['keys', 'new'],
    ['indexes', '--chek'],
    ['deliveries', 'list', '--limit', '0'],
  ];
  await Promise.all(
    wrong.map(async (args) => {
      const { code, stderr } = await concierge(args);
      t.equal(code, 2, args.join(' '));
      t.match(stderr, /^error: .*\n[\s\S]*Usage: concierge/);
    }),
  );
});

t.test('concierge: a reader that has seen enough is no failure', async (t) => {
  const child = spawn(process.execPath, [...CLI, '--help'], { cwd: ROOT, env: clean({}) });
  child.stdout.destroy();
  const errors: string[] = [];
  child.stderr.on('data', (text) => errors.push(String(text)));
  const [code] = await once(child, 'close');
  t.equal(code, 0);
  t.equal(errors.join(''), '');
});

t.test('concierge doctor: says what is right and what to do, and changes nothing', async (t) => {
  const db = await database(t);
  const settings = await environment(db, { RATE_LIMIT_BURTS: '5' });
  const { stdout } = await concierge(['doctor', '--json'], settings);
  const findings: { what: string; state: string; says: string; todo?: string }[] = JSON.parse(stdout);
  const of = (what: string) => findings.filter((finding) => finding.what === what);
  t.match(of('database'), [{ state: 'right' }]);
  t.match(of('indexes'), [{ state: 'look', says: /are missing/ }]);
  t.match(of('settings'), [{ state: 'look', todo: /RATE_LIMIT_BURST/ }, { state: 'right' }]);
  t.match(of('mail'), [{ state: 'look', says: /codes and links .*cannot be sent: set SMTP_URL/ }]);
  t.match(of('crm'), [{ state: 'look', says: /tickets stay in the dashboard/ }]);
  t.same(await db.listCollections().toArray(), [], 'nothing was made');
  t.notMatch(stdout, new RegExp(settings.CONCIERGE_API_KEY ?? 'x'));
  const DATA_DIR = t.testdir({});
  const without = await concierge(['doctor'], { ...settings, MONGODB_URI: '', DATA_DIR });
  t.match(without, { code: 1, stdout: /WRONG {2}settings .*MONGODB_URI is missing/ });
  t.match(without.stdout, /docs\/configuration\.md, under "Database and object store"/);
  t.match(without.stdout, /`npm run dev` needs none/);

  // beside `npm run dev`, on whose folder it looks
  const running = { pid: process.pid, address: 'http://127.0.0.1:4400', standIns: settings };
  await writeFile(runningFile({ DATA_DIR }), JSON.stringify(running));
  const beside = await concierge(['doctor'], { DATA_DIR });
  t.match(beside, { code: 0, stderr: '' });
  t.match(beside.stdout, /those of `npm run dev`, which runs at http:\/\/127\.0\.0\.1:4400; .*stand-ins/);
  t.match(beside.stdout, /right {2}bucket/);
  t.match(beside.stdout, /seen at http:\/\/127\.0\.0\.1:4400\/demo\/outbox/);
  const production = await concierge(['doctor'], { DATA_DIR, NODE_ENV: 'production' });
  t.match(production, { code: 1, stdout: /MONGODB_URI is missing/ }, 'production knows no stand-ins');
});

t.test('settings: a name that looks like one of ours is told, others are not', async (t) => {
  const known = Object.keys(Environment.properties);
  const cases: [given: string, meant: string | undefined][] = [
    ['RATE_LIMIT_BURTS', 'RATE_LIMIT_BURST'],
    ['MONGODB_URL', 'MONGODB_URI'],
    ['CONCIERGE_APIKEY', 'CONCIERGE_API_KEY'],
    ['DASHBOARD_ENABLE', 'DASHBOARD_ENABLED'],
    ['CONCIERGE_API_KEY', undefined],
    ['CONCIERGE_API_KEY_FILE', undefined],
    ['CONCIERGE_PRODUCTS_ENDPOINT', undefined],
    ['HOME', undefined],
    ['PORTS', undefined],
  ];
  for (const [given, meant] of cases)
    t.same(misspelt([given], known), meant ? [{ given, meant }] : [], given);
  const said: string[] = [];
  process.env.RATE_LIMIT_BURTS = '5';
  warnOfMisspelt({ warn: (message) => said.push(message) });
  delete process.env.RATE_LIMIT_BURTS;
  t.same(said, ['RATE_LIMIT_BURTS is no setting of this service: perhaps RATE_LIMIT_BURST is meant']);
});

t.test('concierge suppressions: an address that has sent mail back is written to again', async (t) => {
  const db = await database(t);
  const env = await environment(db);
  const config = loadConfig(env, {});
  const hash = createHashes(config.analytics.salt).destination;
  await createSuppressions(openCollections(db).suppressions, hash).suppress(
    'ada@example.com',
    'HardBounce',
    new Date(),
  );
  const run = (...args: string[]) => concierge(['suppressions', ...args], env);
  t.match(await run('show', 'Ada@Example.com'), { code: 0, stdout: 'It is suppressed.\n' });
  t.match(await run('lift', 'Ada@Example.com'), { code: 0, stdout: /written to again/ });
  t.match(await run('lift', 'ada@example.com'), { code: 1, stderr: /not suppressed/ });
  t.match(await run('show', 'ada'), { code: 1, stderr: /no email address/ });
});
