/** What became of an attempt. A connector answers with one of them; what it throws counts as `retry`. */
export type Outcome =
  /** `reference` is the vendor's id of what was made. */
  | { outcome: 'delivered'; reference?: string }
  /** It may go better later; `afterMs` is what the vendor asks to wait. */
  | { outcome: 'retry'; reason: string; afterMs?: number }
  /** It will never go: another attempt would be refused for the same reason. */
  | { outcome: 'rejected'; reason: string }
  /**
   * Nothing will go there until someone has mended the configuration: credentials, a resource that is missing, a quota. It says nothing
   * of the delivery, so that none dies of it: the place is paused, and probed from time to time.
   */
  | { outcome: 'misconfigured'; reason: string }
  /** It is no longer wanted, such as the reminder of a hold that has ended. */
  /** `gone`: the address takes nothing more from us, because its owner has said so, or because there is none. */
  | { outcome: 'skipped'; reason: string; gone?: 'opted_out' | 'unreachable' }
  /** A later one about the same says what is true now. */
  | { outcome: 'superseded'; reason: string }
  /** Not now: another one goes first, or it is night where the customer is. No attempt was made. */
  | { outcome: 'postponed'; until: Date };

/** One attempt at a delivery. */
export interface Attempt {
  /** Of the delivery, the same over all attempts: what the receiver tells a repeat by. */
  id: string;
  /** 1 for the first. */
  number: number;
  /** Ends the attempt when it takes too long, or when the process stops. */
  signal: AbortSignal;
}

/** Somewhere deliveries go: one vendor, or one place of ours. Limits are those of one process. */
export interface Place {
  name: string;
  limits?: { concurrency?: number; perSecond?: number; pauseAfterTooManyMs?: number };
}
