import { escapeHtml } from '../templates/render.js';
import { type CrmCase, type CrmChange, changeText } from './crm-case.js';

export const ZENDESK_FIELDS = [
  'ticketId',
  'orderNumber',
  'timePreference',
  'creatorId',
  'phone',
  'dueAt',
] as const;
type ZendeskField = (typeof ZENDESK_FIELDS)[number];

/** Where tickets belong to in the shop's Zendesk, and what they are marked with. */
export interface ZendeskPlacing {
  /** The ids of custom fields, by the field of the ticket that goes into each. */
  fields: Partial<Record<ZendeskField, number>>;
  groupId?: number;
  brandId?: number;
  formId?: number;
  tags?: readonly string[];
  /** The addresses of agents, by what they call themselves here; one who calls themselves by their address needs none. */
  agents?: Readonly<Record<string, string>>;
}

const PRIORITIES = ['urgent', 'high', 'normal', 'low'];
/** Ours → theirs. Their `pending` waits for the customer, and a ticket is never `new` again. */
const STATUSES = new Map([
  ['open', 'open'],
  ['in_progress', 'open'],
  ['done', 'solved'],
]);

/** A ticket as Zendesk takes it, with the tokens of pictures that have been uploaded. */
export function toZendesk(what: CrmCase, placing: ZendeskPlacing, uploads: readonly string[] = []): object {
  const { id: external_id, subject, requester, text, tags, priority, parts } = what;
  const values = { ...parts, ticketId: external_id };
  const custom = ZENDESK_FIELDS.flatMap((name) => {
    const [id, value] = [placing.fields[name], values[name]];
    return id !== undefined && value !== undefined ? [{ id, value }] : [];
  });
  return {
    external_id,
    subject,
    requester,
    comment: { ...commentOf(text), uploads: uploads.length > 0 ? uploads : undefined },
    tags: [...tags, ...(placing.tags ?? [])],
    priority: priorityOf(priority),
    group_id: placing.groupId,
    brand_id: placing.brandId,
    ticket_form_id: placing.formId,
    custom_fields: custom.length > 0 ? custom : undefined,
  };
}

/** What an update changes on it beside its comment. Zendesk solves no ticket of nobody: then it is of `otherwise`. */
export function changesOf(
  { status, priority, assignee }: CrmChange,
  placing: ZendeskPlacing,
  otherwise?: string,
) {
  const { agents = {} } = placing;
  const known = assignee && Object.hasOwn(agents, assignee) ? agents[assignee] : assignee;
  const theirs = STATUSES.get(status ?? '');
  return {
    status: theirs,
    priority: priorityOf(priority),
    assignee_email: known?.includes('@') ? known : theirs === 'solved' ? otherwise : undefined,
  };
}

/** What the staff has done, in words; with what Zendesk has not taken of it. */
export const commentOfChange = (change: CrmChange, notTaken: object = {}) => {
  const left = Object.entries(notTaken).flatMap(([name, value]) => (value ? [`${name} ${value}`] : []));
  const text = changeText(change);
  return commentOf(left.length > 0 ? `${text}\n\nNot taken over by Zendesk: ${left.join(', ')}` : text);
};

// For the agents, who write to the customer themselves: it says deadlines, scores, whole conversations. A plain `body` is read as
// Markdown, in which a tag is a tag (developer.zendesk.com/api-reference/ticketing/tickets/ticket_comments).
const commentOf = (text: string) =>
  text.includes('<')
    ? { html_body: escapeHtml(text).replaceAll('\n', '<br>'), public: false }
    : { body: text, public: false };

/** For the customer, who gets it by Zendesk's own trigger. Never as Markdown: a star is a star. */
export const publicComment = (text: string) => ({
  html_body: escapeHtml(text).replaceAll('\n', '<br>'),
  public: true,
});

const priorityOf = (priority: string | undefined): string | undefined =>
  priority !== undefined && PRIORITIES.includes(priority) ? priority : undefined;
