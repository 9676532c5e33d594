import {
  MongoBulkWriteError,
  MongoClient,
  MongoError,
  MongoNetworkError,
  MongoServerSelectionError,
  type TopologyDescription,
} from 'mongodb';
import { StartError } from '../../lib/log-error.js';
import type { Metrics } from '../metrics/define-metrics.js';

/** Of the time for an answer: a little less than half of it, so that a request of which two calls in a row wait is answered in time. */
const SHARE_OF_WAITING = 0.45;
/** What is no request's may wait so long for a server: a service that starts beside its database, or while that is busy, need not start again. */
export const MAX_WAITING_MS = 5000;

interface MongodbSettings {
  uri: string;
  database: string;
  timeoutMs: number;
}

const MAX_CONNECTIONS = 50;
const HEARTBEAT_MS = 1000;

interface ClientOptions {
  answerMs?: number;
  maxConnections?: number;
  /** Whether someone follows each command. */
  isTraced?: boolean;
}

/**
 * The client of the database. No call waits longer than `timeoutMs` for an answer, or a share of it for a server or a connection.
 * Work that is not a request's may give an answer more time. Writes are acknowledged by a majority, so that nothing acknowledged is
 * lost when the primary changes.
 */
export function createMongoClient(
  { uri, timeoutMs }: Pick<MongodbSettings, 'uri' | 'timeoutMs'>,
  { answerMs = timeoutMs, maxConnections = MAX_CONNECTIONS, isTraced = false }: ClientOptions = {},
): MongoClient {
  return new MongoClient(uri, {
    appName: 'concierge-service',
    serverSelectionTimeoutMS: Math.min(answerMs * SHARE_OF_WAITING, MAX_WAITING_MS),
    connectTimeoutMS: timeoutMs,
    waitQueueTimeoutMS: answerMs * SHARE_OF_WAITING,
    socketTimeoutMS: answerMs,
    writeConcern: { w: 'majority' },
    ignoreUndefined: true,
    maxPoolSize: maxConnections,
    // so that it is soon known to be back
    heartbeatFrequencyMS: HEARTBEAT_MS,
    monitorCommands: isTraced,
  });
}

/** As often as a client is connected whose database has just answered another one. */
const CONNECT_ATTEMPTS = 20;

/**
 * Connects a client whose database is there. The driver tries it once, with the first call, and where that fails (the machine is busy with the
 * start) every later call fails for good, because its topology stays closed.
 */
export async function connectAgain(client: MongoClient): Promise<void> {
  for (let attempt = 1; ; attempt++)
    try {
      await client.connect();
      return;
    } catch (error) {
      if (attempt === CONNECT_ATTEMPTS || !isDatabaseAway(error)) throw error;
    }
}

// Not the primary any more, shutting down, or out of time.
const AWAY_CODES = new Set<unknown>([50, 91, 189, 262, 10107, 11600, 11602, 13435, 13436]);

/** Whether an error means that the database is away or has no time, as opposed to a fault of ours. */
export const isDatabaseAway = (error: unknown): boolean =>
  // what the driver itself has failed of, a bulk hides in an error of its own, without its class
  (error instanceof MongoBulkWriteError &&
    error.errorResponse instanceof Error &&
    isDatabaseAway(error.errorResponse)) ||
  error instanceof MongoNetworkError ||
  error instanceof MongoServerSelectionError ||
  (error instanceof MongoError &&
    (AWAY_CODES.has(error.code) ||
      error.hasErrorLabel('RetryableWriteError') ||
      error.name === 'MongoWaitQueueTimeoutError'));

/** What the database says of a write when another document has the same unique key. */
export const DUPLICATE_KEY = 11000;

/** Whether a write failed because another document has the same unique key: by code or name, or where a server has neither, by its words. */
export const isDuplicateKey = (error: unknown): boolean =>
  error instanceof MongoError &&
  (error.code === DUPLICATE_KEY || codeName(error) === 'DuplicateKey' || /^E11000\b/.test(error.message));

/** Whether a write met another one of the same document. MongoDB itself tries it again; not every compatible server does. */
export const isWriteConflict = (error: unknown): boolean =>
  error instanceof MongoError && (error.code === WRITE_CONFLICT || codeName(error) === 'WriteConflict');

