import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { FastifyInstance } from 'fastify';
import t from 'tap';
import { ROLES, sha256 } from '../../src/platform/keys/keys.js';
import { build, call, KEY, replaceFile } from '../helper.js';
import { built, clean, ROOT } from '../processes.js';

const PRODUCTS = '/api/concierge/products';

const statusOf = async (app: FastifyInstance, key: string) =>
  (await call(app, PRODUCTS, {}, { authorization: `Bearer ${key}` })).statusCode;

const entry = (id: string, rest: object = {}) => ({
  id,
  sha256: sha256(`secret-of-${id}`),
  scopes: ['products:read'],
  ...rest,
});

t.test('keys: a changed file of keys is taken over; one that cannot be used changes nothing', async (t) => {
  const file = join(t.testdir(), 'keys.json');
  const write = (content: unknown) =>
    replaceFile(file, typeof content === 'string' ? content : JSON.stringify(content));
  await write([entry('old'), entry('both')]);
  const lines: string[] = [];
  const { app, db } = await build(t, {
    env: { CONCIERGE_API_KEYS_FILE: file },
    logger: { level: 'error', stream: { write: (line: string) => lines.push(line) } },
  });
  const statuses = () =>
    Promise.all([KEY, 'secret-of-old', 'secret-of-both', 'secret-of-new'].map((key) => statusOf(app, key)));
  t.same(await statuses(), [200, 200, 200, 401]);

  await write([entry('both', { notAfter: '2100-01-01' }), entry('new')]);
  await app.reloadKeys();
  t.same(await statuses(), [200, 401, 200, 200], 'the key of the environment stays');
  t.match(await db.collection('auditLog').find({}).toArray(), [
    {
      action: 'keys.reloaded',
      key: 'service',
      details: { added: ['new'], removed: ['old'], changed: ['both'] },
    },
  ]);

  for (const broken of ['[{"id":', [entry('both'), entry('both')], [{ ...entry('x'), scopes: ['all'] }]]) {
    await write(broken);
    await app.reloadKeys();
    await app.reloadKeys();
    t.same(await statuses(), [200, 401, 200, 200]);
  }
  t.equal(lines.length, 3, 'each is told once');
  t.notMatch(lines.join(''), sha256('secret-of-both'));
  t.equal(await db.collection('auditLog').countDocuments({}), 1);
});

t.test('keys: a key is valid from and until', async (t) => {
  const file = join(t.testdir(), 'keys.json');
  await replaceFile(file, JSON.stringify([entry('x', { notBefore: '2026-02-01', notAfter: '2026-03-01' })]));
  let now = new Date('2026-01-31T23:59:59Z');
  const { app } = await build(t, { env: { CONCIERGE_API_KEYS_FILE: file }, now: () => now });
  t.equal(await statusOf(app, 'secret-of-x'), 401);
  now = new Date('2026-02-01T00:00:00Z');
  t.equal(await statusOf(app, 'secret-of-x'), 200);
  now = new Date('2026-03-01T00:00:00Z');
  t.equal(await statusOf(app, 'secret-of-x'), 401);
});

t.test('keys: a scope that is missing is named', async (t) => {
  const file = join(t.testdir(), 'keys.json');
  await replaceFile(file, JSON.stringify([entry('reader')]));
  const { app } = await build(t, { env: { CONCIERGE_API_KEYS_FILE: file } });
  const refused = await call(
    app,
    '/api/concierge/shortlist',
    { sessionId: 's', items: [] },
    { authorization: 'Bearer secret-of-reader' },
  );
  t.equal(refused.statusCode, 403);
  t.match(refused.json(), { code: 'auth.missing_scope', detail: /shortlists:write/ });
  t.match(refused.headers['www-authenticate'], /error="insufficient_scope", scope="shortlists:write"/);
});

t.test('keys: the command makes keys, hashes them, and lists a file', async (t) => {
  const file = join(t.testdir(), 'keys.json');
  const keys = (...args: string[]) =>
    promisify(execFile)(process.execPath, [built('scripts/cli'), 'keys', ...args], {
      cwd: ROOT,
      env: clean({ CONCIERGE_API_KEYS_FILE: file }),
    });
  const { stdout } = await keys(
    'new',
    'crm',
    '--scopes',
    'products:read, returns:manage',
    '--not-after',
    '2001-01-01',
  );
  const secret = /^ck_\S{43}$/m.exec(stdout)?.[0] ?? '';
  t.match(JSON.parse(await readFile(file, 'utf8')), [
    {
      id: 'crm',
      sha256: sha256(secret),
      scopes: ['products:read', 'returns:manage'],
      notAfter: '2001-01-01',
    },
  ]);
  const again = await keys('new', 'crm', '--scopes', 'products:read').catch((error) => error);
  t.match(again, { code: 1, stderr: /two keys have the id crm/ });
  t.match((await keys('list')).stdout, /^crm {2}ended .*returns:manage$/m);
  await keys('new', 'margaux', '--role', 'agent');
  t.match(JSON.parse((await keys('list', '--json')).stdout), [
    { id: 'crm', state: 'ended' },
    { id: 'margaux', state: 'valid', scopes: [...(ROLES.agent ?? [])] },
  ]);
  t.match(await keys('new', 'nobody').catch((error) => error), { code: 2, stderr: /--role or --scopes/ });
  t.match(await keys('new', 'x', '--scopes', 'all').catch((error) => error), {
    code: 2,
    stderr: /no scope all/,
  });
  await keys('remove', 'crm');
  t.notMatch((await keys('list')).stdout, /crm/);
  t.match(await keys('remove', 'crm').catch((error) => error), { code: 1, stderr: /There is no key crm/ });
});
