import { type Static, Type } from '@sinclair/typebox';
import { REPLY_VALUES } from '../../src/connectors/templates/reply-templates.js';
import { QUEUE_KINDS, QUEUE_ORDERS } from '../../src/dashboard/queue/queue-item.js';
import { HOLD_ACTIONS } from '../../src/domain/capsules/change-hold.js';
import { LOW_SCORES_TEXT } from '../../src/domain/csat/rating.js';
import { MODERATION_STATUSES } from '../../src/domain/inspiration/inspiration.js';
import { ANSWERED_KINDS } from '../../src/domain/replies/cases.js';
import { MAX_REPLY_LETTERS } from '../../src/domain/replies/reply.js';
import { RETURN_STATUSES } from '../../src/domain/returns/return-steps.js';
import { TICKET_ACTIONS } from '../../src/domain/stylist/decide-ticket.js';
import {
  Cursor,
  Money,
  Named,
  NextCursor,
  OptionalText,
  refTo,
  SavedPiece,
  shown,
  Timestamp,
  Words,
} from '../common.js';
import { ToldParcel } from '../returns.js';
import { DashboardOrder, Messages } from './orders.js';

const Kind = Words(QUEUE_KINDS, 'What it is.', 'QueueKind');
const Status = Words(
  ['open', 'in_progress', 'done'],
  'How far it is. Only tickets can be in progress.',
  'QueueStatus',
);
const Priority = Words(['urgent', 'high', 'normal'], 'How urgent it is.', 'Priority');
const Version = Type.Integer({ minimum: 0, description: 'An action has to name it.' });

const ACTIONS = {
  tickets: TICKET_ACTIONS,
  capsules: HOLD_ACTIONS,
  feedback: ['contacted'],
  returns: RETURN_STATUSES.filter((status) => status !== 'initiated'),
  images: ['approve', 'reject'],
  deliveries: ['replay'],
} as const;

export const QueueQuery = Type.Object({
  kind: Type.Optional(Kind),
  status: Type.Optional(
    Type.Unsafe<Static<typeof Status>>({
      ...Status,
      description: 'Left out: whatever is not done. What is done comes newest first.',
    }),
  ),
  assignee: Type.Optional(
    Type.String({ minLength: 1, maxLength: 100, description: 'Who has taken it, or `none`. Tickets only.' }),
  ),
  due: Type.Optional(
    Words(
      ['overdue', 'soon', 'today'],
      '`soon`: within an hour, or overdue. `today`: within 24 hours, or overdue.',
    ),
  ),
  order: Type.Optional(
    Words(
      QUEUE_ORDERS,
      'By priority and then by age, if left out; by deadline; or by age alone. A cursor belongs to its order.',
    ),
  ),
  cursor: Cursor,
});
export type QueueQuery = Static<typeof QueueQuery>;

const Item = {
  kind: Kind,
  id: Type.String(),
  status: Status,
  priority: Priority,
  priorityReasons: Type.Optional(Type.Array(Type.String())),
  title: Type.String({ description: 'What it is about.' }),
  detail: Type.Optional(Type.String()),
  customer: Type.Optional(Type.String({ description: 'Masked unless the key has `dashboard:pii`.' })),
  assignee: Type.Optional(Type.String()),
  createdAt: Timestamp('When it began'),
  dueAt: Timestamp('By when someone should have acted'),
  secondsLeft: Type.Integer({ description: 'Until then; negative when it is overdue.' }),
  version: Version,
};

export const QueueItem = Type.Object(Item, {
  $id: 'QueueItem',
  description: 'One thing that waits for the staff.',
});

const Waiting = (description: string) => Type.Integer({ minimum: 0, maximum: 8000, description });

export const QueueResponse = Named('SupportQueue', {
  items: Type.Array(refTo(QueueItem)),
  nextCursor: NextCursor,
  counts: Named(
    'QueueCounts',
    {
      tickets: Waiting('Tickets that are not done.'),
      capsules: Waiting('Active holds.'),
      feedback: Waiting(`Ratings of ${LOW_SCORES_TEXT} to follow up.`),
      returns: Waiting('Returns, resizes and care requests that have come in, or whose parcel has.'),
      deliveries: Waiting('Documents with dead deliveries.'),
      images: Waiting('Images to review.'),
      overdue: Waiting('Tickets and follow-ups past their deadline.'),
      unassigned: Waiting('Tickets that nobody has taken.'),
    },
    { description: 'What waits in all, whatever the filters. Each count ends at 100 a collection.' },
  ),
});

