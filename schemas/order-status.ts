import { type Static, Type } from '@sinclair/typebox';
import { OptionalText, OrderNumber, Timestamp } from './common.js';

const Reference = {
  orderNumber: OrderNumber,
  orderId: OptionalText(64, 'The order number under an older name.'),
  email: Type.Optional(
    Type.String({
      maxLength: 254,
      // compared, never written to: spaces around it do no harm
      pattern: '^\\s*([^\\s@]+@[^\\s@]+)?\\s*$',
      description: "The customer's email address, together with the postal code.",
    }),
  ),
  postalCode: OptionalText(16, 'Postal code of the delivery address.'),
  zip: OptionalText(16, 'Older name of `postalCode`.'),
};

export const OrderStatusRequest = Type.Object(
  {
    ...Reference,
    lookup: Type.Optional(
      Type.Object(Reference, { description: 'The same fields, nested; a nested value wins.' }),
    ),
    sessionId: OptionalText(128, "The widget's session; it remembers the order for the calls that follow."),
  },
  {
    examples: [
      { orderId: 'GG-12004', sessionId: '7c9e6679-7425-40de-944b-e07fc1f90ae7' },
      { lookup: { orderNumber: 'gg-12001' } },
    ],
  },
);
export type OrderStatusRequest = Static<typeof OrderStatusRequest>;

export const OrderStatusResponse = Type.Object(
  {
    reference: Type.String({ description: 'The order number.' }),
    entries: Type.Array(
      Type.Object({
        label: Type.String(),
        status: Type.Union([Type.Literal('complete'), Type.Literal('current'), Type.Literal('upcoming')]),
        date: Type.Optional(
          Type.String({
            description:
              "A short date for people in the shop's time zone, such as `Aug 22`; not for parsing.",
          }),
        ),
        timestamp: Type.Optional(Timestamp('When it happened, or is planned to')),
      }),
      { description: 'At most one entry is `current`; all are `complete` once delivered.' },
    ),
    currentStatus: Type.String({
      description: '`pending`, `processing`, `quality_check`, `shipped`, `delivered`, `cancelled`, …',
    }),
    carrier: Type.Optional(Type.String()),
    tracking: Type.Optional(
      Type.String({
        description: 'Whole only when email and postal code were given; else its last four characters.',
      }),
    ),
    trackingUrl: Type.Optional(Type.String({ description: "The carrier's page, beside the whole number." })),
    eta: Type.Optional(Type.String({ description: 'When it is expected: a short date, such as `Aug 22`.' })),
    exception: Type.Optional(
      Type.String({ description: 'A sentence for the customer about an order that has ended.' }),
    ),
    subscription: Type.Optional(
      Type.Object(
        { channel: Type.String(), maskedDestination: Type.String() },
        { description: "This session's order updates." },
      ),
    ),
  },
  {
    examples: [
      {
        reference: 'GG-12004',
        entries: [
          {
            label: 'Order placed',
            status: 'complete',
            date: 'Aug 12',
            timestamp: '2026-08-12T14:02:00.000Z',
          },
          {
            label: 'In the atelier',
            status: 'complete',
            date: 'Aug 14',
            timestamp: '2026-08-14T09:30:00.000Z',
          },
          { label: 'Shipped', status: 'current', date: 'Aug 20', timestamp: '2026-08-20T16:45:00.000Z' },
          { label: 'Delivered', status: 'upcoming', date: 'Aug 22', timestamp: '2026-08-22T16:00:00.000Z' },
        ],
        currentStatus: 'shipped',
        carrier: 'UPS',
        tracking: '••••6784',
        eta: 'Aug 22',
      },
    ],
  },
);
