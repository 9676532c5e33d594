import type { MongoClient } from 'mongodb';
import type { Metrics } from '../metrics/metrics.js';
import { isDuplicateKey } from './client.js';
import type { Wrapping } from './wrap-collection.js';

/** Measures each call; one that a unique index has refused is no failure, but how a repeat is told from what is new. */
export const measureCalls =
  ({
    databaseDuration,
    databaseFailures,
  }: Pick<Metrics, 'databaseDuration' | 'databaseFailures'>): NonNullable<Wrapping['onCall']> =>
  (operation, ms, error) => {
    databaseDuration.observe({ operation }, ms / 1000);
    if (error !== undefined && !isDuplicateKey(error)) databaseFailures.inc({ operation });
  };

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
