import { createHash } from 'node:crypto';
import { madeBy, type Versioned } from '../../lib/history.js';
import { readableId } from '../../lib/ids.js';
import { enqueue, type WithDeliveries } from '../../outbox/enqueue.js';
import { CREATOR_CREDIT } from '../creators/deliveries.js';
import { ORDER_CHANGE } from '../orders/deliveries.js';
import { TEAM_OVERDUE, TEAM_TICKET, TICKET_CREATE } from './deliveries.js';
import { searchTermsOf } from './search-terms.js';
import type { StylistTicket } from './stylist-ticket.js';

/** Everything a ticket says that does not follow from the clock. */
export type TicketFacts = Omit<
  StylistTicket,
  | 'ticketId'
  | 'openKey'
  | 'searchTerms'
  | 'status'
  | 'createdAt'
  | 'updatedAt'
  | 'dueAt'
  | keyof Versioned
  | keyof WithDeliveries
>;

interface NewTicketOptions {
  /** Whether its creator is credited. */
  credited?: boolean;
  /** In E.164 form. */
  phone?: string | undefined;
  /** Whether the team is to hear of it, now and when nobody has answered in time. */
  tellsTeam?: boolean;
  /** Who of the staff opens it; the customer, if left out. */
  openedBy?: string | undefined;
}

/**
 * A new ticket, with its copy for the CRM, its number for the order and the credit of the creator enqueued, and notes
 * to the team where there is a channel of theirs.
 */
export function newTicket(
  facts: TicketFacts,
  dueAt: Date,
  at: Date,
  { credited = false, phone, tellsTeam = false, openedBy = 'customer' }: NewTicketOptions = {},
): StylistTicket & { openKey: string } {
  const ticketId = readableId('ST');
  const { orderNumber, creatorCode } = facts;
  return {
    ticketId,
    openKey: openKeyOf(facts),
    searchTerms: searchTermsOf(facts.customerName, phone),
    status: 'open',
    ...facts,
    ...madeBy(openedBy, at),
    createdAt: at,
    updatedAt: at,
    dueAt,
    ...enqueue(
      [
        TICKET_CREATE.of(),
        ...(tellsTeam ? [TEAM_TICKET.of(), TEAM_OVERDUE.of(undefined, dueAt)] : []),
        ...(orderNumber ? [ORDER_CHANGE.of({ orderNumber, at, supportTicket: ticketId })] : []),
        ...(credited && creatorCode ? [CREATOR_CREDIT.of({ creatorCode, ticketId })] : []),
      ],
      at,
    ),
  };
}

/** The same for the same words of the same customer: what comes from the session may change between two clicks. */
function openKeyOf({
  sessionId,
  customerEmail,
  customerName,
  customerPhone,
  notes,
  timePreference,
}: TicketFacts): string {
  const words = [sessionId, customerEmail.toLowerCase(), customerName, customerPhone, notes, timePreference];
  return createHash('sha256').update(JSON.stringify(words)).digest('base64url');
}
