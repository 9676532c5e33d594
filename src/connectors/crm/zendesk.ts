import { type Static, Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import type { Attempt, Outcome } from '../connector.js';
import { basicAuth, type Call, type Reply, send } from '../http.js';
import { errorCode, made, outcomeOf } from '../outcome.js';
import type { Crm, CrmCase, CrmChange } from './crm-case.js';
import { changesOf, toZendesk, type ZendeskField } from './zendesk-ticket.js';

/**
 * Zendesk Support: developer.zendesk.com/api-reference/ticketing/tickets/tickets (create, update with `safe_update`, list by
 * `external_id`) and developer.zendesk.com/api-reference/ticketing/introduction (idempotency).
 */
export interface ZendeskSettings {
  baseUrl: string;
  email: string;
  apiToken: string;
  /** The ids of custom fields, by the field of the ticket that goes into each. */
  fields: Partial<Record<ZendeskField, number>>;
}

const Made = Type.Object({ ticket: Type.Object({ id: Type.Integer() }) });
const Ticket = Type.Object({
  id: Type.Integer(),
  external_id: Type.Union([Type.String(), Type.Null()]),
  tags: Type.Optional(Type.Array(Type.String())),
  updated_at: Type.Optional(Type.String()),
});
const Found = Type.Object({ tickets: Type.Array(Ticket) });
type Ticket = Static<typeof Ticket>;

/** Zendesk repeats the whole comment, several times over. */
const MAX_RESPONSE_BYTES = 1024 * 1024;
/** A tag that says which update a ticket has had last: updates have no key of their own. */
const MARK = 'concierge-update-';

export function createZendesk(
  settings: ZendeskSettings,
  timeoutMs: number,
  now: () => Date = () => new Date(),
): Crm {
  const headers = { authorization: basicAuth(`${settings.email}/token`, settings.apiToken) };

  function request(
    path: string,
    signal: AbortSignal,
    call: Pick<Call, 'method' | 'body'>,
    more: Record<string, string> = {},
  ) {
    const type: Record<string, string> =
      call.body === undefined ? {} : { 'content-type': 'application/json' };
    const url = `${settings.baseUrl}/api/v2/${path}`;
    const all = { ...headers, ...type, ...more };
    return send({ url, headers: all, maxResponseBytes: MAX_RESPONSE_BYTES, ...call }, timeoutMs, signal);
  }

  const idIn = (reply: Reply): Outcome =>
    made(reply, Made, ({ ticket }) => String(ticket.id), now(), errorCode(reply));

  async function open(what: CrmCase, { id, number, signal }: Attempt): Promise<Outcome> {
    // its key guards for two hours only, our attempts go on for days
    const before = number > 1 ? await delivered(what.id, signal) : undefined;
    if (before) return before;
    const body = JSON.stringify({ ticket: toZendesk(what, settings.fields) });
    const reply = await request('tickets.json', signal, { method: 'POST', body }, { 'idempotency-key': id });
    // made at the same moment, or in conflict with another change: the ticket is there, or it comes with a later attempt
    if (reply.answered && reply.status === 409)
      return (await delivered(what.id, signal)) ?? { outcome: 'retry', reason: 'answered 409' };
    return idIn(reply);
  }

  async function change(caseId: string, changed: CrmChange, { id, signal }: Attempt): Promise<Outcome> {
    const found = await find(caseId, signal);
    if ('outcome' in found) return found;
    const [ticket] = found.tickets;
    if (!ticket) return { outcome: 'rejected', reason: 'there is no such ticket' };
    const { tags = [], updated_at } = ticket;
    const mark = `${MARK}${id}`;
    if (tags.includes(mark)) return { outcome: 'delivered', reference: String(ticket.id) };
    const others = tags.filter((tag) => !tag.startsWith(MARK));
    // refused with a 409 if the ticket has changed since, so that no tag of the agents is lost
    const safe = updated_at && { safe_update: true, updated_stamp: updated_at };
    const body = JSON.stringify({ ticket: { ...changesOf(changed), tags: [...others, mark], ...safe } });
    const reply = await request(`tickets/${ticket.id}.json`, signal, { method: 'PUT', body });
    if (reply.answered && reply.status === 409) return { outcome: 'retry', reason: 'answered 409' };
    return idIn(reply);
  }

  /** The tickets that we have made under an id: one, or none. */
  async function find(id: string, signal: AbortSignal): Promise<Outcome | { tickets: Ticket[] }> {
    const path = `tickets.json?external_id=${encodeURIComponent(id)}`;
    const reply = await request(path, signal, { method: 'GET' });
    const outcome = outcomeOf(reply, now(), errorCode(reply));
    if (outcome.outcome !== 'delivered' || !reply.answered) return outcome;
    if (!Value.Check(Found, reply.body))
      return { outcome: 'retry', reason: `answered ${reply.status} with a body of another form` };
    return { tickets: reply.body.tickets.filter(({ external_id }) => external_id === id) };
  }

  /** What an earlier attempt has come to; nothing when there is no ticket. */
  async function delivered(id: string, signal: AbortSignal): Promise<Outcome | undefined> {
    const found = await find(id, signal);
    if ('outcome' in found) return found;
    const [ticket] = found.tickets;
    return ticket && { outcome: 'delivered', reference: String(ticket.id) };
  }

  return { name: 'zendesk', open, change };
}
