import { type Static, Type } from '@sinclair/typebox';
import { NumberLike, OptionalEmail, OptionalText, OrderNumber, Timestamp } from './common.js';

const Option = Type.Union([Type.Literal('resize'), Type.Literal('return'), Type.Literal('care')], {
  description: 'one of resize, return, care.',
});

const Item = Type.Object(
  {
    lineId: OptionalText(128, 'The line of the order; wins over `sku`.'),
    sku: OptionalText(128, 'The piece.'),
    quantity: Type.Optional(NumberLike('how many, from 1; all of the line if left out.')),
    action: OptionalText(64, 'Taken with the notes.'),
    notes: OptionalText(1000, 'What the customer wants, such as the new size.'),
  },
  {
    anyOf: [{ required: ['lineId'] }, { required: ['sku'] }],
    description: 'a piece of the order, named by `lineId` or `sku`.',
  },
);

export const ReturnRequestBody = Type.Object(
  {
    option: Option,
    orderNumber: OrderNumber,
    orderId: OptionalText(64, 'The order number under another name.'),
    items: Type.Optional(
      Type.Array(Item, { maxItems: 50, description: 'Left out or empty: the whole order.' }),
    ),
    reason: OptionalText(200, 'Why.'),
    notes: OptionalText(2000, 'In the words of the customer.'),
    contact: Type.Optional(
      Type.Object({
        email: OptionalEmail('where to write to.'),
        phone: OptionalText(32, 'A telephone number.'),
      }),
    ),
    sessionId: OptionalText(128, 'Without an order number, the order that this session has last looked up.'),
    idempotencyKey: OptionalText(255, 'The same as the header `x-idempotency-key`.'),
  },
  {
    examples: [
      { option: 'return', orderNumber: 'GG-12006', reason: 'Changed my mind', sessionId: 'a3f1c2d4' },
      { option: 'resize', orderNumber: 'GG-12006', notes: 'From 6 to 6.5, please' },
    ],
  },
);
export type ReturnRequestBody = Static<typeof ReturnRequestBody>;

export const ReturnResponse = Type.Object(
  {
    message: Type.String({ description: 'A friendly sentence for the customer.' }),
    rmaId: Type.String({ description: 'Such as `RMA-7K3M-9QX4`.' }),
    status: Type.String({ description: '`initiated`.' }),
    option: Option,
    orderNumber: Type.String(),
    expiresAt: Timestamp('Until when the piece can be sent in'),
    duplicate: Type.Optional(
      Type.Boolean({ description: '`true` when the same was asked before: the RMA is the earlier one.' }),
    ),
  },
  {
    examples: [
      {
        message: 'Your return is under way. Please quote RMA-7K3M-9QX4.',
        rmaId: 'RMA-7K3M-9QX4',
        status: 'initiated',
        option: 'return',
        orderNumber: 'GG-12006',
        expiresAt: '2026-09-21T14:02:00.000Z',
      },
    ],
  },
);
