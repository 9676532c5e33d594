import type { HistoryEntry } from '../../lib/history.js';
import type { StylistTicket, TicketPriority, TicketStatus } from './stylist-ticket.js';

export const TICKET_ACTIONS = [
  'assign',
  'in_progress',
  'done',
  'reopen',
  'note',
  'escalate',
  'answered',
] as const;
type TicketAction = (typeof TICKET_ACTIONS)[number];

interface TicketAct {
  action: TicketAction;
  at: Date;
  /** Who acts. */
  by: string;
  note?: string | undefined;
  /** Who is to take it; whoever acts, when left out. */
  assignee?: string | undefined;
}

/** What of a ticket changes. */
export interface TicketChange {
  status?: TicketStatus;
  priority?: TicketPriority;
  assignee?: string;
  firstResponseAt?: Date;
}

type TicketDecision =
  | { allowed: true; change: TicketChange; entry: HistoryEntry }
  | { allowed: false; sentence: string };

type State = Pick<StylistTicket, 'ticketId' | 'status' | 'priority' | 'assignee' | 'firstResponseAt'>;

/** From which statuses an action can be taken. */
const FROM: Record<TicketAction, readonly TicketStatus[]> = {
  assign: ['open', 'in_progress'],
  in_progress: ['open'],
  done: ['open', 'in_progress'],
  reopen: ['done'],
  note: ['open', 'in_progress', 'done'],
  escalate: ['open', 'in_progress'],
  answered: ['open', 'in_progress', 'done'],
};

/** What an action does to a ticket, if it can be taken: a pure function. */
export function decideTicket(ticket: State, act: TicketAct): TicketDecision {
  if (!FROM[act.action].includes(ticket.status))
    return refused(`${ticket.ticketId} is ${words(ticket.status)}.`);
  if (act.action === 'note' && !act.note) return refused('A note needs some words.');
  if (act.action === 'escalate' && ticket.priority === 'urgent')
    return refused(`${ticket.ticketId} is urgent already.`);
  if (act.action === 'answered' && ticket.firstResponseAt)
    return refused(`The customer of ${ticket.ticketId} has been answered already.`);
  return { allowed: true, change: changeOf(ticket, act), entry: entryOf(ticket, act) };
}

function changeOf(ticket: State, { action, at, by, assignee }: TicketAct): TicketChange {
  switch (action) {
    case 'assign':
      return { assignee: assignee ?? by };
    case 'in_progress':
      return { status: 'in_progress', assignee: ticket.assignee ?? by };
    case 'done':
      return { status: 'done', assignee: ticket.assignee ?? by };
    // by telephone, or from a mailbox of their own: what is written here is a reply, and says so by itself
    case 'answered':
      return { ...takenUp(ticket, by), firstResponseAt: at };
    case 'reopen':
      return { status: 'open' };
    case 'escalate':
      return { priority: ticket.priority === 'normal' ? 'high' : 'urgent' };
    case 'note':
      return {};
  }
}

/** What it is for a ticket that someone is at work on it. */
export const takenUp = (
  { status, assignee }: Pick<State, 'status' | 'assignee'>,
  by: string,
): TicketChange => (status === 'open' ? { status: 'in_progress', assignee: assignee ?? by } : {});

function entryOf(ticket: State, { action, at, by, note, assignee }: TicketAct): HistoryEntry {
  const taken = action === 'assign' ? `To ${assignee ?? by}` : undefined;
  const raised = action === 'escalate' ? `From ${ticket.priority}` : undefined;
  const text = [taken ?? raised, note].filter((part) => part !== undefined).join('. ');
  return { at, by, action, note: text || undefined };
}

const refused = (sentence: string): TicketDecision => ({ allowed: false, sentence });
const words = (status: TicketStatus): string => status.replace('_', ' ');

/** The actions that can be taken now. */
export const ticketActionsOf = (ticket: State): TicketAction[] =>
  TICKET_ACTIONS.filter(
    (action) =>
      FROM[action].includes(ticket.status) &&
      !(action === 'escalate' && ticket.priority === 'urgent') &&
      !(action === 'answered' && ticket.firstResponseAt),
  );
