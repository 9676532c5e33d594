import type { Collection } from 'mongodb';
import { insertNew } from '../../platform/mongodb/write.js';
import { samePhoneAs } from '../privacy/find-person.js';
import { readTicket } from './read-ticket.js';
import type { StylistTicket } from './stylist-ticket.js';

/** A queue longer than this is not counted to its end: the customer is told the wait, not a number. */
const MAX_QUEUE = 500;
/** The same words within this time are the same wish: a double click, or a retry. */
const SAME_WISH_MS = 10 * 60_000;
const ATTEMPTS = 5;
/** More than wait at a time: numbers were typed by customers, and no index knows them in one form. */
const MAX_LOOKED_THROUGH = 500;

export function createStylistRepository(tickets: Collection<StylistTicket>) {
  /** Stores a ticket, or gives back the one that the same words have opened within ten minutes. */
  async function open(
    ticket: StylistTicket & { openKey: string },
  ): Promise<{ ticket: StylistTicket; existing: boolean }> {
    const { openKey } = ticket;
    const since = new Date(ticket.createdAt.getTime() - SAME_WISH_MS);
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      if (await insert(ticket)) return { ticket, existing: false };
      const same = await tickets.findOne({ openKey }, { projection: { _id: 0 } });
      if (same && same.createdAt > since) return { ticket: same, existing: true };
      if (same) await tickets.updateOne({ ticketId: same.ticketId }, { $unset: { openKey: '' } });
    }
    throw new Error(`No ticket could be opened in ${ATTEMPTS} attempts`);
  }

  /** False when another one has the same words, or the same number. */
  const insert = (ticket: StylistTicket): Promise<boolean> => insertNew(tickets, ticket);

  /** The place in the queue of a ticket opened at that time, from 1; undefined when the queue is very long. */
  async function queuePosition(createdAt: Date): Promise<number | undefined> {
    const before = await tickets.countDocuments(
      { status: 'open', createdAt: { $lt: createdAt } },
      { limit: MAX_QUEUE },
    );
    return before < MAX_QUEUE ? before + 1 : undefined;
  }

  /** Tickets that wait for an answer at that address, opened since then by whoever has proved no order; the latest first. */
  async function waitingAt(customerEmail: string, since: Date, limit: number): Promise<StylistTicket[]> {
    const waiting = await tickets
      .find({
        customerEmail,
        status: { $in: ['open', 'in_progress'] },
        identity: 'claimed',
        createdAt: { $gt: since },
      })
      .sort({ createdAt: -1 })
      .limit(limit)
      .toArray();
    return waiting.map(readTicket);
  }

  /** How many tickets belong to an order since then; no further than a limit. */
  const countOfOrder = (orderNumber: string, since: Date, limit: number): Promise<number> =>
    tickets.countDocuments({ orderNumber, createdAt: { $gt: since } }, { limit });

  /** The latest ticket that waits for an answer to a customer of this number, however they typed it. */
  async function findOpenOfPhone(phone: string): Promise<StylistTicket | undefined> {
    // the plans of all countries are large: loaded with the first number
    const { readPhone } = await import('../../lib/values/phone.js');
    const isSame = samePhoneAs(phone, readPhone);
    const waiting = tickets
      .find({ status: { $in: ['open', 'in_progress'] } })
      .sort({ createdAt: -1 })
      .limit(MAX_LOOKED_THROUGH);
    for await (const document of waiting) {
      const ticket = readTicket(document);
      if (ticket.customerPhone && isSame(ticket.customerPhone)) return ticket;
    }
    return undefined;
  }

  /** The latest ticket of a conversation. */
  async function latestOf(sessionId: string): Promise<StylistTicket | undefined> {
    const [found] = await tickets.find({ sessionId }).sort({ createdAt: -1 }).limit(1).toArray();
    return found && readTicket(found);
  }

  /** Keeps that the customer was answered: the first answer counts. */
  const answered = (ticketId: string, at: Date) =>
    tickets.updateOne({ ticketId }, { $min: { firstResponseAt: at } });

  return {
    open,
    answered,
    latestOf,
    waitingAt,
    countOfOrder,
    queuePosition,
    findOpenOfPhone,
    collection: tickets,
  };
}

export type StylistRepository = ReturnType<typeof createStylistRepository>;
