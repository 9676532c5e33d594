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
