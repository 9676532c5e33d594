/*
 * Kills dispatchers two hundred times in the middle of two thousand deliveries, and looks whether each has reached the
 * receiver, under its own id.
 *
 *   npm run crash:outbox [-- <kills> [<deliveries>]]
 */
import '../../scripts/help.js';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MongoClient } from 'mongodb';
import { startEmbedded } from '../../embedded/index.js';
import { DEFINITIONS } from '../../src/collections.js';
import { ensureIndexes } from '../../src/platform/mongodb/indexes.js';
import { killTrial } from './kill-trial.js';

const kills = Number(process.argv[2] ?? 200);
const deliveries = Number(process.argv[3] ?? 2000);
const folder = mkdtempSync(join(tmpdir(), 'outbox-crash-'));
const { settings, stop } = await startEmbedded({ dataDir: folder, s3: false });
const client = await MongoClient.connect(settings.MONGODB_URI ?? '', { ignoreUndefined: true });

try {
  const db = client.db('crash');
  await ensureIndexes(db, DEFINITIONS);
  const env = {
    ...settings,
    MONGODB_DB: 'crash',
    S3_BUCKET: 'not-used',
    CONCIERGE_API_KEY: 'not-used-by-a-worker',
    ANALYTICS_SALT: 'not-used-by-a-worker',
  };
  const started = performance.now();
  const result = await killTrial({ db, env, kills, deliveries });
  const { calls, received, unknown, states, maxAttempts } = result;
  console.log(`${kills} kills in ${Math.round((performance.now() - started) / 1000)} s, two workers`);
  console.log(`${deliveries} deliveries, ${received} received, ${deliveries - received} lost`);
  console.log(`${calls - received} repeats, each under its own id; ${unknown} ids that nobody had stored`);
  console.log(`states ${JSON.stringify(states)}; at most ${maxAttempts} attempts recorded of one`);
  const whole = received === deliveries && unknown === 0 && states.done === deliveries;
  process.exitCode = whole ? 0 : 1;
} finally {
  await client.close();
  await stop();
  rmSync(folder, { recursive: true, force: true });
}
