import { defineCollection } from '../../platform/mongodb/define-collection.js';
import type { StylistTicket } from './stylist-ticket.js';

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

/** How far the changes of a CRM have been read, by its webhook. */
export interface CrmCursor {
  _id: string;
  cursor: number;
}

export const crmCursors = defineCollection<CrmCursor>('crmCursors');
