import type { Owing } from '../outbox/owe.js';
import type { SavedPiece } from '../shortlists/shortlist.js';

export interface TranscriptMessage {
  role: string;
  text: string;
  at?: Date;
}

/** A customer's wish to speak to a stylist, with everything that the stylist should know beforehand. */
export interface StylistTicket extends Owing {
  ticketId: string;
  sessionId: string;
  status: 'open';
  contact: { email: string; name?: string; phone?: string };
  notes?: string;
  timePreference?: string;
  transcript: TranscriptMessage[];
  shortlist: SavedPiece[];
  inspirationIds: string[];
  orderNumber?: string;
  creatorId?: string;
  createdAt: Date;
  /** By when a stylist has answered. */
  dueAt: Date;
}
