import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { problems } from '../../schemas/problem.js';
import { StylistRequest, StylistResponse } from '../../schemas/stylist.js';
import type { Config } from '../../src/config.js';
import { invalid } from '../../src/errors.js';
import { type Message, readMessage } from '../../src/sessions/read-message.js';
import { MOST_MESSAGES, type Session } from '../../src/sessions/session.js';
import { piecesOf } from '../../src/shortlists/describe-list.js';
import { savedPieces } from '../../src/shortlists/saved-pieces.js';
import { createShortlistsRepository } from '../../src/shortlists/shortlists-repository.js';
import { newTicket, type TicketFacts } from '../../src/stylist/new-ticket.js';
import { createStylistRepository } from '../../src/stylist/stylist-repository.js';
import { present } from '../../src/text.js';

const schema = {
  operationId: 'askStylist',
  summary: 'Bring in a human stylist',
  description:
    'Opens a ticket. What is not sent is added from the session: its shortlist, its inspiration images and the order it last looked up. The ticket is handed to the CRM.',
  tags: ['journey'],
  body: StylistRequest,
  response: { 201: { ...StylistResponse, description: 'The ticket.' }, ...problems(409, 422) },
};

export interface StylistOptions {
  slaMinutes: Config['stylist']['slaMinutes'];
}

/** CONCIERGE_STYLIST_ENDPOINT */
const stylist: FastifyPluginAsyncTypebox<StylistOptions> = async (app, { slaMinutes }) => {
  const tickets = createStylistRepository(app.collections.stylistTickets);
  const shortlists = createShortlistsRepository(app.collections.widgetShortlists);

  app.post(
    '/api/concierge/stylist',
    {
      schema,
      config: {
        scope: 'stylist:write',
        limit: 'stylist',
        idempotent: true,
        counted: { what: 'stylist_tickets' },
        event: { name: 'aurora_stylist_ticket_created', intent: 'stylist_contact' },
      },
    },
    async (request, reply) => {
      const { body } = request;
      const [session, saved] = await Promise.all([
        app.sessions.find(body.sessionId),
        body.shortlist ? null : shortlists.findBySession(body.sessionId),
      ]);
      const shortlist = body.shortlist
        ? savedPieces(body.shortlist, app.catalogue.current(), '/shortlist')
        : piecesOf(saved);
      const ticket = newTicket({ ...readFacts(body, session), shortlist }, slaMinutes, app.now());
      await tickets.open(ticket);
      // the ticket is stored by now: a place that cannot be counted is no reason to let the customer ask again
      const queuePosition = await tickets.queuePosition(ticket.createdAt).catch((err) => {
        request.log.warn({ err }, 'the place in the queue could not be counted');
        return undefined;
      });
      return reply.code(201).send({
        ok: true as const,
        ticketId: ticket.ticketId,
        message: `Thank you. A stylist will write to you shortly; your ticket is ${ticket.ticketId}.`,
        status: ticket.status,
        slaMinutes,
        ...(queuePosition !== undefined && { queuePosition }),
      });
    },
  );
};

export default stylist;

function readFacts(body: StylistRequest, session: Session | null): Omit<TicketFacts, 'shortlist'> {
  const email = present(body.email) ?? present(body.customerEmail) ?? present(body.contact?.email);
  if (!email) throw invalid('/email', 'Please give the email address at which a stylist can answer.');
  const name = present(body.name);
  const phone = present(body.phone);
  const notes = present(body.notes) ?? present(body.summary) ?? present(body.transcriptSummary);
  const timePreference = present(body.timePreference);
  const creatorId = present(body.creatorId);
  return {
    sessionId: body.sessionId,
    priority: 'normal',
    priorityReasons: [],
    identity: session?.identity ?? 'anonymous',
    contact: { email, ...(name && { name }), ...(phone && { phone }) },
    ...(notes && { notes }),
    ...(timePreference && { timePreference }),
    ...(creatorId && { creatorId }),
    ...(session?.lastOrderNumber && { orderNumber: session.lastOrderNumber }),
    transcript: readTranscript(body.transcript),
    inspirationIds: readUploads(body.uploads) ?? session?.inspirationIds ?? [],
  };
}

function readTranscript(transcript: StylistRequest['transcript']): Message[] {
  if (typeof transcript === 'string')
    return present(transcript) ? [{ role: 'conversation', text: transcript }] : [];
  return (transcript ?? [])
    .slice(-MOST_MESSAGES)
    .map(readMessage)
    .filter((message) => message !== undefined);
}

const readUploads = (uploads: StylistRequest['uploads']): string[] | undefined =>
  uploads
    ?.map((upload) => present(typeof upload === 'string' ? upload : upload.inspirationId))
    .filter((id) => id !== undefined);
