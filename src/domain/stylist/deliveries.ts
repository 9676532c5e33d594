import { type CasePicture, type CrmCase, CrmChange } from '../../connectors/crm/crm-case.js';
import type { Stationery } from '../../connectors/email/email.js';
import type { MessageShop } from '../../connectors/templates/message-values.js';
import { deliveriesOf } from '../../outbox/delivery-kind.js';
import type { Storage } from '../../platform/storage/storage.js';
import type { InspirationRepository } from '../inspiration/repository.js';
import { ERASED, mailReply, ReplyPayload, replyOf } from '../replies/reply.js';
import { readTicket } from './read-ticket.js';
import type { StylistTicket } from './stylist-ticket.js';
import { type NoteSettings, shortlistText, teamNote, ticketText, transcriptText } from './ticket-text.js';

export interface StylistTools {
  images: Pick<InspirationRepository, 'ownOf'>;
  storage: Pick<Storage, 'read'>;
  /** Whether images have an address elsewhere that a CRM can show. */
  publishesImages?: boolean;
}

/** As many as a stylist looks at, and one attempt can hand on. */
const MAX_PICTURES = 10;

interface AnsweringTools {
  tickets: { answered(ticketId: string, at: Date): Promise<unknown> };
}

const deliveryOf = deliveriesOf<StylistTicket, StylistTools>(['ticketId', 'createdAt', 'dueAt']);

/** The CRM gets its copy of the ticket. */
export const TICKET_CREATE = deliveryOf({
  to: 'crm',
  kind: 'ticket.create',
  label: 'Ticket',
  async handle({ document, ...attempt }, tools, crm) {
    const ticket = readTicket(document);
    return crm.open(ticketCase(ticket, tools, await addressesOf(ticket, tools)), attempt);
  },
});

/** The CRM hears of what a member of the staff has done with the ticket. */
export const TICKET_UPDATE = deliveryOf({
  to: 'crm',
  kind: 'ticket.update',
  label: 'News of a ticket',
  payload: CrmChange,
  handle: ({ document, payload, ...attempt }, tools, crm) =>
    crm.change(ticketCase(readTicket(document), tools), payload, attempt),
});

/** The CRM answers the customer. */
export const TICKET_REPLY = deliveriesOf<StylistTicket, StylistTools & AnsweringTools>([
  'ticketId',
  'createdAt',
  'dueAt',
])({
  to: 'crm',
  kind: 'ticket.reply',
  label: 'Answer to a customer',
  payload: ReplyPayload,
  async handle({ document, payload, ...attempt }, tools, crm) {
    const ticket = readTicket(document);
    const reply = replyOf(ticket, payload);
    if (!reply) return ERASED;
    if (!crm.reply)
      return { outcome: 'rejected', reason: `${crm.name} writes to no customers: answer by mail` };
    const outcome = await crm.reply(ticketCase(ticket, tools), reply, attempt);
    // what was not handed over has answered nobody
    if (outcome.outcome === 'delivered') await tools.tickets.answered(ticket.ticketId, reply.at);
    return outcome;
  },
});

/** We answer the customer by mail, at the address that they gave with the ticket. */
export const TICKET_REPLY_MAIL = deliveriesOf<StylistTicket, Stationery & AnsweringTools>(['ticketId'])({
  to: 'email',
  kind: 'ticket.reply',
  label: 'Answer to a customer',
  payload: ReplyPayload,
  async handle({ document, payload, ...attempt }, tools, email) {
    const ticket = readTicket(document);
    const reply = replyOf(ticket, payload);
    const mail = { to: ticket.customerEmail, about: `your request ${ticket.ticketId}` };
    const outcome = await mailReply(reply, mail, tools, email, attempt);
    if (reply && outcome.outcome === 'delivered') await tools.tickets.answered(ticket.ticketId, reply.at);
    return outcome;
  },
});

/** A ticket as a CRM gets it. */
export function ticketCase(
  ticket: StylistTicket,
  tools: StylistTools,
  inspiration = ticket.inspirationIds.join(', '),
): CrmCase {
  const { ticketId, customerEmail: email, customerName: name, customerPhone: phone } = ticket;
  const { notes, timePreference, orderNumber, creatorId, priority, status, assignee } = ticket;
  return {
    id: ticketId,
    subject: `Stylist request ${ticketId}`,
    requester: { name: name ?? email, email },
    text: ticketText(ticket, inspiration),
    tags: ['concierge', 'stylist'],
    priority,
    status,
    assignee,
    pictures: ticket.inspirationIds.length > 0 ? (signal) => picturesOf(ticket, tools, signal) : undefined,
    parts: {
      email,
      name,
      phone,
      notes,
      timePreference,
      orderNumber,
      creatorId,
      shortlist: shortlistText(ticket) || undefined,
      inspiration: inspiration || undefined,
      transcript: transcriptText(ticket) || undefined,
      createdAt: ticket.createdAt.toISOString(),
      dueAt: ticket.dueAt.toISOString(),
    },
  };
}

/** Its images by the addresses at which they are delivered, where they have one, else by their ids. */
async function addressesOf(
  { sessionId, inspirationIds }: StylistTicket,
  { images, publishesImages }: StylistTools,
): Promise<string | undefined> {
  if (!publishesImages || inspirationIds.length === 0) return undefined;
  const own = await images.ownOf(sessionId, inspirationIds);
  const urls = new Map(own.map(({ inspirationId, published }) => [inspirationId, published?.url]));
  return inspirationIds.map((id) => urls.get(id) ?? id).join(', ');
}

/** What has been drawn of the images that are clean by now. */
async function picturesOf(
  { sessionId, inspirationIds }: StylistTicket,
  { images, storage }: StylistTools,
  signal: AbortSignal,
): Promise<CasePicture[]> {
  const own = await images.ownOf(sessionId, inspirationIds.slice(0, MAX_PICTURES));
  const clean = own.filter(({ moderationStatus }) => moderationStatus === 'clean');
  const read = clean.map(async ({ inspirationId, renditions }) => {
    const content = renditions && (await storage.read(renditions.web.key, undefined, signal));
    return content
      ? [{ name: `${inspirationId}.jpg`, contentType: renditions.web.contentType, content }]
      : [];
  });
  return (await Promise.all(read)).flat();
}

export interface TeamNoteTools {
  shop: MessageShop;
  teamNotes: NoteSettings;
}

const noteOf = deliveriesOf<StylistTicket, TeamNoteTools>(['ticketId', 'dueAt']);

/** The team hears of a new ticket. */
export const TEAM_TICKET = noteOf({
  to: 'team',
  kind: 'team.ticket',
  label: 'Word of a ticket to the team',
  handle: ({ document, ...attempt }, { shop, teamNotes }, team) =>
    team.post(teamNote(readTicket(document), 'A customer wants a stylist', shop, teamNotes), attempt),
});

/** The team hears that nobody has answered in time; enqueued with the ticket, to be looked at when that time has come. */
export const TEAM_OVERDUE = noteOf({
  to: 'team',
  kind: 'team.overdue',
  label: 'Word of an overdue ticket',
  async handle({ document, ...attempt }, { shop, teamNotes }, team) {
    const ticket = readTicket(document);
    if (ticket.firstResponseAt || ticket.status === 'done')
      return { outcome: 'skipped', reason: 'the customer has been answered' };
    return team.post(teamNote(ticket, 'Nobody has answered in time', shop, teamNotes), attempt);
  },
});
