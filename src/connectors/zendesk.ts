import { Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { basicAuth } from './basic-auth.js';
import type { Connector, Message, Outcome } from './connector.js';
import { TicketDocument } from './documents.js';
import { type Call, made, type Reply, send } from './http.js';
import { errorCode, outcomeOf } from './outcome-of.js';
import { ticketText } from './ticket-text.js';

/**
 * Zendesk Support: developer.zendesk.com/api-reference/ticketing/tickets/tickets (create, and list by `external_id`) and
 * developer.zendesk.com/api-reference/ticketing/introduction (idempotency).
 */
export interface ZendeskSettings {
  baseUrl: string;
  email: string;
  apiToken: string;
  /** The ids of custom fields, by the field of the ticket that goes into each. */
  fields: Partial<Record<ZendeskField, number>>;
}

export const ZENDESK_FIELDS = [
  'ticketId',
  'orderNumber',
  'timePreference',
  'creatorId',
  'phone',
  'dueAt',
] as const;
export type ZendeskField = (typeof ZENDESK_FIELDS)[number];

const Created = Type.Object({ ticket: Type.Object({ id: Type.Integer() }) });
const Found = Type.Object({
  tickets: Type.Array(
    Type.Object({ id: Type.Integer(), external_id: Type.Union([Type.String(), Type.Null()]) }),
  ),
});
/** Zendesk repeats the whole comment, several times over. */
const MOST_RESPONSE_BYTES = 1024 * 1024;

export function createZendesk(
  settings: ZendeskSettings,
  timeoutMs: number,
  now: () => Date = () => new Date(),
): Connector {
  const headers = { authorization: basicAuth(`${settings.email}/token`, settings.apiToken) };
  const call = (
    path: string,
    rest: Pick<Call, 'method' | 'body'>,
    more: Record<string, string> = {},
  ): Call => ({
    url: `${settings.baseUrl}/api/v2/${path}`,
    headers: { ...headers, ...more },
    mostResponseBytes: MOST_RESPONSE_BYTES,
    ...rest,
  });

  async function deliver(message: Message, signal: AbortSignal): Promise<Outcome> {
    const { document } = message;
    if (!Value.Check(TicketDocument, document))
      return { outcome: 'rejected', reason: 'the document is no stylist ticket' };
    // its key guards for two hours only, our attempts go on for days
    const before = message.attempt > 1 ? await find(document.ticketId, signal) : undefined;
    if (before) return before;
    const reply = await create(message.id, document, signal);
    // made at the same moment, or in conflict with another change: the ticket is there, or it comes with a later attempt
    if (reply.answered && reply.status === 409)
      return (await find(document.ticketId, signal)) ?? { outcome: 'retry', reason: 'answered 409' };
    return made(reply, Created, ({ ticket }) => String(ticket.id), now(), errorCode(reply));
  }

  function create(id: string, ticket: TicketDocument, signal: AbortSignal): Promise<Reply> {
    const body = JSON.stringify({ ticket: toZendesk(ticket, settings.fields) });
    const more = { 'content-type': 'application/json', 'idempotency-key': id };
    return send(call('tickets.json', { method: 'POST', body }, more), timeoutMs, signal);
  }

  /** The ticket that an earlier attempt has made; nothing when there is none. */
  async function find(ticketId: string, signal: AbortSignal): Promise<Outcome | undefined> {
    const path = `tickets.json?external_id=${encodeURIComponent(ticketId)}`;
    const reply = await send(call(path, { method: 'GET' }), timeoutMs, signal);
    const outcome = outcomeOf(reply, now(), errorCode(reply));
    if (outcome.outcome !== 'delivered' || !reply.answered) return outcome;
    if (!Value.Check(Found, reply.body))
      return { outcome: 'retry', reason: `answered ${reply.status} with a body of another form` };
    const ticket = reply.body.tickets.find(({ external_id }) => external_id === ticketId);
    return ticket && { outcome: 'delivered', reference: String(ticket.id) };
  }

  return { name: 'zendesk', deliver };
}

function toZendesk(ticket: TicketDocument, fields: ZendeskSettings['fields']): object {
  const { contact, ticketId } = ticket;
  const values: Record<ZendeskField, string | undefined> = {
    ticketId,
    orderNumber: ticket.orderNumber,
    timePreference: ticket.timePreference,
    creatorId: ticket.creatorId,
    phone: contact.phone,
    dueAt: ticket.dueAt.toISOString(),
  };
  const custom = ZENDESK_FIELDS.flatMap((name) => {
    const [id, value] = [fields[name], values[name]];
    return id !== undefined && value !== undefined ? [{ id, value }] : [];
  });
  return {
    external_id: ticketId,
    subject: `Stylist request ${ticketId}`,
    requester: { name: contact.name ?? contact.email, email: contact.email },
    comment: { body: ticketText(ticket) },
    tags: ['concierge', 'stylist'],
    ...(custom.length > 0 && { custom_fields: custom }),
  };
}
