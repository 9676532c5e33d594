import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyRequest } from 'fastify';
import { orDeclined } from '../../schemas/declined.js';
import { StylistRequest, StylistResponse } from '../../schemas/stylist.js';
import type { Config } from '../../src/config/load.js';
import { openTicket, type TicketTools } from '../../src/domain/stylist/open-ticket.js';
import { declined } from '../core/declined.js';
import { readStylistRequest } from './stylist-request.js';

const schema = {
  operationId: 'askStylist',
  summary: 'Bring in a human stylist',
  description:
    'Opens a ticket. What is not sent is added from the session: the last 20 messages, its shortlist, its inspiration images and the order it last looked up; of images, only those of the session that are clean. The same words within ten minutes give the same ticket. When several wait for an answer at that email address already, and none of them is from who has proved an order, what is said is added to the latest of them. A stylist answers within `slaMinutes` of the hours of the studio, at the latest at `dueAt`. The ticket is handed to the CRM, its number is put on the order when the caller has proved it, and the creator is credited.',
  tags: ['Widget'],
  body: StylistRequest,
  response: {
    200: orDeclined(StylistResponse, 'The ticket that there is already; or why there is none.'),
    201: { ...StylistResponse, description: 'A new ticket.' },
  },
};

interface StylistOptions {
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
      const opened = await openTicket(toolsFor(request), ticketRequest, stylist, app.now());
      if (opened.outcome === 'refused') return declined(request, TOO_MANY);
      const { ticket } = opened;
      const existing = opened.outcome === 'joined' || opened.existing;
      await app.outbox.runInline('stylistTickets', ticket, { isExisting: existing, log: request.log });
      // the ticket is stored by now: a place that cannot be counted is no reason to let the customer ask again
      const queuePosition = await tickets.queuePosition(ticket.createdAt).catch((err) => {
        request.log.warn({ err }, 'the place in the queue could not be counted');
        return undefined;
      });
      return reply.code(existing ? 200 : 201).send({
        ok: true as const,
        ticketId: ticket.ticketId,
        message:
          opened.outcome === 'joined'
            ? `Thank you. We have added this to what you have asked us already; your ticket is ${ticket.ticketId}.`
            : `Thank you. A stylist will write to you shortly; your ticket is ${ticket.ticketId}.`,
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

const TOO_MANY = {
  reason: 'too_many_tickets',
  message: 'We have several requests from this address already, and a stylist will answer them.',
};
