import type { CommandFailedEvent, CommandStartedEvent, CommandSucceededEvent, MongoClient } from 'mongodb';
import { type EndedSpan, endSpan, KIND, type Span, type SpanContext, startSpan } from './span.js';

/** A span for each command of the database that belongs to a request. What it looks for is not told. */
export function traceDatabase(
  client: MongoClient,
  current: () => SpanContext | undefined,
  onEnd: (span: EndedSpan) => void,
): void {
  const underWay = new Map<string, { span: Span; namespace: string; collection: string }>();

  client.on('commandStarted', (event: CommandStartedEvent) => {
    const parent = current();
    if (!parent) return;
    const { commandName, databaseName, command } = event;
    const target: unknown = command[commandName];
    const collection = typeof target === 'string' ? target : '';
    const span = startSpan(`${commandName} ${collection}`.trim(), KIND.client, parent);
    underWay.set(idOf(event), { span, namespace: databaseName, collection });
  });
  const end = (failed: boolean) => (event: CommandSucceededEvent | CommandFailedEvent) => {
    const begun = underWay.get(idOf(event));
    if (!begun || !underWay.delete(idOf(event))) return;
    const attributes = {
      'db.system.name': 'mongodb',
      'db.operation.name': event.commandName,
      'db.namespace': begun.namespace,
      'db.collection.name': begun.collection,
    };
    onEnd(endSpan(begun.span, attributes, failed));
  };
  client.on('commandSucceeded', end(false));
  client.on('commandFailed', end(true));
}

const idOf = ({ connectionId, requestId }: Pick<CommandStartedEvent, 'connectionId' | 'requestId'>): string =>
  `${connectionId} ${requestId}`;
