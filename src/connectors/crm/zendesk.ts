import { type Static, Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import type { Attempt, Outcome } from '../connector.js';
import { basicAuth, type Call, type Reply, send } from '../http.js';
import { errorCode, made, outcomeOf } from '../outcome.js';
import { type CasePicture, type Crm, type CrmCase, type CrmChange, changeText } from './crm-case.js';
import {
  changesOf,
  commentOfChange,
  publicComment,
  toZendesk,
  type ZendeskPlacing,
} from './zendesk-payload.js';

/**
 * Zendesk Support: developer.zendesk.com/api-reference/ticketing/tickets/tickets (create, update with `safe_update`, list by
 * `external_id`), …/tickets/ticket-attachments (uploads), developer.zendesk.com/api-reference/ticketing/introduction (idempotency) and
 * developer.zendesk.com/documentation/ticketing/managing-tickets/creating-and-updating-tickets (a closed ticket takes nothing more, and
 * is followed up by one that names it).
 */
export interface ZendeskSettings extends ZendeskPlacing {
  baseUrl: string;
  email: string;
  apiToken: string;
  /** What it signs its webhooks with; several while one is being replaced. */
  webhookSecrets?: readonly string[];
}

const Made = Type.Object({ ticket: Type.Object({ id: Type.Integer() }) });
const Uploaded = Type.Object({ upload: Type.Object({ token: Type.String({ maxLength: 200 }) }) });
const Ticket = Type.Object({
  id: Type.Integer(),
  external_id: Type.Union([Type.String(), Type.Null()]),
  status: Type.Optional(Type.String()),
  requester_id: Type.Optional(Type.Integer()),
  assignee_id: Type.Optional(Type.Union([Type.Integer(), Type.Null()])),
  tags: Type.Optional(Type.Array(Type.String())),
  updated_at: Type.Optional(Type.String()),
});
const Found = Type.Object({ tickets: Type.Array(Ticket) });
type Ticket = Static<typeof Ticket>;

/** `details` of a 422: by field, what is wrong with each. */
const Invalid = Type.Object({ details: Type.Record(Type.String(), Type.Unknown()) });
/** The fields of a ticket that a reason may name; whatever else stands there may be of the customer. */
const FIELDS = new Set(
  `assignee assignee_email assignee_id base brand brand_id collaborators comment custom_fields custom_status_id description email
  external_id group group_id name organization priority requester requester_id status subject tags ticket_form_id type uploads`.split(
    /\s+/,
  ),
);

/** Zendesk repeats the whole comment, several times over. */
const MAX_RESPONSE_BYTES = 1024 * 1024;
/** A tag that says which update a ticket has had last: updates have no key of their own. */
const MARK = 'concierge-update-';
/** So many attempts wait for pictures that Zendesk does not take: after that the ticket goes without them. */
const MAX_ATTEMPTS_WITH_PICTURES = 3;

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

  function idIn(reply: Reply): Outcome {
    const isInvalid = reply.answered && reply.status === 422;
    const meaning = isInvalid ? meaningOf(detailsOf(reply)) : undefined;
    return made(reply, Made, ({ ticket }) => String(ticket.id), now(), codeOf(reply), meaning);
  }

  async function open(what: CrmCase, attempt: Attempt): Promise<Outcome> {
    const { id, number, signal } = attempt;
    // its key guards for two hours only, our attempts go on for days
    const before = number > 1 ? await delivered(what.id, signal) : undefined;
    if (before) return before;
    const uploads = await upload(what, attempt);
    if ('outcome' in uploads) return uploads;
    const ticket = toZendesk(what, settings, uploads.tokens);
    return create(ticket, id, signal, () => delivered(what.id, signal));
  }

  /**
   * Made at the same moment (409), or by an attempt that had another body, such as one with other tokens of pictures: the ticket is there,
   * or it comes with a later attempt.
   */
  async function create(
    ticket: object,
    key: string,
    signal: AbortSignal,
    lookUp: () => Promise<Outcome | undefined>,
  ): Promise<Outcome> {
    const body = JSON.stringify({ ticket });
    const reply = await request('tickets.json', signal, { method: 'POST', body }, { 'idempotency-key': key });
    if (!isRepeat(reply)) return idIn(reply);
    const reason = `answered ${reply.status}: an attempt before may have made the ticket; nothing to do, it is looked for`;
    return (await lookUp()) ?? { outcome: 'retry', reason };
  }

  /** The tokens of a case's pictures. A picture that Zendesk refuses is left out: the text names it. */
  async function upload(
    { pictures }: CrmCase,
    { number, signal }: Attempt,
  ): Promise<Outcome | { tokens: string[] }> {
    if (!pictures || number > MAX_ATTEMPTS_WITH_PICTURES) return { tokens: [] };
    let files: CasePicture[];
    try {
      files = await pictures(signal);
    } catch {
      return { outcome: 'retry', reason: 'the pictures could not be read: see the log of the object store' };
    }
    const sent = await Promise.all(
      files.map(({ name, contentType, content: body }) => {
        const path = `uploads.json?filename=${encodeURIComponent(name)}`;
        return request(path, signal, { method: 'POST', body }, { 'content-type': contentType });
      }),
    );
    const outcomes = sent.map((reply) =>
      made(reply, Uploaded, ({ upload: { token } }) => token, now(), codeOf(reply)),
    );
    const failed = outcomes.find(({ outcome }) => outcome === 'retry' || outcome === 'misconfigured');
    if (failed) return failed;
    return { tokens: outcomes.flatMap((one) => ('reference' in one && one.reference) || []) };
  }

  async function update(
    what: CrmCase,
    { comment, changes = () => ({}), opener }: Said,
    { id, signal }: Attempt,
  ): Promise<Outcome> {
    const found = await find(what.id, signal);
    if ('outcome' in found) return found;
    const ticket = found.tickets.reduce<Ticket | undefined>(later, undefined);
    const mark = `${MARK}${id}`;
    const again = async () => {
      const now = await find(what.id, signal);
      return 'outcome' in now ? now : markedIn(now.tickets, mark);
    };
    if (!ticket) {
      if (opener === undefined)
        return { outcome: 'rejected', reason: 'there is no such ticket: somebody has deleted it' };
      const text = `${what.text}\n\n${opener}`;
      return create(toZendesk({ ...what, text, tags: [...what.tags, mark] }, settings), id, signal, again);
    }
    const done = markedIn(found.tickets, mark);
    if (done) return done;
    const tags = [...(ticket.tags ?? []).filter((tag) => !tag.startsWith(MARK)), mark];
    const fields = changes(ticket.assignee_id === null ? settings.email : undefined);
    const followUp = () =>
      create(
        {
          ...toZendesk(what, settings),
          via_followup_source_id: ticket.id,
          requester: undefined,
          requester_id: ticket.requester_id,
          tags,
          comment: comment(fields),
        },
        id,
        signal,
        again,
      );
    if (ticket.status === 'closed') return followUp();
    // refused with a 409 if the ticket has changed since, so that no tag of the agents is lost
    const safe = ticket.updated_at && { safe_update: true, updated_stamp: ticket.updated_at };
    const put = (said: object) =>
      request(`tickets/${ticket.id}.json`, signal, {
        method: 'PUT',
        body: JSON.stringify({ ticket: { ...said, tags, ...safe } }),
      });
    let reply = await put({ comment: comment(), ...fields });
    if (isClosed(reply)) return followUp();
    // no such agent, or a field that has to be filled first: what was said is not lost for it
    if (reply.answered && reply.status === 422 && Object.values(fields).some(Boolean))
      reply = await put({ comment: comment(fields) });
    if (reply.answered && reply.status === 409)
      return {
        outcome: 'retry',
        reason: 'answered 409: the ticket has changed meanwhile; nothing to do, it goes again',
      };
    return idIn(reply);
  }

  const change = (what: CrmCase, changed: CrmChange, attempt: Attempt, opener?: string) =>
    update(
      what,
      {
        comment: (notTaken) => commentOfChange(changed, notTaken),
        changes: (otherwise) => changesOf(changed, settings, otherwise),
        opener,
      },
      attempt,
    );

  /** The tickets that we have made under an id: one, or none, or one and those that follow it up. */
  async function find(id: string, signal: AbortSignal): Promise<Outcome | { tickets: Ticket[] }> {
    const path = `tickets.json?external_id=${encodeURIComponent(id)}`;
    const reply = await request(path, signal, { method: 'GET' });
    const outcome = outcomeOf(reply, now(), codeOf(reply));
    if (outcome.outcome !== 'delivered' || !reply.answered) return outcome;
    if (!Value.Check(Found, reply.body))
      return {
        outcome: 'retry',
        reason: `answered ${reply.status} with a body of another form: check the address`,
      };
    return { tickets: reply.body.tickets.filter(({ external_id }) => external_id === id) };
  }

  /** What an earlier attempt has come to; nothing when there is no ticket. */
  async function delivered(id: string, signal: AbortSignal): Promise<Outcome | undefined> {
    const found = await find(id, signal);
    if ('outcome' in found) return found;
    const [ticket] = found.tickets;
    return ticket && { outcome: 'delivered', reference: String(ticket.id) };
  }

  return {
    name: 'zendesk',
    open,
    change: (what, changed, attempt) => change(what, changed, attempt),
    add: (what, said, attempt) => change(what, said, attempt, changeText(said)),
    reply: (what, { text }, attempt) => update(what, { comment: () => publicComment(text) }, attempt),
  };
}

