import { DEFINITIONS } from '../src/collections.js';
import { indexesOf } from '../src/platform/mongodb/define-collection.js';
import { ensureIndexes } from '../src/platform/mongodb/indexes.js';
import { runWithDatabase } from './run.js';

/** `npm run indexes`: creates what is missing, before a deployment or after a restore. */
await runWithDatabase(async (db) => {
  await ensureIndexes(db, DEFINITIONS);
  for (const definition of DEFINITIONS)
    console.log(
      `${definition.name}: ${indexesOf(definition)
        .map(({ key }) => Object.keys(key).join('+'))
        .join(', ')}`,
    );
});
