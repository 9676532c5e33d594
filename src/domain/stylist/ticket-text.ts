import { MAX_CASE_LETTERS } from '../../connectors/crm/crm-case.js';
import type { StylistTicket } from './stylist-ticket.js';

/** What a stylist reads of a ticket, in plain text. */
export function ticketText(ticket: StylistTicket, inspiration = ticket.inspirationIds.join(', ')): string {
  const facts = [
    ['Notes', ticket.notes],
    ['Time preference', ticket.timePreference],
    ['Time zone', ticket.timezone],
    ['Telephone', ticket.customerPhone],
    ['Order', ticket.orderNumber],
    ['Order, not proved to be theirs', ticket.namedOrderNumber],
    ['Creator', ticket.creatorId],
    ['Answer by', ticket.dueAt.toISOString()],
    ['Shortlist', shortlistText(ticket)],
    ['Inspiration', inspiration],
    ...(ticket.metadata ?? []).map(({ name, value }) => [name, value]),
  ];
  const head = facts.filter(([, value]) => value).map(([name, value]) => `${name}: ${value}`);
  const conversation = transcriptText(ticket);
  return [head.join('\n'), ...(conversation ? [`Conversation:\n${conversation}`] : [])]
    .join('\n\n')
    .slice(0, MAX_CASE_LETTERS);
}

export const shortlistText = ({ shortlist }: Pick<StylistTicket, 'shortlist'>): string =>
  shortlist.map(({ id, title }) => (title ? `${title} (${id})` : id)).join(', ');

/** The conversation, its latest part when it is long. */
export function transcriptText({ transcript }: Pick<StylistTicket, 'transcript'>): string {
  const text = transcript.map((message) => `${message.role}: ${message.text}`).join('\n');
  return text.length > MAX_CASE_LETTERS / 2 ? `…${text.slice(-MAX_CASE_LETTERS / 2)}` : text;
}
