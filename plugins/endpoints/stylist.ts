import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyRequest } from 'fastify';
import { problems } from '../../schemas/problem.js';
import { StylistRequest, StylistResponse } from '../../schemas/stylist.js';
import type { Config } from '../../src/config/load.js';
import { mayBeTold } from '../../src/domain/orders/proof.js';
import { hasEnded } from '../../src/domain/returns/return-steps.js';
import { piecesOf } from '../../src/domain/shortlists/describe-list.js';
import { savedPieces } from '../../src/domain/shortlists/saved-pieces.js';
import type { SavedPiece } from '../../src/domain/shortlists/shortlist.js';
import { newTicket } from '../../src/domain/stylist/new-ticket.js';
import { priorityOf } from '../../src/domain/stylist/priority.js';
import { dueAt } from '../../src/domain/stylist/studio-hours.js';
import { readStylistRequest } from './stylist-request.js';

const schema = {
  operationId: 'askStylist',
  summary: 'Bring in a human stylist',
  description:
    'Opens a ticket. What is not sent is added from the session: the last 20 messages, its shortlist, its inspiration images and the order it last looked up; of images, only those of the session that are clean. The same words within ten minutes give the same ticket. A stylist answers within `slaMinutes` of the hours of the studio, at the latest at `dueAt`. The ticket is handed to the CRM, its number is put on the order, and the creator is credited.',
  tags: ['journey'],
  body: StylistRequest,
  response: {
    200: { ...StylistResponse, description: 'The ticket that there is for the same words.' },
    201: { ...StylistResponse, description: 'A new ticket.' },
    ...problems(409, 422),
  },
};

/** As much of a conversation as a stylist reads before the first answer. */
const MESSAGES_OF_SESSION = 20;

export interface StylistOptions {
  stylist: Config['stylist'];
}

/** CONCIERGE_STYLIST_ENDPOINT */
const stylistEndpoint: FastifyPluginAsyncTypebox<StylistOptions> = async (app, { stylist }) => {
  const { creators, images, ratings, returns, shortlists, tickets } = app.repositories;

  app.post(
    '/api/concierge/stylist',
    {
      schema,
      config: {
        scope: 'stylist:write',
        limit: 'stylist',
        counted: { what: 'stylist_tickets' },
        event: { name: 'aurora_stylist_ticket_created', intent: 'stylist_contact' },
      },
    },
    async (request, reply) => {
      const now = app.now();
      const { facts, credited } = await gather(request, request.body);
      const due = dueAt(now, stylist.slaMinutes, stylist.hours, stylist.timeZone);
      const { ticket, existing } = await tickets.open(newTicket(facts, due, now, credited));
      await app.outbox.runInline('stylistTickets', ticket, { isExisting: existing, log: request.log });
      // the ticket is stored by now: a place that cannot be counted is no reason to let the customer ask again
      const queuePosition = await tickets.queuePosition(ticket.createdAt).catch((err) => {
        request.log.warn({ err }, 'the place in the queue could not be counted');
        return undefined;
      });
      return reply.code(existing ? 200 : 201).send({
        ok: true as const,
        ticketId: ticket.ticketId,
        message: `Thank you. A stylist will write to you shortly; your ticket is ${ticket.ticketId}.`,
        status: ticket.status,
        slaMinutes: stylist.slaMinutes,
        dueAt: ticket.dueAt.toISOString(),
        ...(queuePosition !== undefined && { queuePosition }),
      });
    },
  );

  // What was sent, what the session adds to it, and what follows from both.
  async function gather(request: FastifyRequest, body: StylistRequest) {
    const { words, transcript, uploads } = readStylistRequest(body);
    const { sessionId } = body;
    const sent = body.shortlist && savedPieces(body.shortlist, app.catalogue.current(), '/shortlist');
    const session = await app.sessions.find(sessionId);
    const orderNumber = session?.lastOrderNumber;
    const isProved = orderNumber !== undefined && mayBeTold(await app.proofOf(request, orderNumber, session));
    const [said, shortlist, inspirationIds, creator, openReturn, negativeCsat] = await Promise.all([
      transcript.length > 0 ? transcript : messagesOf(sessionId),
      sent ?? shortlists.findBySession(sessionId).then(piecesOf),
      images.cleanOf(sessionId, uploads ?? session?.inspirationIds ?? []),
      words.creatorId ? creators.find(words.creatorId) : null,
      orderNumber ? hasOpenReturn(orderNumber) : false,
      ratings.hasNegative(sessionId),
    ]);
    const situation = { openReturn, negativeCsat, shortlistValue: costOf(shortlist) };
    const facts = {
      ...words,
      ...priorityOf(situation, stylist.highValue),
      // an email is always typed here: what counts is whether the order is known to be theirs
      identity: isProved ? ('verified' as const) : ('claimed' as const),
      ...(orderNumber && { orderNumber }),
      ...(creator && { creatorCode: creator.creatorCode }),
      transcript: said,
      shortlist,
      inspirationIds,
    };
    return { facts, credited: creator?.isActive ?? false };
  }

  const hasOpenReturn = async (orderNumber: string): Promise<boolean> =>
    (await returns.findByOrder(orderNumber)).some(({ status }) => !hasEnded(status));

  const messagesOf = async (sessionId: string) =>
    (await app.conversations.last(sessionId, MESSAGES_OF_SESSION)).map(({ id: _, ...message }) => message);
};

export default stylistEndpoint;

const costOf = (pieces: SavedPiece[]): number => pieces.reduce((sum, { price = 0 }) => sum + price, 0);
