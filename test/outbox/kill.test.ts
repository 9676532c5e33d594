import t from 'tap';
import { ensureIndexes } from '../../src/database/indexes.js';
import { database, environment } from '../helper.js';
import { ended } from '../processes.js';
import { killTrial, startWorker } from './kill-trial.js';

t.test('kill -9 of dispatchers: none is lost, and every repeat carries the same id', async (t) => {
  const db = await database(t);
  await ensureIndexes(db);
  const result = await killTrial({ db, env: await environment(db), kills: 2, deliveries: 120 });
  t.match(result, { deliveries: 120, received: 120, unknown: 0, states: { done: 120 } });
  t.same(Object.keys(result.states), ['done']);
  t.comment(`${result.calls - result.received} repeats`);
});

t.test('a worker ends in order on SIGTERM', async (t) => {
  const worker = await startWorker(await environment(await database(t)));
  const end = ended(worker);
  worker.kill('SIGTERM');
  t.equal(await end, 0);
});
