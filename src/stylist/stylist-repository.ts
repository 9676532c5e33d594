import type { Collection } from 'mongodb';
import type { StylistTicket } from './stylist-ticket.js';

/** A queue longer than this is not counted to its end: the customer is told the wait, not a number. */
const LONGEST_QUEUE = 500;

export function createStylistRepository(tickets: Collection<StylistTicket>) {
  async function open(ticket: StylistTicket): Promise<void> {
    await tickets.insertOne({ ...ticket });
  }

  /** The place in the queue of a ticket opened at that time, from 1; undefined when the queue is very long. */
  async function queuePosition(createdAt: Date): Promise<number | undefined> {
    const before = await tickets.countDocuments(
      { status: 'open', createdAt: { $lt: createdAt } },
      { limit: LONGEST_QUEUE },
    );
    return before < LONGEST_QUEUE ? before + 1 : undefined;
  }

  return { open, queuePosition };
}
