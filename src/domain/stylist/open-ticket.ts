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
import { newTicket, type TicketFacts } from './new-ticket.js';
import { priorityOf } from './priority.js';
import type { StylistRepository } from './repository.js';
import { dueAt, type StudioHours } from './studio-hours.js';
import type { StylistTicket } from './stylist-ticket.js';

/** As much of a conversation as a stylist reads before the first answer. */
const MESSAGES_OF_SESSION = 20;

export interface TicketRepositories {
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
export interface TicketPolicy {
  slaMinutes: number;
  hours: StudioHours;
  timeZone: string;
  highValue: number;
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
}

/** Opens a ticket with what its session adds to it, or gives back the one that the same words have opened within ten minutes. */
export async function openTicket(
  tools: TicketTools,
  request: TicketRequest,
  policy: TicketPolicy,
  now: Date,
): Promise<{ ticket: StylistTicket; existing: boolean }> {
  const { facts, isCredited } = await gather(tools, request, policy);
  const due = dueAt(now, policy.slaMinutes, policy.hours, policy.timeZone);
  return tools.repositories.tickets.open(newTicket(facts, due, now, isCredited));
}

async function gather(
  { repositories, sessions, conversations, proofOf }: TicketTools,
  { words, transcript, ...sent }: TicketRequest,
  { highValue }: TicketPolicy,
): Promise<{ facts: TicketFacts; isCredited: boolean }> {
  const { creators, images, ratings, returns, shortlists } = repositories;
  const { sessionId } = words;
  const session = await sessions.find(sessionId);
  const named = session?.lastOrderNumber;
  const proof = named ? await proofOf(named, session) : 'none';
  // a number that was only typed says what the customer means, and is no way to an order
  const orderNumber = mayAct(proof) ? named : undefined;
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

const hasOpenReturn = async (returns: Pick<ReturnsRepository, 'findByOrder'>, orderNumber: string) =>
  (await returns.findByOrder(orderNumber)).some(({ status }) => !hasEnded(status));
