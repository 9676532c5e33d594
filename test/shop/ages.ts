import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import t, { type Test } from 'tap';
import { database, environment, KEY } from '../helper.js';
import { built, clean, ROOT, start, startService } from '../processes.js';
import { AGES, type Age, buildShop, createShopIndexes } from './database.js';

/*
 * The service on the database of a shop that has been used, in each of its ages. Run by itself with `npm run test:shop`; on another
 * engine with TEST_MONGODB_URI.
 */

const run = promisify(execFile);
const NOW = new Date();
const SESSION = 'widget-6f1c8a52-3f0e-4f8e-9a53-0c7d1b8f2a11';
const IMAGE = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

/** The widget's nine calls, as the widget makes them. */
const CALLS: [path: string, body: object][] = [
  ['concierge/products', { category: 'ring', limit: 6, sessionId: SESSION }],
  ['concierge/shortlist', { sessionId: SESSION, items: [{ id: 'RNG-101', title: 'Lunar Halo Ring' }] }],
  ['concierge/orders/status', { email: 'bob@example.com', postalCode: '94110', sessionId: SESSION }],
  ['concierge/orders/status', { orderId: 'GG-12001' }],
  ['concierge/capsule', { sessionId: SESSION }],
  ['concierge/stylist', { sessionId: SESSION, email: 'bob@example.com', name: 'Bob', notes: 'A ring' }],
  ['analytics/csat', { sessionId: SESSION, rating: 'good', intent: 'track_order' }],
  ['concierge/order-updates', { sessionId: SESSION, orderNumber: 'GG-12002' }],
  ['concierge/orders/returns', { option: 'resize', orderId: 'GG-12001', newSize: 7 }],
];

async function playWidget(t: Test, address: string): Promise<void> {
  const headers = { authorization: `Bearer ${KEY}` };
  for (const [path, body] of CALLS) {
    const response = await fetch(`${address}/api/${path}`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    t.ok(response.ok, `${path}: ${response.status} ${response.ok ? '' : await response.text()}`);
  }
  const form = new FormData();
  form.set('sessionId', SESSION);
  form.set('file', new Blob([IMAGE], { type: 'image/png' }), 'ring.png');
  const upload = await fetch(`${address}/api/concierge/inspiration`, { method: 'POST', headers, body: form });
  t.ok(upload.ok, `concierge/inspiration: ${upload.status}`);
  const page = await fetch(`${address}/api/neon/catalog?limit=5`, { headers });
  t.equal(page.status, 200, 'GET catalogue');
}

const indexes = (settings: NodeJS.ProcessEnv, ...args: string[]) =>
  run(process.execPath, [built('scripts/cli'), 'indexes', ...args], {
    cwd: ROOT,
    env: clean(settings),
  }).then(
    ({ stdout }) => ({ code: 0, output: stdout }),
    ({ code, stdout, stderr }) => ({ code, output: `${stdout}${stderr}` }),
  );

/** All, or those that an engine can have. */
const ages = (process.env.TEST_SHOP_AGES?.split(',') ?? AGES) as readonly Age[];

for (const age of ages)
  t.test(
    `a shop of the age "${age}": service, worker and the widget’s calls, then the shop’s scripts`,
    async (t) => {
      const db = await database(t);
      await buildShop(db, age, NOW);
      const settings = await environment(db, {
        NODE_ENV: 'production',
        LOG_LEVEL: 'info',
        ORDERS_PROOF: 'trusted',
      });
      const isBlocked = age === 'newest';
      const table = await indexes(settings, '--check');
      t.comment(table.output);
      t.equal(table.code, isBlocked ? 1 : 0, 'the table says whether the start is prevented');
      t.match(table.output, /orders +\{orderNumber: 1, createdAt: -1\} +orderNumber_1 .*it serves/);
      if (isBlocked) {
        const failure = await startService(t, settings).then(
          () => 'started',
          ({ message }) => message,
        );
        t.match(
          failure,
          /sessionId_1.*--apply widgetOrderSubscriptions\.sessionId_1/s,
          'the start says what to do',
        );
        t.notMatch(failure, /\n +at /, 'in a sentence');
        const applied = await indexes(settings, '--apply', 'widgetOrderSubscriptions.sessionId_1');
        t.equal(applied.code, 0, applied.output);
      }
      const { address } = await startService(t, { ...settings, DISPATCHER: 'off' });
      await start(t, [built('src/worker')], settings, /worker ready/);
      await playWidget(t, address);
      await createShopIndexes(db, age);
      t.equal((await indexes(settings, '--check')).code, isBlocked ? 1 : 0);
    },
  );
