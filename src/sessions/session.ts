/** What the service knows about a widget session. Forgotten 30 days after its last call. */
export interface Session {
  sessionId: string;
  createdAt: Date;
  lastSeenAt: Date;
  expiresAt: Date;
  /** The order that was last looked up or acted on, when it was found. */
  lastOrderNumber?: string;
  /** The most recent ones last, at most 20. */
  inspirationIds?: string[];
}

/** What a call can add to what is known. */
export interface SessionFacts {
  lastOrderNumber?: string;
  inspirationId?: string;
}

export const SESSION_DAYS = 30;
export const MOST_INSPIRATIONS = 20;
