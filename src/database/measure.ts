import type { MongoClient } from 'mongodb';
import type { Metrics } from '../metrics/metrics.js';

type DatabaseMetrics = Pick<Metrics, 'databaseDuration' | 'databaseFailures' | 'databaseConnections'>;

/** Measures each command, and how many connections there are and are in use. */
export function measure(client: MongoClient, metrics: DatabaseMetrics): void {
  client.on('commandSucceeded', ({ commandName, duration }) =>
    metrics.databaseDuration.observe({ command: commandName }, duration / 1000),
  );
  client.on('commandFailed', ({ commandName, duration }) => {
    metrics.databaseDuration.observe({ command: commandName }, duration / 1000);
    metrics.databaseFailures.inc({ command: commandName });
  });
  const open = { state: 'open' };
  const inUse = { state: 'in_use' };
  const waiting = { state: 'waiting' };
  const connections = metrics.databaseConnections;
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
