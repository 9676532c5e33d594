import { DAY_MS } from '../../lib/calendar.js';
import type { CreatorsRepository } from '../creators/repository.js';
import type { FeedbackRepository } from '../csat/repository.js';
import type { InspirationRepository } from '../inspiration/repository.js';
import { mayAct, mayBeTold, type Proof } from '../orders/proof.js';
import type { ReturnsRepository } from '../returns/repository.js';
import { hasEnded } from '../returns/return-steps.js';
import type { Conversations } from '../sessions/conversation.js';
import type { ConversationMessage } from '../sessions/read-message.js';
import type { Session } from '../sessions/session.js';
import type { Sessions } from '../sessions/session-buffer.js';
import { piecesOf } from '../shortlists/describe-list.js';
import type { ShortlistsRepository } from '../shortlists/repository.js';
import type { SavedPiece } from '../shortlists/shortlist.js';
import { actOnTicket } from './act-on-ticket.js';
import { newTicket, type TicketFacts } from './new-ticket.js';
import { priorityOf } from './priority.js';
import type { StylistRepository } from './repository.js';
import { dueAt, type StudioHours } from './studio-hours.js';
import type { StylistTicket } from './stylist-ticket.js';

/** As much of a conversation as a stylist reads before the first answer. */
const MESSAGES_OF_SESSION = 20;
/** So much may have happened to a ticket that more can be said on it. */
const MAX_HISTORY_TO_JOIN = 20;
/** More than anyone opens about one order in a day; what is beyond only names it, unless the caller has proved the order. */
const MAX_TICKETS_OF_ORDER = 10;

interface TicketRepositories {
  creators: Pick<CreatorsRepository, 'find'>;
  images: Pick<InspirationRepository, 'cleanOf'>;
  ratings: Pick<FeedbackRepository, 'hasNegative'>;
  returns: Pick<ReturnsRepository, 'findByOrder'>;
  shortlists: Pick<ShortlistsRepository, 'findBySession'>;
  tickets: StylistRepository;
}

export interface TicketTools {
  repositories: TicketRepositories;
  sessions: Pick<Sessions, 'find'>;
  conversations: Pick<Conversations, 'last'>;
  /** What the caller has shown of an order. */
  proofOf: (orderNumber: string, session: Session | null) => Promise<Proof>;
}

/** When a stylist answers, and from which cost of a shortlist on a ticket is urgent. */
interface TicketPolicy {
  slaMinutes: number;
  hours: StudioHours;
  timeZone: string;
  highValue: number;
  /** So many wait for an answer at one address, of those who have proved no order; 0 for any number. */
  maxPerAddress: number;
  /** Whether there is a channel of the team that hears of tickets. */
  tellsTeam: boolean;
}

/** What a customer says. What is left out is added from the session. */
export interface TicketRequest {
  words: Pick<
    TicketFacts,
    | 'sessionId'
    | 'customerEmail'
    | 'customerName'
    | 'customerPhone'
    | 'notes'
    | 'timePreference'
    | 'timezone'
    | 'creatorId'
    | 'metadata'
  >;
  transcript: ConversationMessage[];
  shortlist?: SavedPiece[];
  inspirationIds?: string[];
  /** The order that it is about; that which the session has looked up last, if left out. */
  orderNumber?: string;
  /** Who of the staff opens it; the customer, if left out. */
  openedBy?: string;
}

type Opened =
  /** `existing`: the same words have opened it within ten minutes. */
  | { outcome: 'opened'; ticket: StylistTicket; existing: boolean }
  /** Many wait at that address already: what was said now stands on the latest of them. */
  | { outcome: 'joined'; ticket: StylistTicket }
  | { outcome: 'refused' };

/**
 * Opens a ticket with what its session adds to it, or gives back the one that the same words have opened within ten minutes. Who floods the
 * stylists under one address opens a few; whoever has that address is not refused for it, and gets one answer to all of them.
 */
