import type { PriorityReason, StylistTicket } from './stylist-ticket.js';

/** What a journey has been like before the customer asks for a stylist. */
interface Situation {
  /** A return, resize or care request of the order is under way. */
  openReturn: boolean;
  /** The session has given a low rating. */
  negativeCsat: boolean;
  /** What the pieces of the shortlist cost together. */
  shortlistValue: number;
}

/** How urgent a ticket is, and why: one reason makes it high; several, or a customer who is not happy, make it urgent. */
export function priorityOf(
  { openReturn, negativeCsat, shortlistValue }: Situation,
  highValue: number,
): Pick<StylistTicket, 'priority' | 'priorityReasons'> {
  const priorityReasons: PriorityReason[] = [
    ...(negativeCsat ? ['negative_csat' as const] : []),
    ...(openReturn ? ['open_return' as const] : []),
    ...(shortlistValue >= highValue ? ['high_value' as const] : []),
  ];
  if (negativeCsat || priorityReasons.length > 1) return { priority: 'urgent', priorityReasons };
  return { priority: priorityReasons.length > 0 ? 'high' : 'normal', priorityReasons };
}
