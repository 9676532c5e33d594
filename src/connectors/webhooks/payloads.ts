import { type TObject, type TSchema, Type } from '@sinclair/typebox';

/** What the shop's services are told: the form of every event that leaves the service, each described once. */

const text = (description: string) => Type.String({ description });
const maybe = (description: string) => Type.Optional(text(description));
const moment = (description: string) =>
  Type.String({ format: 'date-time', description: `${description} (UTC)` });
const sentence = (description: string) => ({ description });

const Reason = Type.Object(
  { code: text('Of a list.'), text: maybe('What the customer said beyond it.') },
  { title: 'ReturnPayloadReason' },
);
const Line = Type.Object(
  {
    lineId: Type.String(),
    sku: Type.Optional(Type.String()),
    title: Type.String(),
    quantity: Type.Integer({ minimum: 1 }),
    size: maybe('The size wished for.'),
    notes: Type.Optional(Type.String()),
  },
  { title: 'ReturnPayloadLine' },
);

export const ReturnPayload = Type.Object(
  {
    rmaId: text('The RMA number, which the customer has too.'),
    option: text('return, resize or care.'),
    orderNumber: Type.String(),
    lines: Type.Array(Line),
    reason: Type.Optional(Reason),
    notes: maybe('What the customer has written.'),
    status: text('The step that it has taken.'),
    createdAt: moment('When it was opened'),
    expiresAt: moment('Until when the piece can be sent in'),
  },
  { title: 'ReturnPayload', ...sentence('An RMA as it is when it is sent.') },
);

export const CapsulePayload = Type.Object(
  {
    reservationId: Type.String(),
    sessionId: text("The widget's session."),
    items: Type.Array(
      Type.Object(
        { id: text('SKU where the catalogue knows the piece.'), title: Type.Optional(Type.String()) },
        { title: 'CapsulePayloadPiece', additionalProperties: true },
      ),
      sentence('The pieces as they were shown.'),
    ),
    shortlistId: maybe('The saved list that it was made of.'),
    createdAt: moment('When it was reserved'),
    expiresAt: moment('Until when it is held'),
  },
  { title: 'CapsulePayload', ...sentence('Pieces that are held for a session, to be drawn together.') },
);

export const AnalyticsPayload = Type.Object(
  {
    event: text('`aurora_products_shown` and so on; an open list.'),
    at: Type.Optional(moment('When it happened')),
    source: maybe('widget, or service for what the service has noted itself.'),
    sessionId: Type.Optional(Type.String()),
    intent: Type.Optional(Type.String()),
    success: Type.Optional(Type.Boolean()),
    requestId: Type.Optional(Type.String()),
    properties: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
  },
  { title: 'AnalyticsPayload', ...sentence('Something that has happened, without personal data.') },
);

const TicketPayload = Type.Object(
  {
    ticketId: text('Ours, the same for ever: what a repeat, and every update, is known by.'),
    subject: Type.String(),
    customer: Type.Optional(
      Type.Object({ name: Type.String(), email: Type.String() }, { title: 'TicketPayloadCustomer' }),
    ),
    text: text('Everything that is known, in plain text.'),
    tags: Type.Array(
      Type.String(),
      sentence('`stylist` for a request, `csat` for a rating that needs a follow-up.'),
    ),
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
      { title: 'TicketPayloadDetails', ...sentence('The same in parts.') },
    ),
  },
  { title: 'TicketPayload', ...sentence('A ticket for the staff, for whichever CRM the shop has.') },
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
  { title: 'TicketUpdatePayload', ...sentence('What the staff has done with a ticket on the dashboard.') },
);

/** The fields of a document that a payload has: what is sent is what the schema names. */
export const fieldsOf = <Schema extends TObject>(schema: Schema): (keyof Schema['properties'] & string)[] =>
  Object.keys(schema.properties);

export interface OutgoingDescription {
  summary: string;
  description: string;
  data: TSchema;
  /** An example of the data. */
  example: object;
}

const EVENT_DATA = {
  event: 'aurora_products_shown',
  at: '2026-08-20T15:04:00.000Z',
  source: 'service',
  sessionId: '7c9e6679-7425-40de-944b-e07fc1f90ae7',
  success: true,
  requestId: '6f9619ff-8b86-4d01-b42d-00cf4fc964ff',
  properties: { count: 3, readyToShipCount: 1 },
};
const RETURN_DATA = {
  rmaId: 'RMA-7Q4M-2K9X',
  option: 'resize',
  orderNumber: 'GG-12006',
  lines: [{ lineId: 'line-1', sku: 'RNG-101', title: 'Aurora Ring', quantity: 1, size: '6.5' }],
  reason: { code: 'wrong_size' },
  status: 'initiated',
  createdAt: '2026-08-20T15:04:00.000Z',
  expiresAt: '2026-09-19T15:04:00.000Z',
};

/** Every event, by its `type`. */
export const OUTGOING = {
  'return.initiated': {
    summary: 'A return, a resize or a care request was opened',
    description:
      'To the fulfilment service, which makes the label and takes the RMA further by `PATCH /api/concierge/returns/{rmaId}`.',
    data: ReturnPayload,
    example: RETURN_DATA,
  },
  'return.changed': {
    summary: 'The customer has put an RMA right',
    description: 'To the fulfilment service: the RMA as it is now, such as with another size.',
    data: ReturnPayload,
    example: { ...RETURN_DATA, lines: [{ ...RETURN_DATA.lines[0], size: '7' }] },
  },
  'capsule.render': {
    summary: 'A capsule is to be drawn',
    description: 'To the render service, as a webhook or as a message of its queue.',
    data: CapsulePayload,
    example: {
      reservationId: 'CAP-7Q4M-2K9X',
      sessionId: '7c9e6679-7425-40de-944b-e07fc1f90ae7',
      items: [{ id: 'RNG-101', title: 'Aurora Ring' }],
      createdAt: '2026-08-20T15:04:00.000Z',
      expiresAt: '2026-08-22T15:04:00.000Z',
    },
  },
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
  'analytics.event': {
    summary: 'Something has happened',
    description:
      'To the queue of the analytics service: one message an event, whose id is its attribute `id`. A webhook gets several at once, as `analytics.events`.',
    data: AnalyticsPayload,
    example: EVENT_DATA,
  },
  'analytics.events': {
    summary: 'Some things have happened',
    description:
      'To the webhook of the analytics service, up to 20 at once. Each event keeps its `id` over all attempts, with whichever others it comes.',
    data: Type.Object({
      events: Type.Array(
        Type.Object(
          {
            id: text('What a repeat of the event is known by.'),
            type: Type.Literal('analytics.event'),
            timestamp: moment('When it was reported'),
            data: AnalyticsPayload,
          },
          { title: 'AnalyticsPayloadEvent' },
        ),
        { minItems: 1 },
      ),
    }),
    example: {
      events: [
        {
          id: '0d4f1c1e-6f0a-4c0a-9f57-7d8f1a6f2b11',
          type: 'analytics.event',
          timestamp: '2026-08-20T15:04:01.000Z',
          data: EVENT_DATA,
        },
      ],
    },
  },
} as const satisfies Record<string, OutgoingDescription>;
export type OutgoingType = keyof typeof OUTGOING;

/** The whole body of an event, as `bodyOf` writes it. */
export const outgoingBody = (type: string, data: TSchema) =>
  Type.Object({
    type: Type.Literal(type),
    timestamp: moment('When it happened; the time of the attempt stands in `webhook-timestamp`'),
    data,
  });
