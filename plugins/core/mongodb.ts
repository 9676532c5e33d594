import type { FastifyInstance } from 'fastify';
import fp from 'fastify-plugin';
import type { Db, MongoClient } from 'mongodb';
import { type Collections, DEFINITIONS, openCollections } from '../../src/collections.js';
import type { Config } from '../../src/config/load.js';
import {
  createRepositories,
  type Repositories,
  type RepositoriesOptions,
} from '../../src/domain/repositories.js';
import { unavailable } from '../../src/platform/http/problem.js';
import {
  connectAgain,
  createMongoClient,
  measureConnections,
  reachDatabase,
  watchPresence,
} from '../../src/platform/mongodb/client.js';
import { ensureIndexes } from '../../src/platform/mongodb/indexes.js';
import { measureCalls } from '../../src/platform/mongodb/wrap-collection.js';

declare module 'fastify' {
  interface FastifyInstance {
    collections: Collections;
    /** For what the start reads as a whole: their calls may take minutes. Closed when the service is ready. */
    patientCollections: Collections;
    /** The service is ready only when this is done; meanwhile the start goes on. */
    awaitBeforeReady: (work: Promise<unknown>) => void;
    /** The same by name, for what goes over several of them. */
    database: Db;
    /** Tells of each document and update that this process has written, by its collection. */
    watchWrites: (listener: WriteListener) => void;
    /** Whether a request that takes long may be waiting for a database that fails, and how long it is to wait. */
    databaseTrouble: { timeoutMs: number; isFailing: () => boolean };
    /** Resolves when the database answers. */
    pingDatabase: () => Promise<void>;
    repositories: Repositories;
  }
  interface FastifyContextConfig {
    /** Answers while the database is away. All other calls with a scope are then refused at once, before they wait for it. */
    withoutDatabase?: boolean;
  }
}

type WriteListener = (collection: string, written: object) => void;

/** What only the start waits for, an index that is built on what the shop has filled or the whole catalogue, takes longer than a call of a request may. */
const START_TIMEOUT_MS = 10 * 60_000;
/** Enough for indexes that take long not to keep the others waiting; each costs a handshake before anything else can begin. */
const START_CONNECTIONS = 6;
/** The database gives up a little before we do, so that its word arrives. */
const SHARE_OF_TIMEOUT = 0.9;

export type MongodbOptions = Config['mongodb'] & { isTraced: boolean };

/** Connects, ensures the indexes, and offers the collections. */
export default fp<MongodbOptions>(
  async (app, { isTraced, ...config }) => {
    const start = await connectForStart(app, config);
    const client = createMongoClient(config, { isTraced });
    const presence = watchPresence(client, {
      now: Date.now,
      timeoutMs: config.timeoutMs,
      onChange: (isThere) => {
        if (isThere) app.log.info('database connected');
        else app.log.warn('database disconnected');
      },
    });
    measureConnections(client, app.metrics.databaseConnections);
    app.addHook('onClose', () => client.close());
    try {
      await reachDatabase(config.uri, () =>
        Promise.all([ensureIndexes(start.db(config.database), DEFINITIONS, app.log), connectAgain(client)]),
      );
    } catch (error) {
      await Promise.all([client.close(), start.close()]);
      throw error;
    }
    const db = client.db(config.database);
    const maxTimeMs = Math.ceil(config.timeoutMs * SHARE_OF_TIMEOUT);
    app.decorate('databaseTrouble', { timeoutMs: maxTimeMs, isFailing: presence.isFailing });
    const listeners: WriteListener[] = [];
    const onWrite: WriteListener = (name, written) => {
      for (const listener of listeners) listener(name, written);
    };
    const wrapping = { maxTimeMs, onCall: measureCalls(app.metrics), onWrite };
    app.decorate('collections', openCollections(db, wrapping));
    app.decorate('watchWrites', (listener: WriteListener) => void listeners.push(listener));
    app.decorate('database', db);
    app.decorate('pingDatabase', async () => {
      await db.command({ ping: 1 });
    });
    // a thousand requests that wait for a database that is away are a second outage
    app.addHook('preValidation', ({ config }, _reply, done) => {
      done(config.scope && !config.withoutDatabase && presence.isAway() ? unavailable() : undefined);
    });
  },
  { name: 'mongodb', fastify: '5.x', dependencies: ['measure-requests'] },
);

// A client of its own, which waits, until the service is ready.
async function connectForStart(app: FastifyInstance, config: Config['mongodb']): Promise<MongoClient> {
  const client = await reachDatabase(config.uri, () =>
    createMongoClient(config, { answerMs: START_TIMEOUT_MS, maxConnections: START_CONNECTIONS }).connect(),
  );
  const work: Promise<unknown>[] = [];
  app.decorate('awaitBeforeReady', (one) => {
    // told when it is waited for
    one.catch(() => {});
    work.push(one);
  });
  app.addHook('onReady', async () => {
    await Promise.all(work);
    await client.close();
  });
  app.addHook('onClose', () => client.close());
  const maxTimeMs = START_TIMEOUT_MS * SHARE_OF_TIMEOUT;
  app.decorate('patientCollections', openCollections(client.db(config.database), { maxTimeMs }));
  return client;
}

/** The repositories of the domain, made once for all who use them. */
export const repositories = fp<RepositoriesOptions>(
  async (app, options) => {
    app.decorate('repositories', createRepositories(app.collections, options));
  },
  { name: 'repositories', fastify: '5.x', dependencies: ['mongodb'] },
);
