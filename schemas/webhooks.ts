import { type Static, Type } from '@sinclair/typebox';
import { TOLERANCE_MINUTES } from '../src/connectors/webhooks/signature.js';
import { TICKET_STATUSES } from '../src/domain/stylist/stylist-ticket.js';
import { Named, OptionalText, shown, Timestamp, Words } from './common.js';

/** The headers of Standard Webhooks. */
export const WebhookHeaders = Type.Object({
  'webhook-id': Type.String({
    minLength: 1,
    maxLength: 255,
    description: 'Names the message; the same at every attempt to deliver it.',
  }),
  'webhook-timestamp': Type.String({
    pattern: '^\\d{1,12}$',
    description: `Seconds since 1970, of this attempt: within ${TOLERANCE_MINUTES} minutes.`,
  }),
  'webhook-signature': Type.String({
    maxLength: 2000,
    description:
      '`v1,` and the base64 of HMAC-SHA256 over `webhook-id.webhook-timestamp.body`; several, separated by spaces, while a secret is being replaced.',
  }),
});

export const OrderStatusChange = Named(
  'OrderStatusChange',
  {
    orderNumber: Type.String({ minLength: 1, maxLength: 64, pattern: '\\S', description: 'Order number.' }),
    status: Type.String({
      minLength: 1,
      maxLength: 64,
      pattern: '\\S',
      description:
        'Such as processing, quality_check, shipped, delivered, cancelled, refunded; or any other word.',
    }),
    label: OptionalText(100, 'What the customer reads instead of the status.'),
    at: Type.Optional(
      Type.String({
        format: 'date-time',
        description:
          'When it happened; the moment of the call if left out. Needed where an order comes into the same status twice.',
      }),
    ),
    carrier: OptionalText(64, 'Such as UPS.'),
    tracking: OptionalText(64, 'Tracking number.'),
    eta: Type.Optional(
      Type.Union(
        [
          Type.String({ title: 'a day', format: 'date' }),
          Type.String({ title: 'a time', format: 'date-time' }),
        ],
        {
          title: 'DayOrTime',
          description: 'a day or a time: when it is expected to arrive.',
        },
      ),
    ),
  },
  {
    ...shown({
      'in-the-atelier': { orderNumber: 'GG-12004', status: 'processing' },
      shipped: {
        orderNumber: 'GG-12004',
        status: 'shipped',
        at: '2026-08-20T15:04:00.000Z',
        carrier: 'UPS',
        tracking: '1Z999AA10123456784',
        eta: '2026-08-22',
      },
    }),
  },
);
export type OrderStatusChange = Static<typeof OrderStatusChange>;

export const OrderStatusTaken = Named(
  'OrderStatusTaken',
  {
    ok: Type.Literal(true),
    changeId: Type.String({ description: 'Ours, for questions.' }),
    orderNumber: Type.String(),
    status: Type.String({ description: 'In lower case, words joined by `_`.' }),
    at: Timestamp('When it happened'),
    notified: Type.Integer({ minimum: 0, description: 'Subscriptions that get a message.' }),
    duplicate: Type.Optional(
      Type.Boolean({ description: '`true` when it was told before: nothing has been done again.' }),
    ),
  },
  {
    ...shown({
      'shipped-and-two-customers-told': {
        ok: true,
        changeId: 'chg_6f9619ff-8b86-4d01-b42d-00cf4fc964ff',
        orderNumber: 'GG-12004',
        status: 'shipped',
        at: '2026-08-20T15:04:00.000Z',
        notified: 2,
      },
    }),
  },
);

export const TicketNews = Named(
  'SupportTicketNews',
  {
    ticketId: Type.String({ minLength: 1, maxLength: 64, description: 'Such as `ST-7K3M-9QX4`.' }),
    at: Type.Optional(
      Type.String({
        format: 'date-time',
        description: 'When it happened; the moment of the call if left out.',
      }),
    ),
    status: Type.Optional(Words(TICKET_STATUSES, 'How far it is now.', 'QueueStatus')),
    assignedTo: OptionalText(100, 'Who has it now; an empty text for nobody.'),
    replied: Type.Optional(Type.Boolean({ description: 'Whether the customer was answered by this.' })),
    by: OptionalText(100, 'Who did it.'),
  },
  {
    ...shown({
      'someone-has-taken-it': { ticketId: 'ST-7K3M-9QX4', status: 'in_progress', assignedTo: 'Margaux' },
    }),
  },
);

export const TicketNewsTaken = Named(
  'SupportTicketNewsTaken',
  {
    ok: Type.Literal(true),
    ticketId: Type.String(),
    outcome: Words(['changed', 'known'], '`known`: it says nothing that was not known, or that is older.'),
  },
  { ...shown({ changed: { ok: true, ticketId: 'ST-7K3M-9QX4', outcome: 'changed' } }) },
);

export const RatingTaken = Named(
  'SupportRatingTaken',
  {
    ok: Type.Literal(true),
    feedbackId: Type.String(),
    score: Type.Integer({ minimum: 1, maximum: 5 }),
    needsFollowUp: Type.Boolean({ description: 'Whether it waits in the queue now.' }),
  },
  { ...shown({ 'a-follow-up': { ok: true, feedbackId: 'csat_6f9619ff', score: 2, needsFollowUp: true } }) },
);
