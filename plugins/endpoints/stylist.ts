import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyRequest } from 'fastify';
import { StylistRequest, StylistResponse } from '../../schemas/stylist.js';
import type { Config } from '../../src/config/load.js';
import { openTicket, type TicketTools } from '../../src/domain/stylist/open-ticket.js';
import { readStylistRequest } from './stylist-request.js';

const schema = {
  operationId: 'askStylist',
  summary: 'Bring in a human stylist',
  description:
    'Opens a ticket. What is not sent is added from the session: the last 20 messages, its shortlist, its inspiration images and the order it last looked up; of images, only those of the session that are clean. The same words within ten minutes give the same ticket. A stylist answers within `slaMinutes` of the hours of the studio, at the latest at `dueAt`. The ticket is handed to the CRM, its number is put on the order when the caller has proved it, and the creator is credited.',
  tags: ['journey'],
  body: StylistRequest,
  response: {
    200: { ...StylistResponse, description: 'The ticket that there is for the same words.' },
    201: { ...StylistResponse, description: 'A new ticket.' },
  },
};

export interface StylistOptions {
  stylist: Config['stylist'];
}

/** CONCIERGE_STYLIST_ENDPOINT */
const stylistEndpoint: FastifyPluginAsyncTypebox<StylistOptions> = async (app, { stylist }) => {
  const { tickets } = app.repositories;

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
      const ticketRequest = readStylistRequest(request.body, app.catalogue.current());
      const { ticket, existing } = await openTicket(toolsFor(request), ticketRequest, stylist, app.now());
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
        queuePosition,
      });
    },
  );

  const toolsFor = (request: FastifyRequest): TicketTools => ({
    repositories: app.repositories,
    sessions: app.sessions,
    conversations: app.conversations,
    proofOf: (orderNumber, session) => app.proofOf(request, orderNumber, session),
  });
};

export default stylistEndpoint;
