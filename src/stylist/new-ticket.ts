import { readableId } from '../ids.js';
import { owe } from '../outbox/owe.js';
import type { StylistTicket } from './stylist-ticket.js';

/** Everything a ticket says that does not follow from the clock. */
export type TicketFacts = Omit<
  StylistTicket,
  'ticketId' | 'status' | 'createdAt' | 'dueAt' | 'deliveries' | 'nextDeliveryAt'
>;

/** A new ticket, which owes the CRM its copy. */
export const newTicket = (facts: TicketFacts, slaMinutes: number, at: Date): StylistTicket => ({
  ticketId: readableId('ST'),
  status: 'open',
  ...facts,
  createdAt: at,
  dueAt: new Date(at.getTime() + slaMinutes * 60_000),
  ...owe([{ to: 'crm', kind: 'ticket.create' }], at),
});
