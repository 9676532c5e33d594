import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { DEFINITIONS } from '../../src/collections.js';
import type { WithDeliveries } from '../../src/outbox/enqueue.js';
import { ensureIndexes } from '../../src/platform/mongodb/indexes.js';
import { database, environment, KEY } from '../helper.js';
import { built, ended, start } from '../processes.js';
import { killTrial, SECRET, storeHolds } from './kill-trial.js';
import { receiver } from './outbox.js';

t.test('kill -9 of dispatchers: none is lost, and every repeat carries the same id', async (t) => {
  const db = await database(t);
  await ensureIndexes(db, DEFINITIONS);
  const result = await killTrial({ db, env: await environment(db), kills: 2, deliveries: 120 });
  t.match(result, { deliveries: 120, received: 120, unknown: 0, states: { done: 120 } });
  t.same(Object.keys(result.states), ['done']);
  t.comment(`${result.calls - result.received} repeats`);
});

t.test(
  'outbox: a worker is watched like the service, and finishes what is under way when it is told to end',
  async (t) => {
    const db = await database(t);
    await ensureIndexes(db, DEFINITIONS);
    const answers: (() => void)[] = [];
    const url = await receiver(t, (_request, response) => {
      answers.push(() => response.writeHead(204).end());
    });
    const watcher = 'key-of-the-watcher';
    const keys = join(t.testdir(), 'keys.json');
    const sha256 = createHash('sha256').update(watcher).digest('hex');
    await writeFile(keys, JSON.stringify([{ id: 'watcher', sha256, scopes: ['metrics:read'] }]));
    const env = await environment(db, {
      RENDER_WEBHOOK_URL: url,
      RENDER_WEBHOOK_SECRET: SECRET,
      WORKER_PORT: '0',
      CONCIERGE_API_KEYS_FILE: keys,
    });
    const worker = [built('src/worker')];
    const { child, match } = await start(t, worker, env, /listening at (http:\/\/127\.0\.0\.1:\d+)/);
    const ask = (path: string, key = '') =>
      fetch(`${match[1]}${path}`, { headers: { authorization: `Bearer ${key}` } });
    t.equal((await ask('/health/ready')).status, 200);
    t.equal((await ask('/metrics')).status, 401);
    t.equal((await ask('/metrics', KEY)).status, 403, 'the key of the widget may not');

    const isDone = async (id: string | undefined) =>
      (await db
        .collection<WithDeliveries>('capsuleHolds')
        .findOne({ deliveries: { $elemMatch: { id, state: 'done' } } })) !== null;
    const [first] = await storeHolds(db, 1);
    while (answers.length < 1) await sleep(10);
    answers[0]?.();
    while (!(await isDone(first))) await sleep(10);
    const page = await (await ask('/metrics', watcher)).text();
    t.match(page, /^outbox_attempts_total\{to="render",outcome="delivered"\} 1$/m);

    const [second] = await storeHolds(db, 1);
    while (answers.length < 2) await sleep(10);
    const end = ended(child);
    child.kill('SIGTERM');
    // it no longer listens, and waits for what is under way
    while (await ask('/health/live').catch(() => undefined)) await sleep(10);
    t.notOk(await isDone(second));
    answers[1]?.();
    t.equal(await end, 0);
    t.ok(await isDone(second), 'it is recorded, not left to be delivered again');
    t.equal(answers.length, 2);
  },
);
