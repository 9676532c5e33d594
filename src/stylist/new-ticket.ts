import { readableId } from '../ids.js';
import { type Owing, owe } from '../outbox/owe.js';
import { madeBy, type Versioned } from '../versioned.js';
import type { StylistTicket } from './stylist-ticket.js';

/** Everything a ticket says that does not follow from the clock. */
export type TicketFacts = Omit<
  StylistTicket,
  'ticketId' | 'status' | 'createdAt' | 'dueAt' | keyof Versioned | keyof Owing
>;

/** A new ticket, which owes the CRM its copy. */
export const newTicket = (facts: TicketFacts, slaMinutes: number, at: Date): StylistTicket => ({
  ticketId: readableId('ST'),
  status: 'open',
  ...facts,
  ...madeBy('customer', at),
  createdAt: at,
  dueAt: new Date(at.getTime() + slaMinutes * 60_000),
  ...owe([{ to: 'crm', kind: 'ticket.create' }], at),
});
