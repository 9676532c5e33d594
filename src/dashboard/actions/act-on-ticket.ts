import type { Collection } from 'mongodb';
import { actOnTicket as actOn } from '../../domain/stylist/act-on-ticket.js';
import type { StylistTicket } from '../../domain/stylist/stylist-ticket.js';
import { type ActOn, notAllowed, notFound, stale } from './action.js';

/** Acts on a ticket of the queue. */
export const actOnTicket =
  (tickets: Collection<StylistTicket>): ActOn =>
  async (wish, at) => {
    const acted = await actOn(tickets, { ...wish, ticketId: wish.id }, at);
    if (acted.outcome === 'done') return { version: acted.version, status: acted.status };
    if (acted.outcome === 'not_allowed') throw notAllowed(acted.sentence);
    throw acted.outcome === 'stale' ? stale(wish) : notFound(wish);
  };
