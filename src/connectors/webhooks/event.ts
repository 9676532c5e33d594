import type { Attempt, Outcome, Place } from '../connector.js';
import type { OutgoingType } from './payloads.js';

/** Something that has happened, for a service of the shop's: what it needs for its work, and no more. */
export interface OutgoingEvent {
  type: OutgoingType;
  /** When it happened. */
  at?: Date | undefined;
  data: object;
}

export interface EventReceiver extends Place {
  send(event: OutgoingEvent, attempt: Attempt): Promise<Outcome>;
}

/** An event on its way, under the id that a receiver knows a repeat by. */
export interface SentEvent extends OutgoingEvent {
  id: string;
}

/** The body of a webhook or of a queue's message, in the form that Standard Webhooks recommends. */
export const bodyOf = (event: OutgoingEvent): string => JSON.stringify(describe(event));

/** The body of a webhook that tells of several, each with its id. */
export function bodyOfMany(sent: SentEvent[], at: Date): string {
  const events = sent.map((event) => ({ id: event.id, ...describe(event) }));
  return JSON.stringify({ type: 'analytics.events', timestamp: at, data: { events } });
}

const describe = ({ type, at, data }: OutgoingEvent) => ({ type, timestamp: at, data });

/** Of a document, some of its fields. */
export function picked<Document, Field extends keyof Document>(
  document: Document,
  fields: readonly Field[],
): Pick<Document, Field> {
  const there = fields.filter((field) => document[field] !== undefined);
  return Object.fromEntries(there.map((field) => [field, document[field]])) as Pick<Document, Field>;
}
