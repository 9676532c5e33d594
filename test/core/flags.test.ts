import { join } from 'node:path';
import t from 'tap';
import { hasFeature, parseFlags, parseFlagsFile } from '../../src/config/flags-file.js';
import { build, call, replaceFile } from '../helper.js';

const PRODUCTS = '/api/concierge/products';
const CAPSULE = '/api/concierge/capsule';
const SHORTLIST = '/api/concierge/shortlist';

t.test('flags: what the settings may say', async (t) => {
  t.same(
    [...parseFlags('capsule, inspiration', 'stylist=25%,')],
    [
      ['stylist', 25],
      ['capsule', 0],
      ['inspiration', 0],
    ],
  );
  t.same(
    [...parseFlagsFile('{"disabled":["csat"],"rollout":{"capsule":12.5}}')],
    [
      ['capsule', 12.5],
      ['csat', 0],
    ],
  );
  for (const [disabled, rollout] of [
    ['teleport', ''],
    ['', 'capsule=101%'],
    ['', 'capsule'],
  ] as const)
    t.throws(() => parseFlags(disabled, rollout), disabled + rollout);
  for (const text of ['{', '[]', '{"disabled":["teleport"]}', '{"rollout":{"capsule":-1}}', '{"disable":[]}'])
    t.throws(() => parseFlagsFile(text), text);
});

t.test('a share of the sessions: always the same ones, and more of them as it grows', async (t) => {
  const sessions = Array.from({ length: 2000 }, (_, n) => `session-${n}`);
  const having = (percent: number) =>
    sessions.filter((session) => hasFeature(new Map([['capsule', percent]]), 'capsule', session));
  const quarter = having(25);
  t.ok(Math.abs(quarter.length - 500) < 60, `${quarter.length} of 2000`);
  t.same(having(25), quarter);
  const half = new Set(having(50));
  t.ok(quarter.every((session) => half.has(session)));
  t.equal(having(0).length, 0);
  t.equal(having(100).length, 2000);
});

t.test('flags: switched off by the settings, and on again by a file, without a restart', async (t) => {
  const file = join(t.testdir(), 'flags.json');
  await replaceFile(file, '{"disabled":["capsule","products"]}');
  const lines: string[] = [];
  const { app, db } = await build(t, {
    env: { CONCIERGE_FLAGS_FILE: file, CONCIERGE_DISABLED: 'shortlist' },
    logger: { level: 'error', stream: { write: (line: string) => lines.push(line) } },
  });
  const statuses = () =>
    Promise.all(
      [PRODUCTS, CAPSULE, SHORTLIST].map(
        async (path) => (await call(app, path, { sessionId: 's', items: [] })).statusCode,
      ),
    );
  t.same(await statuses(), [503, 503, 200], 'the file stands in place of the settings');
  const refused = await call(app, CAPSULE, { sessionId: 's' });
  t.match(refused.json(), { code: 'feature.disabled', reason: 'capsule', status: 503 });
  t.match(refused.headers['retry-after'], /^\d+$/);
  t.equal((await call(app, CAPSULE, {}, { authorization: 'Bearer no-key' })).statusCode, 401);

  await replaceFile(file, '{"rollout":{"shortlist":0.0}}');
  await app.reloadFlags();
  t.same(await statuses(), [200, 400, 503]);
  await replaceFile(file, '{"disabled":["teleport"]}');
  await app.reloadFlags();
  t.same(await statuses(), [200, 400, 503], 'a file that cannot be used changes nothing');
  t.match(lines, [/teleport is none of/]);
  t.match(await db.collection('auditLog').find({}).toArray(), [
    { action: 'flags.reloaded', details: { percent: { shortlist: 0 } } },
  ]);
});
