import type { Outcome, Place } from '../connectors/connector.js';
import type { Destination } from './enqueue.js';

/** A delivery that is due, and the document that carries it. */
export interface Message {
  /** The same over all attempts: what the receiver tells a repeat by. */
  id: string;
  kind: string;
  /** 1 for the first. */
  attempt: number;
  payload?: object;
  document: Record<string, unknown>;
}

/** What performs the deliveries to one destination. What it throws counts as `retry`. */
export interface Handler extends Place {
  /** Where a message goes, when that is not the same for all: its limits hold, and it may be down by itself. */
  placeOf?(message: Message): Place | undefined;
  /** Of messages in one series on a document, the last alone says what is true now. */
  seriesOf?(kind: string): string | undefined;
  deliver(message: Message, signal: AbortSignal): Promise<Outcome>;
}

export type Handlers = Partial<Record<Destination, Handler>>;