const WRITE_CONFLICT = 112;
const codeName = (error: MongoError) => ('codeName' in error ? error.codeName : undefined);

const AUTHENTICATION_FAILED = 18;

/**
 * Runs what needs the database before there is anyone to answer: the start of a process, or a command.
 * @throws StartError when the database cannot be reached: where it was looked for and what the driver says, without credentials
 */
export async function reachDatabase<T>(uri: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const says = error instanceof Error ? withoutCredentials(error.message) : error;
    // the reader of addresses has a class of its own
    if (error instanceof Error && error.name === 'MongoParseError')
      throw new StartError(`MONGODB_URI is not valid: ${says}`);
    if (error instanceof MongoError && error.code === AUTHENTICATION_FAILED)
      throw new StartError(`The database at ${hostsOf(uri)} (MONGODB_URI) refuses its user: ${says}`);
    if (isDatabaseAway(error))
      throw new StartError(`The database at ${hostsOf(uri)} (MONGODB_URI) cannot be reached: ${says}`);
    throw error;
  }
}

const withoutCredentials = (text: string): string => text.replace(/\/\/[^/]*@/g, '//');

/** The hosts of an address, without user, password, database and options. */
function hostsOf(uri: string): string {
  const [authority = ''] = uri.replace(/^[^:]+:\/\//, '').split(/[/?]/);
  return authority.slice(authority.lastIndexOf('@') + 1);
}

/** Measures how many connections there are and are in use. */
export function measureConnections(client: MongoClient, connections: Metrics['databaseConnections']): void {
  const open = { state: 'open' };
  const inUse = { state: 'in_use' };
  const waiting = { state: 'waiting' };
  for (const state of [open, inUse, waiting]) connections.set(state, 0);
  client.on('connectionCreated', () => connections.inc(open));
  client.on('connectionClosed', () => connections.dec(open));
  client.on('connectionCheckOutStarted', () => connections.inc(waiting));
  client.on('connectionCheckOutFailed', () => connections.dec(waiting));
  client.on('connectionCheckedOut', () => {
    connections.dec(waiting);
    connections.inc(inUse);
  });
  client.on('connectionCheckedIn', () => connections.dec(inUse));
}

/** While a new primary is elected, calls wait for it; only what lasts longer counts as away. */
const GRACE_MS = 500;
const CAN_WRITE = new Set(['Standalone', 'RSPrimary', 'Mongos', 'LoadBalancer']);

interface PresenceOptions {
  now: () => number;
  timeoutMs: number;
  onChange: (isThere: boolean) => void;
}

/**
 * How the database is, as the driver sees it while it looks after its servers: no call has to wait to find out. It is away when nothing can
 * be written for longer than an election takes; it is failing also when it was lost within the time of a call, as it is again and again while
 * a replica set is not yet agreed, and when it has not been heard of: a server that is silent is found out by the calls only one by one.
 */
export function watchPresence(client: MongoClient, { now, timeoutMs, onChange }: PresenceOptions) {
  let wasThere = false;
  let lostAt: number | undefined;
  let backAt = Number.NEGATIVE_INFINITY;
  let heardAt = now();
  client.on('topologyDescriptionChanged', ({ newDescription }) => {
    const isThere = canWrite(newDescription);
    if (isThere && lostAt !== undefined) backAt = now();
    lostAt = isThere ? undefined : (lostAt ?? now());
    if (isThere !== wasThere) onChange(isThere);
    wasThere = isThere;
  });
  client.on('serverHeartbeatSucceeded', ({ reply }) => {
    // as all that can be written to say of themselves, by the word of today and by that of old servers
    if (reply.isWritablePrimary || reply.ismaster) heardAt = now();
  });
  return {
    isAway: (): boolean => lostAt !== undefined && now() - lostAt > GRACE_MS,
    isFailing: (): boolean =>
      lostAt !== undefined ||
      now() - backAt < timeoutMs ||
      now() - heardAt > HEARTBEAT_MS + timeoutMs * SHARE_OF_WAITING,
  };
}

const canWrite = ({ servers }: TopologyDescription): boolean =>
  [...servers.values()].some(({ type }) => CAN_WRITE.has(type));