export async function openTicket(
  tools: TicketTools,
  request: TicketRequest,
  policy: TicketPolicy,
  now: Date,
): Promise<Opened> {
  const { tickets } = tools.repositories;
  const { facts, isCredited } = await gather(tools, request, policy, now);
  const due = dueAt(now, policy.slaMinutes, policy.hours, policy.timeZone);
  const typed = facts.customerPhone;
  const phone = typed && (await import('../../lib/values/phone.js')).readPhone(typed);
  const ticket = newTicket(facts, due, now, {
    credited: isCredited,
    phone,
    tellsTeam: policy.tellsTeam,
    openedBy: request.openedBy,
  });
  if (facts.identity === 'claimed' && policy.maxPerAddress > 0) {
    const since = new Date(now.getTime() - DAY_MS);
    const waiting = await tickets.waitingAt(facts.customerEmail, since, policy.maxPerAddress);
    const isKnown = waiting.some(({ openKey }) => openKey === ticket.openKey);
    if (waiting.length >= policy.maxPerAddress && !isKnown) return join(tickets, waiting, facts, now);
  }
  return { outcome: 'opened', ...(await tickets.open(ticket)) };
}

/** Puts what a customer says on the latest ticket that has room for it. */
async function join(
  tickets: StylistRepository,
  waiting: StylistTicket[],
  facts: TicketFacts,
  now: Date,
): Promise<Opened> {
  const said = [facts.notes ?? 'Has asked again.', facts.timePreference, facts.customerPhone];
  const note = said.filter((text) => text).join('\n');
  for (const ticket of waiting.filter(({ history }) => history.length < MAX_HISTORY_TO_JOIN)) {
    const { ticketId, version } = ticket;
    const acted = await actOnTicket(
      tickets.collection,
      { ticketId, version, action: 'note', by: 'customer', note },
      now,
    );
    if (acted.outcome === 'done') return { outcome: 'joined', ticket };
  }
  return { outcome: 'refused' };
}

async function gather(
  { repositories, sessions, conversations, proofOf }: TicketTools,
  { words, transcript, ...sent }: TicketRequest,
  { highValue }: TicketPolicy,
  now: Date,
): Promise<{ facts: TicketFacts; isCredited: boolean }> {
  const { creators, images, ratings, returns, shortlists, tickets } = repositories;
  const { sessionId } = words;
  const session = await sessions.find(sessionId);
  const named = sent.orderNumber ?? session?.lastOrderNumber;
  const proof = named ? await proofOf(named, session) : 'none';
  // a number that was only typed says what the customer means, and is no way to an order
  const isOfOrder = proof === 'proved' || (named && mayAct(proof) && (await hasRoom(tickets, named, now)));
  const orderNumber = isOfOrder ? named : undefined;
  const [said, shortlist, inspirationIds, creator, openReturn, negativeCsat] = await Promise.all([
    transcript.length > 0 ? transcript : conversations.last(sessionId, MESSAGES_OF_SESSION).then(withoutIds),
    sent.shortlist ?? shortlists.findBySession(sessionId).then(piecesOf),
    images.cleanOf(sessionId, sent.inspirationIds ?? session?.inspirationIds ?? []),
    words.creatorId ? creators.find(words.creatorId) : null,
    orderNumber ? hasOpenReturn(returns, orderNumber) : false,
    ratings.hasNegative(sessionId),
  ]);
  const shortlistValue = shortlist.reduce((sum, { price = 0 }) => sum + price, 0);
  const facts: TicketFacts = {
    ...words,
    ...priorityOf({ openReturn, negativeCsat, shortlistValue }, highValue),
    // an email is always typed here: what counts is whether the order is known to be theirs
    identity: mayBeTold(proof) ? 'verified' : 'claimed',
    orderNumber,
    namedOrderNumber: orderNumber ? undefined : named,
    creatorCode: creator?.creatorCode,
    transcript: said,
    shortlist,
    inspirationIds,
  };
  return { facts, isCredited: creator?.isActive ?? false };
}

const withoutIds = (messages: (ConversationMessage & { id: string })[]): ConversationMessage[] =>
  messages.map(({ id: _, ...message }) => message);

const hasRoom = async (tickets: StylistRepository, orderNumber: string, now: Date): Promise<boolean> => {
  const since = new Date(now.getTime() - DAY_MS);
  return (await tickets.countOfOrder(orderNumber, since, MAX_TICKETS_OF_ORDER)) < MAX_TICKETS_OF_ORDER;
};

const hasOpenReturn = async (returns: Pick<ReturnsRepository, 'findByOrder'>, orderNumber: string) =>
  (await returns.findByOrder(orderNumber)).some(({ status }) => !hasEnded(status));
