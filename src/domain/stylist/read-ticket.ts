import { readDate, readFields, readList, readText } from '../../platform/mongodb/read.js';
import {
  type StylistTicket,
  TICKET_PRIORITIES,
  TICKET_STATUSES,
  type TicketStatus,
} from './stylist-ticket.js';

/** What the statuses are called on tickets of the shop's earlier pages. */
const SHOP_WORDS: Record<TicketStatus, string[]> = {
  open: ['open', 'new', 'queued', 'submitted'],
  in_progress: ['in_progress', 'assigned', 'pending', 'waiting', 'contacted'],
  done: ['done', 'closed', 'resolved', 'completed', 'cancelled'],
};

/** The same as they may stand in the database. */
export const shopStatuses = (status: TicketStatus): string[] =>
  SHOP_WORDS[status].flatMap((word) => [word, word[0]?.toUpperCase() + word.slice(1)]);

/**
 * A ticket as it stands in the database: one of ours, one of ours from before the customer's fields had the shop's names, or one of
 * the shop's earlier pages, which has no more than its number, its customer, notes, a status and a time. What is not there is empty.
 */
export function readTicket(document: object): StylistTicket {
  const fields = document as Partial<StylistTicket> & Record<string, unknown>;
  const { contact: _, ...ticket } = fields;
  const contact = readFields(fields.contact);
  const createdAt = readDate(fields.createdAt) ?? new Date(0);
  return {
    ...ticket,
    ticketId: readText(fields.ticketId) ?? '',
    sessionId: readText(fields.sessionId) ?? '',
    status: readStatus(fields.status),
    priority: TICKET_PRIORITIES.find((known) => known === fields.priority) ?? 'normal',
    priorityReasons: fields.priorityReasons ?? [],
    identity: fields.identity ?? 'claimed',
    customerEmail: readText(fields.customerEmail) ?? readText(contact.email) ?? '',
    customerName: readText(fields.customerName) ?? readText(contact.name),
    customerPhone: readText(fields.customerPhone) ?? readText(contact.phone),
    notes: readText(fields.notes),
    transcript: Array.isArray(fields.transcript) ? fields.transcript : [],
    shortlist: readList(fields.shortlist).filter(isPiece),
    inspirationIds: readList(fields.inspirationIds).filter((id) => typeof id === 'string'),
    createdAt,
    dueAt: readDate(fields.dueAt) ?? createdAt,
    version: fields.version ?? 0,
    history: fields.history ?? [],
    deliveries: fields.deliveries ?? [],
  };
}

/** The filter for a ticket in the state in which it was read: one of the shop's earlier pages has no version. */
export const asRead = ({ ticketId, version }: Pick<StylistTicket, 'ticketId' | 'version'>) => ({
  ticketId,
  version: version === 0 ? { $exists: false } : version,
});

function readStatus(value: unknown): TicketStatus {
  const word = readText(value)?.toLowerCase() ?? '';
  return TICKET_STATUSES.find((status) => SHOP_WORDS[status].includes(word)) ?? 'open';
}

const isPiece = (value: unknown): value is StylistTicket['shortlist'][number] =>
  readText(readFields(value).id) !== undefined;
