import type { Answer } from '../connectors/receiver.js';
import { json } from '../connectors/receiver.js';

interface Comment {
  body?: string;
  html_body?: string;
  public?: boolean;
  uploads?: string[];
}

interface ZendeskTicket {
  id: number;
  external_id: string | null;
  status: string;
  assignee_id: number | null;
  requester_id: number;
  tags: string[];
  updated_at: string;
  comments: Comment[];
  [field: string]: unknown;
}

/** With which the service takes its tickets there. */
export const zendeskSettings = (url: string) => ({
  ZENDESK_SUBDOMAIN: 'shop',
  ZENDESK_EMAIL: 'agent@shop.example',
  ZENDESK_API_TOKEN: 'token',
  ZENDESK_BASE_URL: url,
});

const AGENTS = new Map([
  ['mia@shop.example', 11],
  ['agent@S3CRET.example', 12],
]);
const TYPES = /^(image|text|application)\/[\w.+-]+$/;

const invalid = (details: object) =>
  json(422, { error: 'RecordInvalid', description: 'Record validation errors', details });

/**
 * A Zendesk as developer.zendesk.com/api-reference/ticketing describes it, as far as tickets and uploads go: one creation a key, and a
 * mismatch for another body under it; a stamp that has to be the last one; no ticket is solved that is nobody's; a closed one takes nothing
 * more, and is the source of follow-ups, which no other ticket can be.
 */
export function zendesk() {
  const tickets: ZendeskTicket[] = [];
  const uploads = new Map<string, { name: string; type: string; bytes: number }>();
  const keys = new Map<string, { body: string; id: number }>();
  let stamp = 0;

  const touched = (ticket: ZendeskTicket) => {
    stamp += 1;
    ticket.updated_at = `2026-03-01T10:00:${String(stamp).padStart(2, '0')}Z`;
    return { ticket: { ...ticket, comments: undefined }, audit: { events: ticket.comments } };
  };

  /** What is wrong with a change, or undefined when it has been made. */
  function apply(ticket: ZendeskTicket, fields: Record<string, unknown>): object | undefined {
    const { comment, assignee_email: email, ...rest } = fields;
    if (typeof email === 'string' && !AGENTS.has(email))
      return { assignee: [{ description: 'Assignee: is invalid', error: 'InvalidValue' }] };
    const assignee_id = typeof email === 'string' ? (AGENTS.get(email) ?? null) : ticket.assignee_id;
    if (rest.status === 'solved' && assignee_id === null)
      return { base: [{ description: 'Assignee: is required when solving a ticket', error: null }] };
    const { uploads: tokens = [], body, html_body } = (comment ?? {}) as Comment;
    if (comment && !body && !html_body) return { comment: [{ description: 'Comment: cannot be blank' }] };
    if (tokens.some((token) => !uploads.has(token))) return { base: [{ description: 'Invalid attachment' }] };
    Object.assign(ticket, rest, { assignee_id });
    if (comment) ticket.comments.push(comment as Comment);
    return undefined;
  }

  function create(body: string, key: string | undefined): Answer {
    const before = key ? keys.get(key) : undefined;
    if (before && before.body !== body)
      return json(400, {
        error: 'IdempotentRequestError',
        description: 'The parameters are not the same as those of the first request with this key.',
      });
    const there = before && tickets.find(({ id }) => id === before.id);
    if (there)
      return json(201, { ticket: { ...there, comments: undefined } }, { 'x-idempotency-lookup': 'hit' });
    const { ticket: fields } = JSON.parse(body) as { ticket: Record<string, unknown> };
    const source = tickets.find(({ id }) => id === fields.via_followup_source_id);
    if (fields.via_followup_source_id !== undefined && source?.status !== 'closed')
      return invalid({ base: [{ description: 'Followup source is not closed' }] });
    const id = tickets.length + 35_436;
    const fresh = { external_id: null, status: 'new', assignee_id: null, requester_id: 7, tags: [] };
    const ticket: ZendeskTicket = { ...fresh, id, updated_at: '', comments: [] };
    const wrong = apply(ticket, fields);
    if (wrong) return invalid(wrong);
    tickets.push(ticket);
    if (key) keys.set(key, { body, id });
    return json(201, touched(ticket), { 'x-idempotency-lookup': 'miss' });
  }

  function update(id: number, { ticket: fields }: { ticket: Record<string, unknown> }): Answer {
    const ticket = tickets.find((one) => one.id === id);
    if (!ticket) return json(404, { error: 'RecordNotFound', description: 'Not found' });
    if (ticket.status === 'closed')
      return invalid({ status: [{ description: 'Status: closed prevents ticket update' }] });
    const { safe_update, updated_stamp, ...rest } = fields;
    if (safe_update && updated_stamp !== ticket.updated_at)
      return json(409, { error: 'UpdateConflict', description: 'Safe Update prevented the update' });
    const wrong = apply(ticket, rest);
    return wrong ? invalid(wrong) : json(200, touched(ticket));
  }

  const answer: Answer = (response, request) => {
    const { method, path, headers, body } = request;
    const { pathname, searchParams } = new URL(path, 'https://shop.zendesk.com');
    const [, what, id] = /^\/api\/v2\/(tickets|uploads)(?:\/(\d+))?(?:\.json)?$/.exec(pathname) ?? [];
    const route = `${method} ${what}${id ? '/:id' : ''}`;
    const given = (): Answer => {
      if (!headers.authorization?.startsWith('Basic '))
        return json(401, { error: "Couldn't authenticate you" });
      if (route === 'GET tickets') {
        const found = tickets.filter(({ external_id }) => external_id === searchParams.get('external_id'));
        return json(200, {
          tickets: found.map((ticket) => ({ ...ticket, comments: undefined })),
          next_page: null,
          count: found.length,
        });
      }
      if (route === 'POST uploads') {
        const [name, type] = [searchParams.get('filename'), headers['content-type'] ?? ''];
        if (!name || !TYPES.test(type)) return json(400, { error: 'AttachmentUnprocessable' });
        const token = `token-${uploads.size + 1}`;
        uploads.set(token, { name, type, bytes: Number(headers['content-length'] ?? 0) });
        return json(201, { upload: { token, attachment: { file_name: name, content_type: type } } });
      }
      if (headers['content-type'] !== 'application/json') return json(415, { error: 'UnsupportedMediaType' });
      if (route === 'POST tickets') return create(body, headers['idempotency-key']?.toString());
      if (route === 'PUT tickets/:id') return update(Number(id), JSON.parse(body));
      return json(404, { error: 'InvalidEndpoint', description: 'Not found' });
    };
    given()(response, request);
  };

  return { answer, tickets, uploads };
}