const HistoryEntry = Named('HistoryEntry', {
  at: Timestamp('When'),
  by: Type.String(),
  action: Type.String(),
  note: Type.Optional(Type.String()),
});

const ANSWERS = Words(
  ['crm', 'email'],
  '`crm`: a public comment, which the CRM sends. `email`: a mail of ours.',
  'ReplyWay',
);

/** What has been answered, and how more can be. */
const Answering = Named('SupportAnswering', {
  via: Type.Optional(ANSWERS),
  why: Type.Optional(Type.String({ description: 'Why the customer cannot be answered, where that is so.' })),
  address: Type.Optional(Type.String({ description: 'Masked unless the key has `dashboard:pii`.' })),
  phone: Type.Optional(Type.String({ description: 'The same.' })),
  isUnproved: Type.Optional(
    Type.Literal(true, {
      description:
        'Nobody has shown that the order is of this address: an answer that names its parcel or its own address is refused.',
    }),
  ),
  templates: Type.Array(
    Named('ReplyTemplate', {
      template: Type.String({ description: 'What an answer that begins with it names.' }),
      name: Type.String(),
      text: Type.String({ description: 'With what is known of the customer.' }),
    }),
  ),
  replies: Type.Array(
    Named('SupportReply', {
      replyId: Type.String(),
      at: Timestamp('When'),
      by: Type.String(),
      via: ANSWERS,
      text: Type.String(),
      state: Type.String({
        description:
          'Of its delivery: pending, done, dead, skipped; or as the mailbox said: delivered, failed, suppressed.',
      }),
      why: Type.Optional(Type.String({ description: 'Why it has not arrived.' })),
    }),
  ),
});

export const TicketParams = Type.Object({
  ticketId: Type.String({ minLength: 1, maxLength: 64, description: 'Such as `ST-7K3M-9QX4`.' }),
});

export const TicketResponse = Named('SupportTicket', {
  ticketId: Type.String(),
  status: Status,
  priority: Priority,
  priorityReasons: Type.Array(Type.String()),
  identity: Type.String({ description: 'How well the customer is known: anonymous, claimed or verified.' }),
  version: Version,
  createdAt: Timestamp('When it was opened'),
  dueAt: Timestamp('By when a stylist should have answered'),
  firstResponseAt: Type.Optional(Timestamp('When the customer was first answered')),
  assignee: Type.Optional(Type.String()),
  notes: Type.Optional(Type.String()),
  timePreference: Type.Optional(Type.String()),
  timezone: Type.Optional(Type.String({ description: 'Of the customer.' })),
  metadata: Type.Optional(
    Type.Array(Named('TicketDetail', { name: Type.String(), value: Type.String() }), {
      description: 'What else the widget has said.',
    }),
  ),
  namedOrderNumber: Type.Optional(
    Type.String({ description: 'An order that the customer has named without proof that it is theirs.' }),
  ),
  creator: Type.Optional(Type.String()),
  contact: Named('TicketContact', {
    email: Type.String(),
    name: Type.Optional(Type.String()),
    phone: Type.Optional(Type.String()),
    mailSuppressed: Type.Optional(
      Type.Literal(true, {
        description: 'The address takes no mail from us: it has come back, or its owner has complained.',
      }),
    ),
  }),
  contactMasked: Type.Boolean({ description: 'Whether the contact is masked, for want of `dashboard:pii`.' }),
  transcript: Type.Array(
    Named('TicketMessage', {
      role: Type.String(),
      text: Type.String(),
      at: Type.Optional(Timestamp('When')),
    }),
  ),
  shortlist: Type.Array(
    Named('TicketPiece', {
      id: Type.String(),
      title: Type.Optional(Type.String()),
      price: Type.Optional(refTo(Money)),
      image: Type.Optional(Type.String()),
      metal: Type.Optional(Type.String()),
    }),
  ),
  images: Type.Array(
    Named('TicketImage', {
      inspirationId: Type.String(),
      caption: Type.Optional(Type.String()),
      status: Words(MODERATION_STATUSES, undefined, 'ModerationStatus'),
      reason: Type.Optional(Type.String({ description: 'Why it is rejected, or waits for a person.' })),
      createdAt: Timestamp('When it came'),
      url: Type.Optional(
        Type.String({
          description: 'The path at which its small picture is shown; left out where there is none.',
        }),
      ),
    }),
    { description: 'What the customer has sent in that conversation, the latest first.' },
  ),
  order: Type.Optional(refTo(DashboardOrder)),
  crm: Type.Optional(
    Named(
      'CrmState',
      { state: Type.String(), kind: Type.String(), reference: Type.Optional(Type.String()) },
      { description: 'What the CRM was told last.' },
    ),
  ),
  messages: {
    ...Messages,
    description:
      'What was sent for the ticket, to the CRM too, and about its order to those who have subscribed to it: the latest first.',
  },
  history: Type.Array(HistoryEntry),
  answering: Answering,
  actions: Type.Array(Type.String(), { description: 'What can be done with it now.' }),
});

