import { type Static, Type } from '@sinclair/typebox';
import {
  Named,
  OptionalEmail,
  OptionalText,
  OrderNumber,
  OtherOrderNumber,
  shown,
  TextOrDigits,
  Timestamp,
  Words,
} from './common.js';

/** A time, or a day of which no time is known. */
const Day = (description: string) =>
  Type.String({
    description: `${description}: an ISO time, or the day such as \`2026-08-22\` where no time is known.`,
  });

const Reference = {
  orderNumber: OrderNumber,
  orderId: OtherOrderNumber,
  email: OptionalEmail('that of the customer, together with the postal code.'),
  postalCode: TextOrDigits('the postal code of the delivery address.'),
  zip: TextOrDigits('older name of `postalCode`.'),
};

export const OrderStatusRequest = Named(
  'OrderStatusRequest',
  {
    ...Reference,
    lookup: Type.Optional(
      Named('OrderReference', Reference, { description: 'The same fields, nested; a nested value wins.' }),
    ),
    sessionId: OptionalText(128, "The widget's session; it remembers the order for the calls that follow."),
  },
  {
    ...shown({
      'by-order-number': { orderId: 'GG-12004', sessionId: '7c9e6679-7425-40de-944b-e07fc1f90ae7' },
      'nested-and-as-typed': { lookup: { orderNumber: 'gg-12001' } },
      'by-email-and-a-postal-code-of-digits': { email: 'uwe.placeholder@example.com', postalCode: 10115 },
    }),
  },
);
export type OrderStatusRequest = Static<typeof OrderStatusRequest>;

export const OrderStatusResponse = Named(
  'OrderStatusResponse',
  {
    reference: Type.String({ description: 'The order number, as the shop writes it.' }),
    orderNumber: Type.String({ description: 'The same.' }),
    entries: Type.Array(
      Named('OrderEntry', {
        label: Type.String(),
        status: Words(['complete', 'current', 'upcoming']),
        date: Type.Optional(
          Type.String({
            description:
              "A short date for people in the shop's time zone, such as `Aug 22`; not for parsing.",
          }),
        ),
        timestamp: Type.Optional(
          Timestamp('When it happened, or is planned to; left out where only the day is known'),
        ),
      }),
      { description: 'At most one entry is `current`; all are `complete` once delivered.' },
    ),
    timeline: Type.Array(
      Named('OrderStep', {
        label: Type.String(),
        status: Words(
          ['created', 'processing', 'shipped', 'delivered', 'delayed', 'cancelled'],
          'The main step that it belongs to; `delayed` where an order stands that is late.',
        ),
        timestamp: Type.Optional(Timestamp('When it happened, or is planned to')),
        isCurrent: Type.Optional(Type.Boolean()),
      }),
      { description: 'The same steps in the words of the API of the shop.' },
    ),
    currentStatus: Type.String({
      description: '`pending`, `processing`, `quality_check`, `shipped`, `delivered`, `cancelled`, …',
    }),
    carrier: Type.Optional(Type.String()),
    tracking: Type.Optional(
      Type.String({
        description: 'Whole only when the order has been proved; else its last four characters.',
      }),
    ),
    trackingUrl: Type.Optional(Type.String({ description: "The carrier's page, beside the whole number." })),
    eta: Type.Optional(Type.String({ description: 'When it is expected: a short date, such as `Aug 22`.' })),
    exception: Type.Optional(
      Type.String({ description: 'A sentence for the customer about an order that has ended, or is late.' }),
    ),
    late: Type.Optional(
      Type.Literal(true, { description: 'It was expected before today, and has not been delivered.' }),
    ),
    shipping: Named('OrderShipping', {
      carrier: Type.Optional(Type.String()),
      trackingNumber: Type.Optional(Type.String({ description: 'The same as `tracking`.' })),
      trackingUrl: Type.Optional(Type.String()),
      estimatedDelivery: Type.Optional(Day('When it is expected')),
      deliveredAt: Type.Optional(Day('When it was delivered')),
    }),
    parcels: Type.Optional(
      Type.Array(
        Named('Parcel', {
          carrier: Type.Optional(Type.String()),
          tracking: Type.Optional(Type.String({ description: 'As far as it may be told, like `tracking`.' })),
          trackingUrl: Type.Optional(Type.String()),
          status: Type.String({ description: '`processing`, `shipped` or `delivered`.' }),
          shippedAt: Type.Optional(Day('When it was sent')),
          deliveredAt: Type.Optional(Day('When it was delivered')),
        }),
        {
          description: 'Where an order was sent in several parcels. `tracking` is that of the last of them.',
        },
      ),
    ),
    customerEmail: Type.Optional(
      Type.String({
        description:
          'The address of the customer, in small letters: for a caller that has proved the order, or where `ORDER_STATUS_TELLS_OWNER` is on.',
      }),
    ),
    subscription: Type.Optional(
      Named(
        'OrderSubscription',
        { channel: Type.String(), maskedDestination: Type.String() },
        { description: "This session's order updates." },
      ),
    ),
  },
  {
    ...shown({
      'shipped-and-expected': {
        reference: 'GG-12004',
        orderNumber: 'GG-12004',
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
        timeline: [
          { label: 'Order placed', status: 'created', timestamp: '2026-08-12T14:02:00.000Z' },
          { label: 'In the atelier', status: 'processing', timestamp: '2026-08-14T09:30:00.000Z' },
          { label: 'Shipped', status: 'shipped', timestamp: '2026-08-20T16:45:00.000Z', isCurrent: true },
          { label: 'Delivered', status: 'delivered', timestamp: '2026-08-22T16:00:00.000Z' },
        ],
        currentStatus: 'shipped',
        shipping: { carrier: 'UPS', trackingNumber: '**6784', estimatedDelivery: '2026-08-22T16:00:00.000Z' },
        carrier: 'UPS',
        tracking: '**6784',
        eta: 'Aug 22',
      },
    }),
  },
);
