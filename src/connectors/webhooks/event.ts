import type { Message } from '../connector.js';

/** What a service is told of a document: what it needs for its work, and no more. */
const FIELDS: Record<string, readonly string[]> = {
  'analytics.event': ['event', 'at', 'source', 'sessionId', 'intent', 'success', 'requestId', 'properties'],
  'capsule.render': ['reservationId', 'sessionId', 'items', 'shortlistId', 'createdAt', 'expiresAt'],
  'return.initiated': [
    'rmaId',
    'option',
    'orderNumber',
    'lines',
    'reason',
    'notes',
    'status',
    'createdAt',
    'expiresAt',
  ],
};

/** Ours alone: bookkeeping, and what a document is found by. */
const INTERNAL = new Set([
  '_id',
  'deliveries',
  'nextDeliveryAt',
  'deadDeliveries',
  'activeSessionId',
  'openKey',
  'requestKey',
  'claims',
]);

/** The body of a webhook or of a queue's message, in the form that Standard Webhooks recommends. */
export const eventOf = (message: Message): string => JSON.stringify(describe(message));

/** The body of a webhook that tells of several, each with the id that a receiver knows a repeat by. */
export function eventsOf(messages: Message[], at: Date): string {
  const events = messages.map((message) => ({ id: message.id, ...describe(message) }));
  return JSON.stringify({ type: 'analytics.events', timestamp: at, data: { events } });
}

function describe({ kind, payload, document }: Message) {
  const at = document.createdAt instanceof Date ? document.createdAt : undefined;
  return { type: kind, timestamp: at, data: { ...picked(kind, document), ...payload } };
}

function picked(kind: string, document: Record<string, unknown>): Record<string, unknown> {
  const wanted = FIELDS[kind];
  const isWanted = wanted ? (name: string) => wanted.includes(name) : (name: string) => !INTERNAL.has(name);
  return Object.fromEntries(Object.entries(document).filter(([name]) => isWanted(name)));
}
