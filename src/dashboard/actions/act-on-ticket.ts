import type { Collection } from 'mongodb';
import { TICKET_CREATE, TICKET_UPDATE } from '../../domain/stylist/deliveries.js';
import { asRead, readTicket } from '../../domain/stylist/read-ticket.js';
import type { StylistTicket } from '../../domain/stylist/stylist-ticket.js';
import { enqueueMore } from '../../outbox/enqueue.js';
import {
  decideTicket,
  TICKET_ACTIONS,
  type TicketAction,
  type TicketChange,
} from '../tickets/decide-ticket.js';
import { type ActOn, notAllowed, notFound, stale, type Wish } from './action.js';

/** Acts on a ticket, if it is as it was seen; the CRM that has a copy of it is owed the news. */
export const actOnTicket =
  (tickets: Collection<StylistTicket>): ActOn =>
  async (wish, at) => {
    const { id: ticketId, version, by, note, assignee } = wish;
    const action = actionOf(wish);
    const found = await tickets.findOne({ ticketId });
    if (!found) throw notFound(wish);
    const ticket = readTicket(found);
    if (ticket.version !== version) throw stale(wish);
    const decision = decideTicket(ticket, { action, at, by, note, assignee });
    if (!decision.allowed) throw notAllowed(decision.sentence);
    const { change, entry } = decision;
    const owed = isInCrm(ticket) ? enqueueMore([news(action, wish, change, at)], at) : undefined;
    const { matchedCount } = await tickets.updateOne(asRead(ticket), {
      ...owed,
      ...(Object.keys(change).length > 0 && { $set: change }),
      $inc: { version: 1 },
      $push: { ...owed?.$push, history: entry },
    });
    if (matchedCount === 0) throw stale(wish);
    return { version: version + 1, status: change.status ?? ticket.status };
  };

function actionOf(wish: Wish): TicketAction {
  const action = TICKET_ACTIONS.find((name) => name === wish.action);
  if (!action) throw notAllowed(`A ticket cannot be told to ${wish.action}.`);
  return action;
}

// A CRM that is not configured has none of its tickets.
const isInCrm = ({ deliveries }: StylistTicket): boolean =>
  deliveries.some(({ kind, state }) => kind === TICKET_CREATE.kind && state !== 'skipped');

function news(action: TicketAction, { by, note }: Wish, change: TicketChange, at: Date) {
  const { status, priority, assignee } = change;
  return TICKET_UPDATE.of({ action, by, at, note: note || undefined, status, priority, assignee });
}