export const ItemParams = Type.Object({
  kind: Type.Unsafe<'capsules' | 'feedback' | 'images' | 'deliveries'>({
    type: 'string',
    enum: QUEUE_KINDS.filter((kind) => kind !== 'tickets'),
    description: 'What it is.',
  }),
  id: Type.String({ minLength: 1, maxLength: 128 }),
});

export const ItemResponse = Named('SupportItem', {
  ...Item,
  state: Type.String({ description: 'How far it is, in the words of its own kind.' }),
  actions: Type.Array(Type.String(), { description: 'What can be done with it now.' }),
  history: Type.Array(HistoryEntry),
  pieces: Type.Optional(Type.Array(refTo(SavedPiece))),
  extensions: Type.Optional(Type.Integer()),
  orderNumber: Type.Optional(Type.String()),
  notes: Type.Optional(Type.String()),
  score: Type.Optional(Type.Integer()),
  intent: Type.Optional(Type.String()),
  url: Type.Optional(Type.String({ description: 'Of an image; can be read for 15 minutes.' })),
  reason: Type.Optional(Type.String({ description: 'Why an image waits for a person, or was rejected.' })),
  attempts: Type.Optional(Type.Integer()),
  lastError: Type.Optional(Type.String()),
  answering: Type.Optional(Answering),
});

export const ReplyParams = Type.Object({
  kind: Words(ANSWERED_KINDS, 'What is answered.'),
  id: Type.String({ minLength: 1, maxLength: 128 }),
});

export const ReplyBody = Named(
  'SupportReplyRequest',
  {
    version: Version,
    text: Type.String({
      minLength: 1,
      maxLength: MAX_REPLY_LETTERS,
      description: `What the customer reads. It may name ${REPLY_VALUES.map((name) => `\`{{${name}}}\``).join(', ')}.`,
    }),
    template: OptionalText(40, 'Which of the texts it was begun with; for the audit log.'),
    done: Type.Optional(Type.Boolean({ description: 'Whether a ticket is done with it.' })),
    by: OptionalText(100, 'Who answers; the id of the key, if left out.'),
  },
  {
    ...shown({
      'an-answer': { version: 2, text: 'Dear {{name}},\n\nit ships on Friday.\n\n{{agent}}', by: 'Margaux' },
    }),
  },
);

export const ReplyResponse = Named('SupportReplyResponse', {
  kind: Words(ANSWERED_KINDS),
  id: Type.String(),
  replyId: Type.String(),
  via: ANSWERS,
  status: Type.String({ description: 'The status that it has now, in the words of its kind.' }),
  version: Version,
});

export const ActParams = Type.Object({ kind: Kind, id: Type.String({ minLength: 1, maxLength: 128 }) });

export const ActBody = Named(
  'SupportAction',
  {
    action: Words(
      Object.values(ACTIONS).flat(),
      Object.entries(ACTIONS)
        .map(([kind, actions]) => `${kind}: ${actions.join(', ')}`)
        .join('; '),
    ),
    version: Version,
    note: OptionalText(1000, 'For the team; goes into the history.'),
    assignee: OptionalText(100, 'To whom a ticket is assigned; to whoever acts, if left out.'),
    ...ToldParcel,
    by: OptionalText(100, 'Who acts; the id of the key, if left out.'),
  },
  {
    ...shown({
      'take-a-ticket': { action: 'in_progress', version: 1, by: 'Margaux' },
      'leave-a-note': { action: 'note', version: 2, note: 'Prefers platinum', by: 'Margaux' },
    }),
  },
);

export const ActResponse = Named('SupportActionResponse', {
  kind: Kind,
  id: Type.String(),
  status: Type.String({ description: 'The status that it has now, in the words of its kind.' }),
  version: Version,
});
