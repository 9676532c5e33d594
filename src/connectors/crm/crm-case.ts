import { Value } from '@sinclair/typebox/value';
import type { Message, Outcome } from '../connector.js';
import { FeedbackDocument, TicketDocument } from '../documents.js';
import type { Sources } from '../sources.js';
import { shortlistText, ticketText, transcriptText } from './ticket-text.js';

/** What a CRM is to make of a document, whichever CRM it is. */
export interface CrmCase {
  /** Ours: what the CRM finds it by. */
  id: string;
  subject: string;
  requester?: { name: string; email: string };
  /** Everything, in plain text. */
  text: string;
  tags: string[];
  priority?: string;
  /** The same in parts, for a CRM that has a place for each. */
  parts: Partial<Record<CrmPart, string>>;
}

type CrmPart =
  | 'email'
  | 'name'
  | 'phone'
  | 'notes'
  | 'timePreference'
  | 'orderNumber'
  | 'creatorId'
  | 'shortlist'
  | 'inspiration'
  | 'transcript'
  | 'createdAt'
  | 'dueAt';

/** The case that a delivery stands for, or why there is none. */
export async function caseOf({ kind, document }: Message, sources: Sources): Promise<CrmCase | Outcome> {
  const rejected = (reason: string): Outcome => ({ outcome: 'rejected', reason });
  if (kind === 'ticket.create')
    return Value.Check(TicketDocument, document)
      ? ticketCase(document)
      : rejected('the document is no stylist ticket');
  if (kind !== 'followup.create') return rejected(`the CRM has no use for ${kind}`);
  if (!Value.Check(FeedbackDocument, document)) return rejected('the document is no rating');
  const retry: Outcome = { outcome: 'retry', reason: 'the customer of the order could not be looked up' };
  return followUpCase(document, sources).catch(() => retry);
}

function ticketCase(ticket: TicketDocument): CrmCase {
  const { ticketId, contact, notes, timePreference, orderNumber, creatorId, priority } = ticket;
  return {
    id: ticketId,
    subject: `Stylist request ${ticketId}`,
    requester: { name: contact.name ?? contact.email, email: contact.email },
    text: ticketText(ticket),
    tags: ['concierge', 'stylist'],
    ...(priority && { priority }),
    parts: given({
      email: contact.email,
      name: contact.name,
      phone: contact.phone,
      notes,
      timePreference,
      orderNumber,
      creatorId,
      shortlist: shortlistText(ticket),
      inspiration: ticket.inspirationIds.join(', '),
      transcript: transcriptText(ticket),
      createdAt: ticket.createdAt.toISOString(),
      dueAt: ticket.dueAt.toISOString(),
    }),
  };
}

async function followUpCase(feedback: FeedbackDocument, { orderEmailOf }: Sources): Promise<CrmCase> {
  const { feedbackId, score, intent, notes, orderNumber, createdAt } = feedback;
  const email = feedback.contact?.email ?? (orderNumber && (await orderEmailOf?.(orderNumber)));
  const rated = `Rated ${score} of 5 for ${intent}.`;
  const said = notes ? `${rated}\n${notes}` : rated;
  return {
    id: feedbackId,
    subject: `Follow-up on a rating of ${score} of 5`,
    ...(email && { requester: { name: email, email } }),
    text: orderNumber ? `${said}\nOrder: ${orderNumber}` : said,
    tags: ['concierge', 'csat'],
    parts: given({ email, notes: said, orderNumber, createdAt: createdAt.toISOString() }),
  };
}

const given = (parts: Partial<Record<CrmPart, string | undefined>>): CrmCase['parts'] =>
  Object.fromEntries(Object.entries(parts).filter(([, value]) => value));
