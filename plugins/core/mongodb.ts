import fp from 'fastify-plugin';
import type { Db } from 'mongodb';
import type { Config } from '../../src/config.js';
import { createMongoClient } from '../../src/database/client.js';
import { type Collections, openCollections } from '../../src/database/collections.js';
import { ensureIndexes } from '../../src/database/indexes.js';

declare module 'fastify' {
  interface FastifyInstance {
    collections: Collections;
    /** The same by name, for what goes over several of them. */
    database: Db;
    /** Resolves when the database answers. */
    pingDatabase: () => Promise<void>;
  }
}

/** Building an index on a collection that the shop has filled takes longer than a call of a request may. */
const INDEX_BUILD_TIMEOUT_MS = 10 * 60_000;

/** Connects, ensures the indexes, and offers the collections. */
export default fp<Config['mongodb']>(
  async (app, config) => {
    await createIndexes(config);
    const client = createMongoClient(config);
    app.addHook('onClose', () => client.close());
    const db = client.db(config.database);
    app.decorate('collections', openCollections(db));
    app.decorate('database', db);
    app.decorate('pingDatabase', async () => {
      await db.command({ ping: 1 });
    });
  },
  { name: 'mongodb', fastify: '5.x' },
);

async function createIndexes(config: Config['mongodb']): Promise<void> {
  const client = createMongoClient(config, INDEX_BUILD_TIMEOUT_MS);
  try {
    await ensureIndexes(client.db(config.database));
  } finally {
    await client.close();
  }
}
