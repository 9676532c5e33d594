import type { Destination } from '../outbox/enqueue.js';

/** What became of an attempt. A connector answers with one of them; what it throws counts as `retry`. */
export type Outcome =
  /** `reference` is the vendor's id of what was made. */
  | { outcome: 'delivered'; reference?: string }
  /** It may go better later; `afterMs` is what the vendor asks to wait. */
  | { outcome: 'retry'; reason: string; afterMs?: number }
  /** It will never go: another attempt would be refused for the same reason. */
  | { outcome: 'rejected'; reason: string }
  /** It is no longer wanted, such as the reminder of a hold that has ended. */
  | { outcome: 'skipped'; reason: string };

/** What a connector is given: the delivery, and the document that owes it. */
export interface Message {
  /** The same over all attempts: what the receiver tells a repeat by. */
  id: string;
  kind: string;
  /** 1 for the first. */
  attempt: number;
  payload?: object;
  document: Record<string, unknown>;
}

/** One vendor, or one place of ours. Limits are those of one process. */
export interface Connector {
  name: string;
  limits?: { concurrency?: number; perSecond?: number; pauseAfterTooManyMs?: number };
  deliver(message: Message, signal: AbortSignal): Promise<Outcome>;
}

export type Connectors = Partial<Record<Destination, Connector>>;
