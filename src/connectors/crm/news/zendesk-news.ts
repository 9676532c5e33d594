import { createHmac, timingSafeEqual } from 'node:crypto';
import { Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { type CrmNews, nameIn, timeIn } from './crm-news.js';

/**
 * developer.zendesk.com/documentation/webhooks/verifying: base64 of HMAC-SHA256 over timestamp and body. No age is documented; what is sent
 * again says nothing new.
 */
export function isFromZendesk(
  secrets: readonly string[],
  headers: Record<string, string | string[] | undefined>,
  body: Buffer,
): boolean {
  const given = Buffer.from(String(headers['x-zendesk-webhook-signature'] ?? ''), 'base64');
  const timestamp = String(headers['x-zendesk-webhook-signature-timestamp'] ?? '');
  return secrets.some((secret) => {
    const expected = createHmac('sha256', secret).update(timestamp).update(body).digest();
    return timestamp !== '' && given.length === expected.length && timingSafeEqual(given, expected);
  });
}

/** Theirs → ours: `open` has an agent, `pending` and `hold` wait for somebody else. */
const STATUSES = new Map<string, NonNullable<CrmNews['status']>>([
  ['new', 'open'],
  ['open', 'in_progress'],
  ['pending', 'in_progress'],
  ['hold', 'in_progress'],
  ['on-hold', 'in_progress'],
  ['solved', 'done'],
  ['closed', 'done'],
]);
const statusIn = (value: unknown) =>
  typeof value === 'string' ? STATUSES.get(value.trim().toLowerCase()) : undefined;

const maybe = () => Type.Optional(Type.Unknown());

/** An event of a ticket: developer.zendesk.com/api-reference/webhooks/event-types/ticket-events. */
const TicketEvent = Type.Object({
  type: Type.String({ pattern: '^zen:event-type:ticket\\.' }),
  time: Type.String(),
  detail: Type.Object({ external_id: Type.String({ minLength: 1 }) }),
  event: Type.Object({
    current: maybe(),
    comment: Type.Optional(
      Type.Object({
        is_public: maybe(),
        author: Type.Optional(Type.Object({ is_staff: maybe(), name: maybe() })),
      }),
    ),
  }),
});

/** What a trigger of the shop sends, in the form that docs/deliveries.md gives. */
const OfTrigger = Type.Object({
  external_id: Type.String({ minLength: 1 }),
  at: Type.String(),
  status: maybe(),
  assignee: maybe(),
  by: maybe(),
  replied: maybe(),
});

/** What Zendesk says of one of our tickets; undefined for what says nothing of it. */
export function readZendesk(body: unknown): CrmNews | undefined {
  if (Value.Check(TicketEvent, body)) return ofEvent(body);
  if (!Value.Check(OfTrigger, body)) return undefined;
  const at = timeIn(body.at);
  if (!at) return undefined;
  return {
    vendor: 'Zendesk',
    ticketId: body.external_id,
    at,
    by: nameIn(body.by),
    status: statusIn(body.status),
    // a placeholder of nothing is an empty text
    assignee: body.assignee === '' ? null : nameIn(body.assignee),
    repliedAt: body.replied === true ? at : undefined,
  };
}

function ofEvent({ type, time, detail, event }: typeof TicketEvent.static): CrmNews | undefined {
  const at = timeIn(time);
  if (!at) return undefined;
  const news = { vendor: 'Zendesk', ticketId: detail.external_id, at } as const;
  const { current, comment } = event;
  switch (type.slice('zen:event-type:ticket.'.length)) {
    case 'status_changed':
      return { ...news, status: statusIn(current) };
    // the event has no more than the agent's number
    case 'agent_assignment_changed':
      return { ...news, assignee: current ? `Zendesk agent ${String(current).slice(0, 20)}` : null };
    case 'comment_added': {
      const isReply = comment?.is_public === true && comment.author?.is_staff === true;
      return isReply ? { ...news, by: nameIn(comment.author?.name), repliedAt: at } : undefined;
    }
    default:
      return undefined;
  }
}
