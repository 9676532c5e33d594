import { Type } from '@sinclair/typebox';
import { ORDERS_A_PAGE } from '../../src/dashboard/orders/orders-list.js';
import { TASK_TYPES, TASKS_A_PAGE } from '../../src/dashboard/shop-dashboard.js';
import { Cursor, Named, NextCursor, shown, Timestamp, Words } from '../common.js';

export const ShopOrdersQuery = Type.Object({ cursor: Cursor });

const masked = 'Masked unless the key has `dashboard:pii`.';
const maybe = (description?: string) => Type.Optional(Type.String({ description }));

export const ShopOrders = Named(
  'ShopOrders',
  {
    orders: Type.Array(
      Named('ShopOrder', {
        orderNumber: Type.String(),
        status: Type.String({ description: 'As the order has it, in lower case, words joined by `_`.' }),
        createdAt: Type.Optional(Timestamp('When it was placed')),
        customerEmail: maybe(masked),
        totals: Type.Optional(
          Named(
            'ShopOrderTotals',
            { total: Type.Number(), currency: Type.String() },
            { description: 'With the scope `dashboard:finance` only.' },
          ),
        ),
        statusHistory: Type.Array(
          Named('ShopOrderStep', {
            status: Type.String(),
            label: maybe(),
            date: Type.Optional(Timestamp('When')),
          }),
        ),
        shipping: Named('ShopOrderShipping', {
          carrier: maybe(),
          trackingNumber: maybe(`Of the latest parcel. ${masked}`),
        }),
        csat: Type.Optional(
          Named('ShopOrderRating', {
            score: Type.Number(),
            notes: maybe(),
            timestamp: Timestamp('When it was given'),
          }),
        ),
        subscription: Named('ShopOrderSubscription', {
          channels: Type.Array(Words(['sms', 'email'], undefined, 'Channel')),
        }),
        sessionId: maybe('Of the widget, in which it was last rated or brought to a stylist.'),
        supportTickets: Type.Array(Type.String()),
      }),
      { maxItems: ORDERS_A_PAGE },
    ),
    nextCursor: NextCursor,
  },
  {
    description: 'A page of orders.',
    ...shown({
      'one-shipped-order': {
        orders: [
          {
            orderNumber: 'GG-12004',
            status: 'shipped',
            createdAt: '2026-08-18T09:30:00.000Z',
            customerEmail: 'd•••@example.com',
            statusHistory: [{ status: 'shipped', label: 'Shipped', date: '2026-08-20T15:04:00.000Z' }],
            shipping: { carrier: 'UPS', trackingNumber: '**6784' },
            csat: { score: 5, timestamp: '2026-08-21T10:00:00.000Z' },
            subscription: { channels: ['email'] },
            sessionId: '6f9619ff-8b86-4011-b42d-00c04fc964ff',
            supportTickets: ['ST-7K3M-9QX4'],
          },
        ],
      },
    }),
  },
);

export const ShopTasksQuery = Type.Object({
  since: Type.Optional(
    Type.String({
      format: 'date-time',
      description:
        'What has changed from then on; what waits now, if left out. The `nextSince` of the answer before.',
    }),
  ),
  type: Type.Optional(Words(TASK_TYPES, 'Of one type only.', 'SupportTaskType')),
  cursor: Cursor,
});

export const ShopTasks = Named(
  'ShopTasks',
  {
    tasks: Type.Array(
      Named('ShopTask', {
        type: Words(TASK_TYPES, undefined, 'SupportTaskType'),
        id: Type.String({ description: 'Of the ticket, or of the rating.' }),
        status: Words(['open', 'in_progress', 'done'], undefined, 'QueueStatus'),
        priority: Words(['urgent', 'high', 'normal'], undefined, 'Priority'),
        summary: Type.String(),
        customerName: maybe(masked),
        customerEmail: maybe(masked),
        customerPhone: maybe(masked),
        assignedTo: maybe(),
        slaDeadline: Timestamp('By when the customer should have been answered'),
        sessionId: maybe(),
        orderNumber: maybe(),
        score: Type.Optional(Type.Number({ description: 'Of a rating.' })),
        notes: maybe('Of a rating, in the words of the customer.'),
        shortlist: Type.Optional(Type.Array(Named('ShopTaskPiece', { id: Type.String(), title: maybe() }))),
        createdAt: Timestamp('When it began'),
        updatedAt: Timestamp('When it last changed'),
      }),
      { maxItems: TASKS_A_PAGE },
    ),
    nextCursor: NextCursor,
    nextSince: Type.Optional(
      Timestamp('For the next time, when this is the last page. Some tasks come twice'),
    ),
  },
  {
    description: 'A page of tasks.',
    ...shown({
      'one-ticket-waits': {
        tasks: [
          {
            type: 'stylist_ticket',
            id: 'ST-7K3M-9QX4',
            status: 'open',
            priority: 'high',
            summary: 'Looking for a ring to go with my pendant',
            customerName: 'D. S.',
            customerEmail: 'd•••@example.com',
            slaDeadline: '2026-11-25T18:02:00.000Z',
            shortlist: [{ id: 'RNG-101', title: 'Aurora Ring' }],
            createdAt: '2026-11-25T14:02:00.000Z',
            updatedAt: '2026-11-25T14:02:00.000Z',
          },
        ],
        nextSince: '2026-11-25T15:00:00.000Z',
      },
    }),
  },
);
