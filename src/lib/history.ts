/** Something that was done to a document. */
export interface HistoryEntry {
  at: Date;
  /** `customer`, `service`, or who of the staff. */
  by: string;
  action: string;
  note?: string;
}

/**
 * A document that people act on. `version` goes up by 1 with each act, which is written only while it is what was read: of two who
 * act at once, one wins and the other looks again.
 */
export interface Versioned {
  version: number;
  /** What was done, the latest last. */
  history: HistoryEntry[];
}

/** A document that nobody has acted on but who made it. */
export const madeBy = (by: string, at: Date): Versioned => ({
  version: 1,
  history: [{ at, by, action: 'created' }],
});
