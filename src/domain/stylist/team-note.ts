import type { NoteField, TeamNote } from '../../connectors/team/team-channel.js';
import type { MessageShop } from '../../connectors/templates/message-values.js';
import { momentOf } from '../../connectors/templates/render.js';
import type { StylistTicket } from './stylist-ticket.js';

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
