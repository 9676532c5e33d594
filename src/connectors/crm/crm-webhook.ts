import { Type } from '@sinclair/typebox';
import { type EventDescription, maybe, moment, text } from '../webhooks/event.js';
import { createWebhook, type WebhookSettings } from '../webhooks/webhook.js';
import type { Crm } from './crm-case.js';

const TicketPayload = Type.Object(
  {
    ticketId: text('Ours, the same for ever: what a repeat, and every update, is known by.'),
    subject: Type.String(),
    customer: Type.Optional(
      Type.Object({ name: Type.String(), email: Type.String() }, { title: 'TicketPayloadCustomer' }),
    ),
    text: text('Everything that is known, in plain text.'),
    tags: Type.Array(Type.String(), {
      description: '`stylist` for a request, `csat` for a rating that needs a follow-up.',
    }),
    priority: maybe('urgent, high or normal.'),
    details: Type.Object(
      {
        email: Type.Optional(Type.String()),
        name: Type.Optional(Type.String()),
        phone: maybe('In E.164 form where it can be read.'),
        notes: Type.Optional(Type.String()),
        timePreference: Type.Optional(Type.String()),
        orderNumber: maybe('Only where it is known to be theirs.'),
        creatorId: Type.Optional(Type.String()),
        shortlist: Type.Optional(Type.String()),
        inspiration: Type.Optional(Type.String()),
        transcript: maybe('The conversation, its latest part when it is long.'),
        createdAt: Type.Optional(moment('When it was opened')),
        dueAt: Type.Optional(moment('By when someone has to answer')),
      },
      { title: 'TicketPayloadDetails', description: 'The same in parts.' },
    ),
  },
  { title: 'TicketPayload', description: 'A ticket for the staff, for whichever CRM the shop has.' },
);

const TicketUpdatePayload = Type.Object(
  {
    ticketId: Type.String(),
    action: text('assign, in_progress, done, reopen, note or escalate; an open list.'),
    by: maybe('Who has acted.'),
    note: maybe('For the staff, not for the customer.'),
    status: maybe('open, in_progress or done; left out where it has not changed.'),
    priority: maybe('The new one; left out where it has not changed.'),
    assignee: maybe('Who has it now; left out where that has not changed.'),
    at: moment('When'),
  },
  { title: 'TicketUpdatePayload', description: 'What the staff has done with a ticket on the dashboard.' },
);

/** What the CRM webhook is told, by its type. */
export const CRM_EVENTS: Record<string, EventDescription> = {
  'ticket.created': {
    summary: 'A customer wants a stylist, or is not content',
    description: 'To the CRM webhook, for a CRM that the service does not know by itself.',
    data: TicketPayload,
    example: {
      ticketId: 'ST-7Q4M-2K9X',
      subject: 'Stylist request ST-7Q4M-2K9X',
      customer: { name: 'Ada Sample', email: 'ada@example.com' },
      text: 'Notes: a ring for my mother',
      tags: ['concierge', 'stylist'],
      priority: 'normal',
      details: {
        email: 'ada@example.com',
        name: 'Ada Sample',
        notes: 'a ring for my mother',
        createdAt: '2026-08-20T15:04:00.000Z',
        dueAt: '2026-08-20T19:04:00.000Z',
      },
    },
  },
  'ticket.updated': {
    summary: 'The staff has acted on a ticket, or its customer has texted',
    description: 'To the CRM webhook, in the order in which it happened, after `ticket.created`.',
    data: TicketUpdatePayload,
    example: {
      ticketId: 'ST-7Q4M-2K9X',
      action: 'done',
      by: 'Margaux',
      note: 'Chose platinum',
      status: 'done',
      at: '2026-08-20T16:30:00.000Z',
    },
  },
  'ticket.erased': {
    summary: 'A customer is to be forgotten',
    description: 'To the CRM webhook: what was made of the ticket is to be deleted there.',
    data: Type.Object({ ticketId: Type.String() }, { title: 'TicketErasedPayload' }),
    example: { ticketId: 'ST-7Q4M-2K9X' },
  },
};

/** A CRM for everyone: the ticket as one documented schema (`ticket.created`, `ticket.updated`), by signed webhooks. */
export function createCrmWebhook(
  settings: WebhookSettings,
  timeoutMs: number,
  now: () => Date = () => new Date(),
): Crm {
  const { send } = createWebhook(settings, timeoutMs, now);
  const change: Crm['change'] = ({ id: ticketId }, changed, attempt) =>
    send({ type: 'ticket.updated', at: changed.at, data: { ticketId, ...changed } }, attempt);
  return {
    name: 'crm-webhook',
    erase: ({ caseId: ticketId }, attempt) =>
      send({ type: 'ticket.erased', at: now(), data: { ticketId } }, attempt),
    open: ({ id: ticketId, subject, requester: customer, text, tags, priority, parts: details }, attempt) =>
      send(
        {
          type: 'ticket.created',
          at: details.createdAt === undefined ? now() : new Date(details.createdAt),
          data: { ticketId, subject, customer, text, tags, priority, details },
        },
        attempt,
      ),
    change,
    add: change,
  };
}
