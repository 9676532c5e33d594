import { type TObject, type TSchema, Type } from '@sinclair/typebox';
import type { Attempt, Outcome, Place } from '../connector.js';

/** Something that has happened, for a service of the shop's: what it needs for its work, and no more. */
export interface OutgoingEvent {
  type: string;
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

/** What a document says as an event of that type: of its fields, those that the schema of the event names. */
export function eventOf(type: string, data: TObject, document: { createdAt: Date }): OutgoingEvent {
  const fields: Record<string, unknown> = { ...document };
  const named = Object.keys(data.properties).map((field) => [field, fields[field]]);
  return { type, at: document.createdAt, data: Object.fromEntries(named) };
}

/** What the API document says of an event that leaves the service. */
export interface EventDescription {
  summary: string;
  description: string;
  data: TSchema;
  /** An example of the data. */
  example: object;
}

export const text = (description: string) => Type.String({ description });
export const maybe = (description: string) => Type.Optional(text(description));
export const moment = (description: string) =>
  Type.String({ format: 'date-time', description: `${description} (UTC)` });

/** The whole body of an event, as `bodyOf` writes it. */
export const outgoingBody = (type: string, data: TSchema) =>
  Type.Object({
    type: Type.Literal(type),
    timestamp: moment('When it happened; the time of the attempt stands in `webhook-timestamp`'),
    data,
  });
