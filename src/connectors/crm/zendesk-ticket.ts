import { type CrmCase, type CrmChange, changeText } from './crm-case.js';

export const ZENDESK_FIELDS = [
  'ticketId',
  'orderNumber',
  'timePreference',
  'creatorId',
  'phone',
  'dueAt',
] as const;
export type ZendeskField = (typeof ZENDESK_FIELDS)[number];

const PRIORITIES = ['urgent', 'high', 'normal', 'low'];
/** Ours → theirs. Their `pending` waits for the customer, and a ticket is never `new` again. */
const STATUSES = new Map([
  ['open', 'open'],
  ['in_progress', 'open'],
  ['done', 'solved'],
]);

/** A ticket as Zendesk takes it. */
export function toZendesk(what: CrmCase, fields: Partial<Record<ZendeskField, number>>): object {
  const { id: external_id, subject, requester, text, tags, priority, parts } = what;
  const values = { ...parts, ticketId: external_id };
  const custom = ZENDESK_FIELDS.flatMap((name) => {
    const [id, value] = [fields[name], values[name]];
    return id !== undefined && value !== undefined ? [{ id, value }] : [];
  });
  return {
    external_id,
    subject,
    ...(requester && { requester }),
    comment: { body: text },
    tags,
    ...priorityOf(priority),
    ...(custom.length > 0 && { custom_fields: custom }),
  };
}

/** What an update changes on it. */
export function changesOf(change: CrmChange): object {
  const status = STATUSES.get(change.status ?? '');
  return {
    // for the agents: the customer is written to by them, not by us
    comment: { body: changeText(change), public: false },
    ...(status && { status }),
    ...priorityOf(change.priority),
  };
}

const priorityOf = (priority: string | undefined) =>
  priority !== undefined && PRIORITIES.includes(priority) ? { priority } : {};
