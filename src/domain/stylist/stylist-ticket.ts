import type { Versioned } from '../../lib/history.js';
import type { WithDeliveries } from '../../outbox/enqueue.js';
import { defineCollection } from '../../platform/mongodb/define-collection.js';
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

export const stylistTickets = defineCollection<StylistTicket>('stylistTickets', {
  id: 'ticketId',
  indexes: [
    { key: { ticketId: 1 }, unique: true },
    { key: { customerEmail: 1 } },
    { key: { customerPhone: 1 }, sparse: true },
    // by name and telephone, for the staff; the shop's earlier ones have the name alone
    { key: { searchTerms: 1, createdAt: -1 }, sparse: true },
    { key: { customerName: 1 }, sparse: true },
    // where it stood before
    { key: { 'contact.email': 1 }, sparse: true },
    { key: { 'contact.phone': 1 }, sparse: true },
    // one ticket for the same words: the field is there until the next after ten minutes
    { key: { openKey: 1 }, unique: true, sparse: true },
    { key: { status: 1, createdAt: 1 } },
    // what waits for the staff: the most urgent first, then the oldest
    { key: { status: 1, priority: 1, createdAt: 1, ticketId: 1 } },
    // and by their deadlines
    { key: { status: 1, priority: 1, dueAt: 1, ticketId: 1 } },
    // what one of the staff has taken, or nobody has: not sparse, for that
    { key: { assignee: 1, status: 1, priority: 1, createdAt: 1, ticketId: 1 } },
    { key: { sessionId: 1, createdAt: 1 } },
    { key: { orderNumber: 1, createdAt: -1 }, sparse: true },
    { key: { creatorCode: 1, createdAt: 1 }, sparse: true },
    { key: { firstResponseAt: 1 }, sparse: true },
    // what has changed, for the shop's own dashboards
    { key: { updatedAt: 1, ticketId: 1 }, sparse: true },
    // by day, the shop's earlier ones too; the shop's own scripts make the same
    { key: { createdAt: -1 } },
  ],
  retention: { after: 'createdAt', days: 365, having: 'priority' },
  deliveries: true,
  personal: {
    fields: {
      ticketId: false,
      openKey: false,
      sessionId: true,
      status: false,
      priority: false,
      priorityReasons: false,
      assignee: false,
      identity: false,
      customerEmail: true,
      customerName: true,
      customerPhone: true,
      searchTerms: true,
      notes: true,
      timePreference: true,
      timezone: true,
      metadata: true,
      transcript: true,
      shortlist: false,
      inspirationIds: false,
      orderNumber: true,
      namedOrderNumber: true,
      creatorId: false,
      creatorCode: false,
      createdAt: false,
      updatedAt: false,
      dueAt: false,
      firstResponseAt: false,
      saidAt: false,
      version: false,
      history: true,
      replies: true,
    },
    foundBy: {
      sessions: ['sessionId'],
      emails: ['customerEmail', 'contact.email'],
      phones: ['customerPhone', 'contact.phone'],
    },
  },
});
