import { MAX_CASE_LETTERS } from '../../connectors/crm/crm-case.js';
import type { NoteField, TeamNote } from '../../connectors/team/team-channel.js';
import type { MessageShop } from '../../connectors/templates/message-values.js';
import { momentOf } from '../../connectors/templates/render.js';
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

export interface NoteSettings {
  fields: readonly NoteField[];
  /** Of a ticket on the dashboard; undefined where there is none that can be reached. */
  urlOf(ticketId: string): string | undefined;
}

/** A channel is read in passing. */
const MAX_VALUE_LETTERS = 300;

/** What the team reads of a ticket. */
export function teamNote(
  ticket: StylistTicket,
  title: string,
  shop: MessageShop,
  { fields, urlOf }: NoteSettings,
): TeamNote {
  const { ticketId, priority, priorityReasons, dueAt, shortlist } = ticket;
  const values: Record<NoteField, string | undefined> = {
    name: ticket.customerName,
    email: ticket.customerEmail,
    phone: ticket.customerPhone,
    orderNumber: ticket.orderNumber,
    notes: ticket.notes,
  };
  const names: Record<NoteField, string> = {
    name: 'Name',
    email: 'Email',
    phone: 'Telephone',
    orderNumber: 'Order',
    notes: 'Notes',
  };
  const because = priorityReasons.map((reason) => reason.replaceAll('_', ' ')).join(', ');
  const facts: [string, string | undefined][] = [
    ['Priority', because ? `${priority} (${because})` : priority],
    ['Answer by', momentOf(dueAt, shop)],
    ['Pieces on the shortlist', shortlist.length > 0 ? String(shortlist.length) : undefined],
    ...fields.map((field): [string, string | undefined] => [names[field], values[field]]),
  ];
  return {
    title: `${title}: ${ticketId}`,
    facts: facts.flatMap(([name, value]) => (value ? [[name, value.slice(0, MAX_VALUE_LETTERS)]] : [])),
    url: urlOf(ticketId),
  };
}