/** What is said on a ticket. */
interface Said {
  /** The comment; with what Zendesk has not taken of the fields. */
  comment: (notTaken?: object) => object;
  /** What changes beside it. Zendesk solves no ticket of nobody: then it is of `otherwise`. */
  changes?: (otherwise: string | undefined) => object;
  /** Beside the text of a ticket that is not there yet and is opened with it; without, it is refused. */
  opener?: string | undefined;
}

const later = (one: Ticket | undefined, other: Ticket): Ticket => (one && one.id > other.id ? one : other);

function markedIn(tickets: readonly Ticket[], mark: string): Outcome | undefined {
  const marked = tickets.find(({ tags = [] }) => tags.includes(mark));
  return marked && { outcome: 'delivered', reference: String(marked.id) };
}

function isRepeat(reply: Reply): reply is Extract<Reply, { answered: true }> {
  if (!reply.answered) return false;
  return reply.status === 409 || (reply.status === 400 && /idempot/i.test(JSON.stringify(reply.body) ?? ''));
}

const detailsOf = (reply: Reply): Record<string, unknown> =>
  reply.answered && reply.status === 422 && Value.Check(Invalid, reply.body) ? reply.body.details : {};

// As Zendesk writes it: { details: { status: [{ description: 'Status: closed prevents ticket update' }] } }
const isClosed = (reply: Reply): boolean => /closed/i.test(JSON.stringify(detailsOf(reply).status) ?? '');

/** What an operator can do about a 422; `details` may be of any form, and says more than may be told. */
function meaningOf(details: Record<string, unknown>): string {
  const said = JSON.stringify(details);
  if (/suspended/i.test(said)) return 'the customer is suspended in Zendesk: unsuspend them, and replay it';
  return Object.keys(details).length > 0
    ? 'check what Zendesk asks of them'
    : 'check which fields Zendesk asks for';
}

/** The code of an error, with the fields of the ticket that are wrong, and the ids of the custom ones. */
function codeOf(reply: Reply): string | undefined {
  const details = detailsOf(reply);
  const custom = JSON.stringify(details).matchAll(/"ticket_field_id":(\d{1,15})\b/g);
  const names = [
    ...Object.keys(details).filter((name) => FIELDS.has(name)),
    ...[...custom].map(([, id]) => `custom field ${id}`),
  ];
  const code = errorCode(reply);
  return names.length > 0 ? `${code ?? 'invalid'}: ${[...new Set(names)].slice(0, 4).join(', ')}` : code;
}
