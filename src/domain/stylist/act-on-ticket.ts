import type { Collection } from 'mongodb';
import { enqueueMore } from '../../outbox/enqueue.js';
import { decideTicket, TICKET_ACTIONS, type TicketChange } from './decide-ticket.js';
import { TICKET_CREATE, TICKET_UPDATE } from './deliveries.js';
import { asRead, readTicket } from './read-ticket.js';
import type { StylistTicket } from './stylist-ticket.js';

/** What someone of the staff does with a ticket, as it was when they saw it. */
interface TicketWish {
  ticketId: string;
  version: number;
  action: string;
  by: string;
  note?: string | undefined;
  assignee?: string | undefined;
}

type ActedOnTicket =
  | { outcome: 'done'; version: number; status: string }
  /** `stale`: someone else has acted since. */
  | { outcome: 'not_found' | 'stale' }
  | { outcome: 'not_allowed'; sentence: string };

/** Acts on a ticket, if it is as it was seen; the CRM that has a copy of it is told. */
export async function actOnTicket(
  tickets: Collection<StylistTicket>,
  wish: TicketWish,
  at: Date,
): Promise<ActedOnTicket> {
  const { ticketId, version, by, note, assignee } = wish;
  const action = TICKET_ACTIONS.find((name) => name === wish.action);
  if (!action) return { outcome: 'not_allowed', sentence: `A ticket cannot be told to ${wish.action}.` };
  const found = await tickets.findOne({ ticketId });
  if (!found) return { outcome: 'not_found' };
  const ticket = readTicket(found);
  if (ticket.version !== version) return { outcome: 'stale' };
  const decision = decideTicket(ticket, { action, at, by, note, assignee });
  if (!decision.allowed) return { outcome: 'not_allowed', sentence: decision.sentence };
  const { change, entry } = decision;
  const news = isInCrm(ticket)
    ? enqueueMore([TICKET_UPDATE.of(told(wish, action, change, at))], at)
    : undefined;
  const { matchedCount } = await tickets.updateOne(asRead(ticket), {
    ...news,
    $set: { ...change, ...saidAt(change, at), updatedAt: at },
    $inc: { version: 1 },
    $push: { ...news?.$push, history: entry },
  });
  if (matchedCount === 0) return { outcome: 'stale' };
  return { outcome: 'done', version: version + 1, status: change.status ?? ticket.status };
}

export const saidAt = ({ status, assignee }: TicketChange, at: Date) => ({
  ...(status && { 'saidAt.status': at }),
  ...(assignee && { 'saidAt.assignee': at }),
});

// A CRM that is not configured has none of its tickets.
export const isInCrm = ({ deliveries }: StylistTicket): boolean =>
  deliveries.some(({ kind, state }) => kind === TICKET_CREATE.kind && state !== 'skipped');

const told = ({ by, note }: TicketWish, action: string, change: TicketChange, at: Date) => ({
  action,
  by,
  at,
  note: note || undefined,
  status: change.status,
  priority: change.priority,
  assignee: change.assignee,
});
