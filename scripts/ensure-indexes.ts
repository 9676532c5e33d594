import { ensureIndexes, INDEXES } from '../src/platform/mongodb/indexes.js';
import { runWithDatabase } from './run.js';

/** `npm run indexes`: creates what is missing, before a deployment or after a restore. */
await runWithDatabase(async (db) => {
  await ensureIndexes(db);
  for (const [collection, indexes] of Object.entries(INDEXES))
    console.log(`${collection}: ${indexes.map(({ key }) => Object.keys(key).join('+')).join(', ')}`);
});
