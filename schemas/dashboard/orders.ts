import { Type } from '@sinclair/typebox';
import { Cursor, Money, Named, NextCursor, refTo, Timestamp, Words } from '../common.js';
import { OrderStatusResponse } from '../order-status.js';

const Total = Type.Optional(refTo(Money));
const Channels = Type.Array(Words(['sms', 'email'], undefined, 'Channel'), {
  description: 'Over which the customer hears of the order.',
});

export const DashboardOrder = Type.Object(
  {
    orderNumber: Type.String(),
    placedAt: Type.Optional(Timestamp('When it was placed')),
    customer: Type.Optional(
      Type.String({ description: 'Email, masked unless the key has `dashboard:pii`.' }),
    ),
    status: Type.String({ description: 'As the timeline has it.' }),
    step: Named(
      'CurrentStep',
      { label: Type.String(), status: Words(['complete', 'current', 'upcoming'], 'How far that step is.') },
      { description: 'The step of the timeline that it has come to.' },
    ),
    ended: Type.Boolean({ description: 'Cancelled, refunded, or in a return.' }),
    supportTickets: Type.Array(Type.String()),
    csatRating: Type.Optional(Type.Number({ description: 'From 1 to 5.' })),
    channels: Channels,
    unconfirmedReturns: Type.Optional(
      Type.Integer({ description: 'Returns of it that wait for the word of its owner, if there are any.' }),
    ),
    total: Total,
  },
  { $id: 'DashboardOrder', description: 'An order in a list. `total` needs the scope `dashboard:finance`.' },
);

export const OrdersQuery = Type.Object({
  search: Type.Optional(
    Type.String({ maxLength: 254, description: 'An order number, its beginning, or an email address.' }),
  ),
  cursor: Cursor,
});

export const DashboardOrders = Named('DashboardOrders', {
  orders: Type.Array(refTo(DashboardOrder)),
  nextCursor: NextCursor,
});

export const OrderParams = Type.Object({
  orderNumber: Type.String({ minLength: 1, maxLength: 64, description: 'Such as `GG-12004`.' }),
});

export const Messages = Type.Array(
  Named('OrderMessage', {
    kind: Type.String(),
    state: Type.String(),
    at: Type.Optional(Timestamp('Of the last attempt')),
    why: Type.Optional(
      Type.String({ description: 'Why it was not handed over, or not yet, and what can be done about it.' }),
    ),
    fate: Type.Optional(
      Named(
        'MessageFate',
        {
          state: Words(['delivered', 'failed', 'suppressed'], 'How it ended.'),
          at: Timestamp('When, by the clock of who carried it'),
          reason: Type.Optional(Type.String({ description: 'Code or word of who carried it.' })),
        },
        { description: 'What became of it after it had been handed over, where that was reported.' },
      ),
    ),
  }),
);

export const DashboardOrderDetail = Named('DashboardOrderDetail', {
  ...DashboardOrder.properties,
  customerName: Type.Optional(Type.String({ description: 'Initials unless the key has `dashboard:pii`.' })),
  items: Type.Array(
    Named('OrderedPiece', {
      title: Type.String(),
      quantity: Type.Integer(),
      sku: Type.Optional(Type.String()),
      image: Type.Optional(Type.String()),
      size: Type.Optional(Type.String()),
      engraving: Type.Optional(Type.String()),
      metal: Type.Optional(Type.String()),
      leadTime: Type.Optional(Type.String({ description: 'As the order or the catalogue has it.' })),
      price: Total,
    }),
  ),
  destination: Type.Optional(
    Named(
      'OrderDestination',
      {
        address: Type.Array(Type.String(), { description: 'By lines.' }),
        phone: Type.Optional(Type.String()),
      },
      { description: 'Where it goes; with `dashboard:pii` only.' },
    ),
  ),
  timeline: Named('OrderTimeline', OrderStatusResponse.properties, {
    description: 'As the widget shows it.',
  }),
  returns: Type.Array(
    Named('OrderReturn', {
      rmaId: Type.String(),
      option: Type.String(),
      status: Type.String({
        description: '`unconfirmed` is one whose asker has not proved the order: nothing has come of it.',
      }),
      createdAt: Timestamp('When it was opened'),
      lapsesAt: Type.Optional(Timestamp('When an unconfirmed one lapses')),
      pieces: Type.Integer(),
      messages: Messages,
    }),
  ),
  tickets: Type.Array(
    Named('OrderTicket', {
      ticketId: Type.String(),
      status: Type.String(),
      priority: Type.String(),
      createdAt: Timestamp('When it was opened'),
    }),
  ),
  subscriptions: Type.Array(
    Named('OrderUpdates', {
      channel: Type.String(),
      destination: Type.String({ description: 'Masked unless the key has `dashboard:pii`.' }),
      status: Type.String(),
      createdAt: Timestamp('When it was made'),
      messages: Messages,
    }),
  ),
  trackingMails: Type.Array(
    Named('OrderTrackingMail', {
      at: Timestamp('When it was asked for'),
      by: Type.Optional(Type.String({ description: 'Who of the staff.' })),
      messages: Messages,
    }),
    { description: 'Mails of the parcel that the staff have sent again, the latest first.' },
  ),
  ratings: Type.Array(
    Named('OrderRating', {
      feedbackId: Type.String(),
      score: Type.Integer(),
      intent: Type.String(),
      at: Timestamp('When'),
      notes: Type.Optional(Type.String()),
    }),
  ),
  sessions: Type.Array(
    Named('OrderSession', {
      sessionId: Type.String(),
      createdAt: Timestamp('Its first call'),
      lastSeenAt: Timestamp('Its last call'),
      identity: Type.String(),
      intents: Type.Array(Type.String()),
      messages: Type.Integer(),
      images: Type.Integer(),
    }),
    { description: 'Sessions of the widget that had to do with the order.' },
  ),
});
