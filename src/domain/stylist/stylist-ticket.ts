import type { Versioned } from '../../lib/history.js';
import type { WithDeliveries } from '../../outbox/enqueue.js';
import type { WithReplies } from '../replies/reply.js';
import type { ConversationMessage } from '../sessions/read-message.js';
import type { Identity } from '../sessions/session.js';
import type { SavedPiece } from '../shortlists/shortlist.js';

export const TICKET_STATUSES = ['open', 'in_progress', 'done'] as const;
export type TicketStatus = (typeof TICKET_STATUSES)[number];

export const TICKET_PRIORITIES = ['urgent', 'high', 'normal'] as const;
export type TicketPriority = (typeof TICKET_PRIORITIES)[number];

/** Why a ticket is more than `normal`. */
export type PriorityReason = 'negative_csat' | 'open_return' | 'high_value';

/** A customer's wish to speak to a stylist, with everything that the stylist should know beforehand. */
export interface StylistTicket extends WithDeliveries, Versioned, WithReplies {
  ticketId: string;
  sessionId: string;
  /** What the customer said, hashed: the same words within ten minutes are the same ticket. */
  openKey?: string;
  status: TicketStatus;
  priority: TicketPriority;
  priorityReasons: PriorityReason[];
  /** Who of the staff has taken it. */
  assignee?: string;
  /** How well the customer is known: what of the order may be told. */
  identity: Identity;
  /** The customer, under the names that the shop's own pages read. */
  customerEmail: string;
  customerName?: string;
  customerPhone?: string;
  /** By what the staff find it: the name and its words in one form, and the phone in E.164 form. */
  searchTerms?: string[];
  notes?: string;
  timePreference?: string;
  /** Of the customer, as the widget says it. */
  timezone?: string;
  /** What else the caller has said, by name. */
  metadata?: { name: string; value: string }[];
  transcript: ConversationMessage[];
  shortlist: SavedPiece[];
  inspirationIds: string[];
  /** The order that it is about, when the caller has proved it, or the shop vouches for its callers. */
  orderNumber?: string;
  /** The order that the customer has named, without proof that it is theirs: nothing of it belongs beside the ticket. */
  namedOrderNumber?: string;
  /** As it was sent. */
  creatorId?: string;
  /** The creator that was meant, when there is one. */
  creatorCode?: string;
  createdAt: Date;
  /** When something was last done with it, here or in the CRM; it is missing in older ones. */
  updatedAt?: Date;
  /** By when a stylist has answered. */
  dueAt: Date;
  firstResponseAt?: Date;
  /** When status and assignee were last said, here or by the CRM: only later news changes them. */
  saidAt?: { status?: Date; assignee?: Date };
}
