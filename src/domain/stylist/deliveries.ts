import { type CrmCase, CrmChange } from '../../connectors/crm/crm-case.js';
import { deliveriesOf } from '../../outbox/delivery-kind.js';
import { readTicket } from './read-ticket.js';
import type { StylistTicket } from './stylist-ticket.js';
import { shortlistText, ticketText, transcriptText } from './ticket-text.js';

const deliveryOf = deliveriesOf<StylistTicket, unknown>(['ticketId', 'createdAt', 'dueAt']);

/** The CRM gets its copy of the ticket. */
export const TICKET_CREATE = deliveryOf({
  to: 'crm',
  kind: 'ticket.create',
  handle: ({ document, ...attempt }, _tools, crm) => crm.open(ticketCase(readTicket(document)), attempt),
});

/** The CRM hears of what a member of the staff has done with the ticket. */
export const TICKET_UPDATE = deliveryOf({
  to: 'crm',
  kind: 'ticket.update',
  payload: CrmChange,
  handle: ({ document, payload, ...attempt }, _tools, crm) => crm.change(document.ticketId, payload, attempt),
});

function ticketCase(ticket: StylistTicket): CrmCase {
  const { ticketId, customerEmail: email, customerName: name, customerPhone: phone } = ticket;
  const { notes, timePreference, orderNumber, creatorId, priority } = ticket;
  return {
    id: ticketId,
    subject: `Stylist request ${ticketId}`,
    requester: { name: name ?? email, email },
    text: ticketText(ticket),
    tags: ['concierge', 'stylist'],
    priority,
    parts: {
      email,
      name,
      phone,
      notes,
      timePreference,
      orderNumber,
      creatorId,
      shortlist: shortlistText(ticket) || undefined,
      inspiration: ticket.inspirationIds.join(', ') || undefined,
      transcript: transcriptText(ticket) || undefined,
      createdAt: ticket.createdAt.toISOString(),
      dueAt: ticket.dueAt.toISOString(),
    },
  };
}
