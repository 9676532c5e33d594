import type { TicketChange, TicketDocument } from '../documents.js';

/** Long enough for an hour's conversation, short enough for every CRM. */
const MAX_LETTERS = 20_000;

/** What a stylist reads of a ticket, in plain text. */
export function ticketText(ticket: TicketDocument): string {
  const facts = [
    ['Notes', ticket.notes],
    ['Time preference', ticket.timePreference],
    ['Telephone', ticket.contact.phone],
    ['Order', ticket.orderNumber],
    ['Creator', ticket.creatorId],
    ['Answer by', ticket.dueAt.toISOString()],
    ['Shortlist', shortlistText(ticket)],
    ['Inspiration', ticket.inspirationIds.join(', ')],
  ];
  const head = facts.filter(([, value]) => value).map(([name, value]) => `${name}: ${value}`);
  const conversation = transcriptText(ticket);
  return [head.join('\n'), ...(conversation ? [`Conversation:\n${conversation}`] : [])]
    .join('\n\n')
    .slice(0, MAX_LETTERS);
}

export const shortlistText = ({ shortlist }: TicketDocument): string =>
  shortlist.map(({ id, title }) => (title ? `${title} (${id})` : id)).join(', ');

/** The conversation, its latest part when it is long. */
export function transcriptText({ transcript }: TicketDocument): string {
  const text = transcript.map((message) => `${message.role}: ${message.text}`).join('\n');
  return text.length > MAX_LETTERS / 2 ? `…${text.slice(-MAX_LETTERS / 2)}` : text;
}

/** What a member of the staff has done with a ticket, for those who see it elsewhere. */
export function changeText({ action, by, note, status, priority, assignee, at }: TicketChange): string {
  const facts = [
    ['By', by],
    ['Status', status],
    ['Priority', priority],
    ['Assignee', assignee],
    ['Note', note],
    ['At', at.toISOString()],
  ];
  const lines = facts.filter(([, value]) => value).map(([name, value]) => `${name}: ${value}`);
  return [`Concierge: ${action}`, ...lines].join('\n').slice(0, MAX_LETTERS);
}
